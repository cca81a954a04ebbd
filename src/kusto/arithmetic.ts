import { inRange } from './calendar.ts';
import { isNumber } from './coerce.ts';
import { type Expr, derive } from './expr.ts';
import { wrap64 } from './numbers.ts';
import { refuse } from './refused.ts';
import { type Dynamic, type KqlType, type Value, isTagged } from './values.ts';

type Operator = '+' | '-' | '*' | '/' | '%';

/** left operator right; every operator gives null when a side is null. */
export function arithmetic(operator: Operator, left: Expr, right: Expr, position: number): Expr {
  const [a, b] = settle(left, right, position);
  const pick = (): [KqlType, (x: never, y: never) => Value] => {
    if (isNumber(a.type) && isNumber(b.type))
      return a.type === 'real' || b.type === 'real' ? ['real', reals(operator)] : ['long', longs(operator)];
    return times(operator, a.type, b.type, position);
  };
  const [type, apply] = pick();
  const whole = type === 'long';
  return derive(type, [a, b], (row) => {
    const x = a.run(row);
    const y = b.run(row);
    if (x === null || y === null) return null;
    return whole
      ? apply(BigInt(x as number | bigint) as never, BigInt(y as number | bigint) as never)
      : apply(x as never, y as never);
  });
}

/** -x */
export function negate(operand: Expr, position: number): Expr {
  const { type } = operand;
  if (type === 'timespan' || type === 'long')
    return derive(type, [operand], (row) => mapNull(operand.run(row), (value) => wrap64(-(value as bigint))));
  if (type === 'int')
    return derive('long', [operand], (row) => mapNull(operand.run(row), (value) => BigInt(-(value as number))));
  if (type === 'real')
    return derive('real', [operand], (row) => mapNull(operand.run(row), (value) => -(value as number)));
  return refuse(`minus a ${type} is not evaluated`, position);
}

function mapNull(value: Value, apply: (value: Value) => Value): Value {
  return value === null ? null : apply(value);
}

// A dynamic takes the other side's type; what it holds must be of that type already, since the engine's conversions are not documented.
function settle(left: Expr, right: Expr, position: number): [Expr, Expr] {
  if (left.type === 'dynamic' && right.type === 'dynamic')
    return refuse('arithmetic on two dynamic values is not evaluated: convert one of them', position);
  if (left.type === 'dynamic') return [unpack(left, right.type, position), right];
  if (right.type === 'dynamic') return [left, unpack(right, left.type, position)];
  return [left, right];
}

function unpack(expr: Expr, type: KqlType, position: number): Expr {
  const target = type === 'int' ? 'long' : type;
  return derive(target, [expr], (row) => {
    const value: Dynamic = expr.run(row);
    if (value === null) return null;
    if (typeof value === 'bigint') {
      if (target === 'long') return value;
      if (target === 'real') return Number(value);
    }
    if (typeof value === 'number' && target === 'real') return value;
    if (isTagged(value) && value.tag === target && value.tag !== 'guid') return value.ticks;
    return refuse(`arithmetic between a ${type} and a dynamic that holds another type is not evaluated`, position);
  });
}

function longs(operator: Operator): (x: bigint, y: bigint) => Value {
  switch (operator) {
    case '+':
      return (x, y) => wrap64(x + y);
    case '-':
      return (x, y) => wrap64(x - y);
    case '*':
      return (x, y) => wrap64(x * y);
    case '/':
      return (x, y) => (y === 0n ? null : wrap64(x / y));
    case '%':
      return modulo;
  }
}

function modulo(x: bigint, y: bigint): Value {
  if (y === 0n) return null;
  const rest = x % y;
  return rest < 0n ? rest + (y < 0n ? -y : y) : rest;
}

function reals(operator: Operator): (x: number | bigint, y: number | bigint) => Value {
  switch (operator) {
    case '+':
      return (x, y) => Number(x) + Number(y);
    case '-':
      return (x, y) => Number(x) - Number(y);
    case '*':
      return (x, y) => Number(x) * Number(y);
    case '/':
      return (x, y) => Number(x) / Number(y);
    case '%':
      return (x, y) => {
        const rest = Number(x) % Number(y);
        return rest < 0 ? refuse('% of a negative real is not evaluated') : rest;
      };
  }
}

function times(operator: Operator, a: KqlType, b: KqlType, position: number): [KqlType, (x: never, y: never) => Value] {
  const shape = `${isNumber(a) ? (a === 'real' ? 'real' : 'long') : a} ${operator} ${isNumber(b) ? (b === 'real' ? 'real' : 'long') : b}`;
  switch (shape) {
    case 'datetime - datetime':
      return ['timespan', (x: bigint, y: bigint) => x - y];
    case 'datetime - timespan':
      return ['datetime', (x: bigint, y: bigint) => moved(x - y, position)];
    case 'datetime + timespan':
    case 'timespan + datetime':
      return ['datetime', (x: bigint, y: bigint) => moved(x + y, position)];
    case 'timespan + timespan':
      return ['timespan', (x: bigint, y: bigint) => wrap64(x + y)];
    case 'timespan - timespan':
      return ['timespan', (x: bigint, y: bigint) => wrap64(x - y)];
    case 'timespan / timespan':
      return ['real', (x: bigint, y: bigint) => Number(x) / Number(y)];
    case 'timespan % timespan':
    case 'datetime % timespan':
      return ['timespan', modulo];
    case 'timespan * long':
    case 'long * timespan':
      return ['timespan', (x: bigint | number, y: bigint | number) => wrap64(BigInt(x) * BigInt(y))];
    case 'timespan / long':
      return [
        'timespan',
        (x: bigint, y: bigint | number) => (Number(y) === 0 ? null : divided(x, BigInt(y), position)),
      ];
    case 'timespan * real':
      return ['timespan', (x: bigint, y: number) => rounded(Number(x) * y, position)];
    case 'real * timespan':
      return ['timespan', (x: number, y: bigint) => rounded(x * Number(y), position)];
    case 'timespan / real':
      return ['timespan', (x: bigint, y: number) => rounded(Number(x) / y, position)];
    default:
      return refuse(`${a} ${operator} ${b} is not evaluated`, position);
  }
}

function moved(ticks: bigint, position: number): bigint {
  return inRange(ticks) ?? refuse('a datetime outside the years 1 to 9999 is not evaluated', position);
}

// Whether the engine rounds or cuts a fraction of a tick is not documented: only results for which it does not matter.
function divided(x: bigint, y: bigint, position: number): bigint {
  const rest = x % y;
  if ((rest < 0n ? -rest : rest) * 2n >= (y < 0n ? -y : y))
    refuse('a timespan that falls between two ticks is not evaluated', position);
  return x / y;
}

function rounded(ticks: number, position: number): bigint {
  if (!Number.isFinite(ticks) || Math.abs(ticks) >= 2 ** 63)
    return refuse('a timespan out of range is not evaluated', position);
  const whole = Math.trunc(ticks);
  if (Math.abs(ticks - whole) >= 0.5) refuse('a timespan that falls between two ticks is not evaluated', position);
  return BigInt(whole);
}
