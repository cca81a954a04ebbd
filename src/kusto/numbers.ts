import { refuse } from './refused.ts';

/** 64-bit two's complement: KQL's long wraps around. */
export function wrap64(value: bigint): bigint {
  return BigInt.asIntN(64, value);
}

const INT32 = 2 ** 31;

/** A 32-bit int, or null where the number does not fit. */
export function toInt32(value: number | bigint): number | null {
  const number = Number(value);
  return number >= -INT32 && number < INT32 ? Math.trunc(number) : null;
}

/** A real truncated to a long; null for NaN, infinities and what does not fit. */
export function realToLong(value: number): bigint | null {
  if (!Number.isFinite(value)) return null;
  const whole = BigInt(Math.trunc(value));
  return whole === wrap64(whole) ? whole : null;
}

/** "12", " -5", "0x1f"; anything else is null. */
export function parseLong(text: string): bigint | null {
  const trimmed = text.trim();
  if (/^[-+]?\d+$/.test(trimmed)) {
    const value = BigInt(trimmed.replace(/^\+/, ''));
    return value === wrap64(value) ? value : null;
  }
  if (/^0[xX][0-9a-fA-F]{1,16}$/.test(trimmed)) return wrap64(BigInt(trimmed));
  return null;
}

/** "1.5", "1e3", "NaN", "inf"; anything else is null. */
export function parseReal(text: string): number | null {
  const trimmed = text.trim();
  if (/^[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?$/.test(trimmed)) return Number(trimmed);
  switch (trimmed.toLowerCase()) {
    case 'nan':
      return Number.NaN;
    case 'inf':
    case '+inf':
    case 'infinity':
    case '+infinity':
      return Number.POSITIVE_INFINITY;
    case '-inf':
    case '-infinity':
      return Number.NEGATIVE_INFINITY;
    default:
      return null;
  }
}

/** A real as KQL prints it, always with a fraction; refused where it would print an exponent. */
export function formatReal(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  const size = Math.abs(value);
  if (Object.is(value, -0) || size >= 1e15 || (size < 1e-4 && size > 0))
    return refuse(`the text of the real ${value} is not evaluated`);
  const text = String(value);
  return text.includes('.') ? text : `${text}.0`;
}

/** A fraction rounded half away from zero to an integral bigint. */
export function roundToBig(value: number): bigint {
  return BigInt(value < 0 ? -Math.round(-value) : Math.round(value));
}

/** Division that rounds towards minus infinity. */
export function floorDiv(a: bigint, b: bigint): bigint {
  const quotient = a / b;
  return a % b !== 0n && a < 0n !== b < 0n ? quotient - 1n : quotient;
}
