import { isNumber } from './coerce.ts';
import { type Expr, derive } from './expr.ts';
import { type Builder, argument, simple } from './function-kit.ts';
import { binNumber, binTicks } from './bin.ts';
import { wrap64 } from './numbers.ts';
import { refuse } from './refused.ts';
import type { Value } from './values.ts';

/** A real function of a real that is null where it has no finite meaning in KQL. */
const real = (apply: (x: number) => number): Builder => simple('real', ['real'], (x) => apply(x));
const defined = (apply: (x: number) => number, domain: (x: number) => boolean): Builder =>
  simple('real', ['real'], (x) => (domain(x) ? apply(x) : null));

const bin: Builder = (call) => {
  const value = argument(call, 0);
  const size = argument(call, 1);
  if (value.type === 'datetime' || value.type === 'timespan') {
    if (size.type !== 'timespan')
      refuse(`${call.name}() of a ${value.type} by a ${size.type} is not evaluated`, call.node.start);
    return derive(value.type, [value, size], (row) =>
      lift(value.run(row), size.run(row), (x, y) => binTicks(x as bigint, y as bigint)),
    );
  }
  if (!isNumber(value.type) || !isNumber(size.type))
    refuse(`${call.name}() of a ${value.type} by a ${size.type} is not evaluated`, call.node.start);
  const whole = value.type !== 'real' && size.type !== 'real';
  return derive(whole ? 'long' : 'real', [value, size], (row) =>
    lift(value.run(row), size.run(row), (x, y) =>
      whole ? binTicks(BigInt(x as number | bigint), BigInt(y as number | bigint)) : binNumber(Number(x), Number(y)),
    ),
  );
};

const binAt: Builder = (call) => {
  const [value, size, at] = [argument(call, 0), argument(call, 1), argument(call, 2)];
  if (value.type !== 'datetime' && value.type !== 'timespan' && value.type !== 'long')
    refuse('bin_at() of this type is not evaluated', call.node.start);
  if (at.type !== value.type) refuse('bin_at() with a fixed point of another type is not evaluated', call.node.start);
  return derive(value.type, [value, size, at], (row) => {
    const fixedPoint = at.run(row);
    return lift(value.run(row), size.run(row), (x, y) => {
      if (fixedPoint === null) return null;
      const binned = binTicks((x as bigint) - (fixedPoint as bigint), BigInt(y as number | bigint));
      return binned === null ? null : (binned as bigint) + (fixedPoint as bigint);
    });
  });
};

function lift(a: Value, b: Value, apply: (x: Value, y: Value) => Value): Value {
  return a === null || b === null ? null : apply(a, b);
}

const abs: Builder = (call) => {
  const value = argument(call, 0);
  const { type } = value;
  if (type === 'real') return derive('real', [value], (row) => lift(value.run(row), 0, (x) => Math.abs(x as number)));
  if (type === 'int' || type === 'long') {
    return derive('long', [value], (row) => lift(value.run(row), 0, (x) => magnitude(BigInt(x as number | bigint))));
  }
  if (type === 'timespan')
    return derive('timespan', [value], (row) => lift(value.run(row), 0, (x) => magnitude(x as bigint)));
  return refuse(`abs() of a ${type} is not evaluated`, call.node.start);
};

function magnitude(value: bigint): bigint {
  return wrap64(value < 0n ? -value : value);
}

const keepWhole =
  (apply: (x: number) => number): Builder =>
  (call) => {
    const value = argument(call, 0);
    if (value.type === 'int' || value.type === 'long')
      return derive('long', [value], (row) => lift(value.run(row), 0, (x) => BigInt(x as number | bigint)));
    return simple('real', ['real'], apply)(call);
  };

const round: Builder = (call) => {
  const value = argument(call, 0);
  const whole = value.type === 'int' || value.type === 'long';
  if (call.nodes.length === 1 && whole)
    return derive('long', [value], (row) => lift(value.run(row), 0, (x) => BigInt(x as number | bigint)));
  if (whole) return refuse('round() of a long to digits is not evaluated', call.node.start);
  return simple('real', ['real', 'long?'], (x, digits = 0n) => roundTo(x, Number(digits)))(call);
};

// Half away from zero. A half that is one only after scaling in binary is ambiguous, but for few digits both readings agree.
function roundTo(x: number, digits: number): number {
  if (!Number.isFinite(x)) return x;
  const scale = 10 ** Math.abs(digits);
  const scaled = digits < 0 ? x / scale : x * scale;
  const rounded = Math.sign(scaled) * Math.round(Math.abs(scaled));
  return digits < 0 ? rounded * scale : rounded / scale;
}

const bits = (apply: (a: bigint, b: bigint) => bigint): Builder =>
  simple('long', ['long', 'long'], (a, b) => wrap64(apply(a, b)));

function shift(count: bigint, apply: (by: bigint) => bigint): bigint {
  return count < 0n || count > 63n
    ? refuse('a shift by less than 0 or more than 63 bits is not evaluated')
    : wrap64(apply(count));
}

const tohex: Builder = (call) => {
  const value = argument(call, 0);
  const bitCount = value.type === 'int' ? 32 : 64;
  const width = call.nodes[1] === undefined ? undefined : argument(call, 1);
  return derive(
    'string',
    [value, width].filter((part): part is Expr => part !== undefined),
    (row) => {
      const number = value.run(row);
      if (typeof number !== 'bigint' && typeof number !== 'number') return '';
      return BigInt.asUintN(bitCount, BigInt(number))
        .toString(16)
        .padStart(Number(width?.run(row) ?? 0), '0');
    },
  );
};

const test = (apply: (x: number) => boolean): Builder => simple('bool', ['real'], apply);

const around: Builder = (call) => {
  const [value, center, delta] = [argument(call, 0), argument(call, 1), argument(call, 2)];
  const ticks =
    (value.type === 'datetime' || value.type === 'timespan') && center.type === value.type && delta.type === 'timespan';
  const longs = [value, center, delta].every((part) => part.type === 'long');
  if (!ticks && !longs) refuse('around() of these types is not evaluated', call.node.start);
  return derive('bool', [value, center, delta], (row) => {
    const [x, c, d] = [value.run(row), center.run(row), delta.run(row)];
    if (typeof x !== 'bigint' || typeof c !== 'bigint' || typeof d !== 'bigint') return null;
    return x >= c - d && x <= c + d;
  });
};

export const mathFunctions: Readonly<Record<string, Builder>> = {
  bin,
  floor: bin,
  bin_at: binAt,
  abs,
  round,
  around,
  ceiling: keepWhole(Math.ceil),
  sign: real((x) => (Number.isNaN(x) ? x : Math.sign(x))),
  pow: simple('real', ['real', 'real'], (x, y) => x ** y),
  sqrt: defined(Math.sqrt, (x) => x >= 0),
  exp: real(Math.exp),
  exp2: real((x) => 2 ** x),
  exp10: real((x) => 10 ** x),
  log: defined(Math.log, (x) => x > 0),
  log2: defined(Math.log2, (x) => x > 0),
  log10: defined(Math.log10, (x) => x > 0),
  sin: real(Math.sin),
  cos: real(Math.cos),
  tan: real(Math.tan),
  asin: defined(Math.asin, (x) => x >= -1 && x <= 1),
  acos: defined(Math.acos, (x) => x >= -1 && x <= 1),
  atan: real(Math.atan),
  atan2: simple('real', ['real', 'real'], (y, x) => Math.atan2(y, x)),
  degrees: real((x) => (x * 180) / Math.PI),
  radians: real((x) => (x * Math.PI) / 180),
  pi: simple('real', [], () => Math.PI),
  isnan: test(Number.isNaN),
  isinf: test((x) => x === Number.POSITIVE_INFINITY || x === Number.NEGATIVE_INFINITY),
  isfinite: test(Number.isFinite),
  binary_and: bits((a, b) => a & b),
  binary_or: bits((a, b) => a | b),
  binary_xor: bits((a, b) => a ^ b),
  binary_not: simple('long', ['long'], (a) => ~a),
  binary_shift_left: simple('long', ['long', 'long'], (a, b) => shift(b, (by) => a << by)),
  binary_shift_right: simple('long', ['long', 'long'], (a, b) => shift(b, (by) => a >> by)),
  bitset_count_ones: simple('long', ['long'], (a) =>
    BigInt(BigInt.asUintN(64, a).toString(2).replaceAll('0', '').length),
  ),
  tohex,
};
