import { isObject } from './json.ts';
import { fieldShape, type Shape } from './shape.ts';

const decimal: Readonly<Record<string, number>> = { n: -9, u: -6, m: -3, '': 0, k: 3, M: 6, G: 9, T: 12, P: 15, E: 18 };
const binary: Readonly<Record<string, number>> = { Ki: 1, Mi: 2, Gi: 3, Ti: 4, Pi: 5, Ei: 6 };
const pattern = /^([+-]?)(\d*)\.?(\d*)([a-zA-Z]*)$/;

interface Parsed {
  /** In billionths, the smallest part a quantity can have. */
  readonly nano: bigint;
  readonly binary: boolean;
}

const parse = (value: unknown): Parsed | undefined => {
  const [, sign, whole = '', fraction = '', suffix = ''] = pattern.exec(String(value)) ?? [];
  if (sign === undefined || whole + fraction === '') return undefined;
  const digits = BigInt(whole + fraction) * (sign === '-' ? -1n : 1n);
  const power = decimal[suffix];
  const factor = power === undefined ? 1024n ** BigInt(binary[suffix] ?? 0) * 10n ** 9n : 10n ** BigInt(power + 9);
  if (power === undefined && binary[suffix] === undefined) return undefined;
  const scale = 10n ** BigInt(fraction.length);
  const exact = digits * factor;
  // Finer than a billionth is rounded away from zero.
  const nano = exact / scale + (exact % scale === 0n ? 0n : exact < 0n ? -1n : 1n);
  return { nano, binary: power === undefined };
};

/** Whether text or a number is a quantity; exponents such as `1e3` are, too. */
export const isQuantity = (value: unknown): boolean => parse(value) !== undefined || exponent.test(String(value));
const exponent = /^[+-]?\d+(\.\d*)?[eE][+-]?\d+$/;

/** A quantity as a number; NaN where it is none. */
export const quantity = (value: unknown): number => {
  const parsed = parse(value);
  return parsed === undefined ? (exponent.test(String(value)) ? Number(value) : Number.NaN) : Number(parsed.nano) / 1e9;
};

/** The form in which the API server stores it: no fraction, and the largest suffix that leaves none (`1000m` is `1`, `1024Mi` is `1Gi`). */
export const canonicalQuantity = (value: unknown): unknown => {
  const parsed = parse(value);
  if (parsed === undefined) return typeof value === 'number' ? String(value) : value;
  const { nano } = parsed;
  if (nano === 0n) return '0';
  const unit = 10n ** 9n;
  const magnitude = nano < 0n ? -nano : nano;
  // Below 1024 there is no binary suffix to write it with.
  if (parsed.binary && nano % unit === 0n && magnitude >= 1024n * unit) {
    const [suffix, power] = largest(binary, (step) => (nano / unit) % 1024n ** BigInt(step) === 0n) ?? ['', 0];
    return `${nano / unit / 1024n ** BigInt(power)}${suffix}`;
  }
  const [suffix, power] = largest(decimal, (step) => nano % 10n ** BigInt(step + 9) === 0n) ?? ['n', -9];
  return `${nano / 10n ** BigInt(power + 9)}${suffix}`;
};

const largest = (
  suffixes: Readonly<Record<string, number>>,
  fits: (power: number) => boolean,
): readonly [string, number] | undefined => Object.entries(suffixes).findLast(([, power]) => fits(power));

/** An object with every quantity in its stored form. */
export const canonicalQuantities = (value: unknown, shape: Shape): unknown => {
  if (shape.kind === 'scalar') return shape.type === 'quantity' ? canonicalQuantity(value) : value;
  if (Array.isArray(value)) {
    return shape.kind === 'list' ? value.map((item: unknown) => canonicalQuantities(item, shape.item)) : value;
  }
  if (!isObject(value) || shape.kind === 'anything') return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, child]) => [key, canonicalQuantities(child, fieldShape(shape, key))]),
  );
};
