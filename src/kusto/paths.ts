import { coerce } from './coerce.ts';
import { type Expr, derive } from './expr.ts';
import { refuse } from './refused.ts';
import { type Dynamic, type Value, isArray, isBag } from './values.ts';

/** A bag's member; null for a missing one and for what is no bag. */
export function member(base: Dynamic, key: string): Dynamic {
  return isBag(base) ? (base.get(key) ?? null) : null;
}

/** An array's item, counted from the end when negative; null out of range and for what is no array. */
export function item(base: Dynamic, index: number): Dynamic {
  if (!isArray(base)) return null;
  return base[index < 0 ? base.length + index : index] ?? null;
}

export function memberOf(base: Expr, key: string, position: number): Expr {
  if (base.type !== 'dynamic') return refuse(`.${key} of a ${base.type} is not evaluated`, position);
  return derive('dynamic', [base], (row) => member(base.run(row), key));
}

/** base[selector] with a name or a position. */
export function elementOf(base: Expr, selector: Expr, position: number): Expr {
  if (base.type !== 'dynamic') return refuse(`an element of a ${base.type} is not evaluated`, position);
  const { type } = selector;
  if (type === 'int' || type === 'long')
    return derive('dynamic', [base, selector], (row) => numbered(base.run(row), selector.run(row)));
  if (type === 'dynamic') {
    return derive('dynamic', [base, selector], (row) => {
      const key = selector.run(row);
      return typeof key === 'string' ? member(base.run(row), key) : numbered(base.run(row), key);
    });
  }
  const text = coerce(selector, 'string', position);
  return derive('dynamic', [base, text], (row) => member(base.run(row), text.run(row) as string));
}

function numbered(base: Dynamic, index: Value): Dynamic {
  return typeof index === 'bigint' || typeof index === 'number' ? item(base, Number(index)) : null;
}
