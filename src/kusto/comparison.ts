import { isNumber } from './coerce.ts';
import { type Expr, derive } from './expr.ts';
import { refuse } from './refused.ts';
import { compareText } from './text.ts';
import { type KqlType, type Value, isArray, isBag, isTagged } from './values.ts';

export type Relation = '==' | '!=' | '<>' | '<' | '<=' | '>' | '>=';

/** left relation right. Of == and != one null side decides; two null sides, and any null side of an ordering, give null. */
export function relate(relation: Relation, left: Expr, right: Expr, position: number): Expr {
  const check = comparer(left.type, right.type, position);
  const { type } = left;
  const nullable = (value: Value): boolean => value === null && type !== 'string';
  return derive('bool', [left, right], (row) => {
    const a = left.run(row);
    const b = right.run(row);
    if (nullable(a) || b === null) {
      const both = a === null && b === null;
      if (both) return null;
      return relation === '==' ? false : relation === '!=' || relation === '<>' ? true : null;
    }
    return holds(relation, check(a, b));
  });
}

/** `order` is NaN when one side is NaN. */
export function holds(relation: Relation, order: number): boolean {
  switch (relation) {
    case '==':
      return order === 0;
    case '!=':
    case '<>':
      return order !== 0;
    case '<':
      return order < 0;
    case '<=':
      return order <= 0;
    case '>':
      return order > 0;
    case '>=':
      return order >= 0;
  }
}

/** How two values of these types that are not null compare: negative, 0, positive, or NaN. */
export function comparer(a: KqlType, b: KqlType, position = -1): (x: Value, y: Value) => number {
  if (isNumber(a) && isNumber(b)) return a === 'real' || b === 'real' ? compareReals : compareWhole;
  if (a === b) {
    switch (a) {
      case 'string':
      case 'guid':
        return (x, y) => compareText(x as string, y as string);
      case 'bool':
        return (x, y) => Number(x) - Number(y);
      case 'datetime':
      case 'timespan':
        return compareWhole;
      case 'dynamic':
        return (x, y) => compareDynamic(x, y, position);
      case 'int':
      case 'long':
      case 'real':
        return compareWhole;
    }
  }
  if (a === 'dynamic') return (x, y) => compareMixed(x, y, b, position);
  if (b === 'dynamic') return (x, y) => -compareMixed(y, x, a, position);
  if ((a === 'guid' && b === 'string') || (a === 'string' && b === 'guid')) {
    return (x, y) => compareText((x as string).toLowerCase(), (y as string).toLowerCase());
  }
  return refuse(`comparing a ${a} with a ${b} is not evaluated`, position);
}

function compareWhole(x: Value, y: Value): number {
  const a = x as bigint;
  const b = y as bigint;
  return a < b ? -1 : a > b ? 1 : 0;
}

function compareReals(x: Value, y: Value): number {
  const a = Number(x);
  const b = Number(y);
  return a < b ? -1 : a > b ? 1 : a === b ? 0 : Number.NaN;
}

function compareMixed(x: Value, y: Value, type: KqlType, position: number): number {
  if (isNumber(type) && (typeof x === 'bigint' || typeof x === 'number'))
    return typeof x === 'bigint' && type !== 'real' ? compareWhole(x, y) : compareReals(x, y);
  if (type === 'string' && typeof x === 'string') return compareText(x, y as string);
  if (type === 'bool' && typeof x === 'boolean') return Number(x) - Number(y);
  if (isTagged(x) && x.tag === type)
    return x.tag === 'guid' ? compareText(x.text, y as string) : compareWhole(x.ticks, y);
  return refuse(`comparing a ${type} with a dynamic that holds another type is not evaluated: convert it`, position);
}

function compareDynamic(x: Value, y: Value, position: number): number {
  const numbers = (typeof x === 'bigint' || typeof x === 'number') && (typeof y === 'bigint' || typeof y === 'number');
  if (numbers) return typeof x === 'bigint' && typeof y === 'bigint' ? compareWhole(x, y) : compareReals(x, y);
  if (typeof x === 'string' && typeof y === 'string') return compareText(x, y);
  if (typeof x === 'boolean' && typeof y === 'boolean') return Number(x) - Number(y);
  return refuse('comparing two dynamic values that are no scalars of one type is not evaluated', position);
}

/** Equality inside arrays and sets: same type, same value, arrays and bags by content. */
export function sameDynamic(x: Value, y: Value): boolean {
  if (isArray(x))
    return isArray(y) && x.length === y.length && x.every((item, index) => sameDynamic(item, y[index] ?? null));
  if (isBag(x))
    return (
      isBag(y) &&
      x.size === y.size &&
      [...x].every(([key, item]) => y.has(key) && sameDynamic(item, y.get(key) ?? null))
    );
  if (isTagged(x))
    return (
      isTagged(y) &&
      x.tag === y.tag &&
      (x.tag === 'guid' ? x.text === (y as typeof x).text : x.ticks === (y as typeof x).ticks)
    );
  const numbers = (typeof x === 'bigint' || typeof x === 'number') && (typeof y === 'bigint' || typeof y === 'number');
  return numbers ? Number(x) === Number(y) && (typeof x !== typeof y || x === y) : x === y;
}
