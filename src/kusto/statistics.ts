import { wrap64 } from './numbers.ts';
import { refuse } from './refused.ts';
import type { KqlType, Value } from './values.ts';

/** Sum of values that are not null; 0 for none. */
export function total(values: readonly Value[], type: 'long' | 'real' | 'timespan'): Value {
  if (type === 'real') return values.reduce<number>((sum, value) => sum + Number(value), 0);
  return wrap64(values.reduce<bigint>((sum, value) => sum + BigInt(value as number | bigint), 0n));
}

/** Average of values that are not null; null for none. */
export function mean(values: readonly Value[], type: Extract<KqlType, 'real' | 'timespan' | 'datetime'>): Value {
  if (values.length === 0) return null;
  if (type === 'real') return values.reduce<number>((sum, value) => sum + Number(value), 0) / values.length;
  const sum = values.reduce<bigint>((all, value) => all + (value as bigint), 0n);
  const count = BigInt(values.length);
  const rest = sum % count;
  if ((rest < 0n ? -rest : rest) * 2n >= count)
    return refuse('an average that falls between two ticks is not evaluated');
  return sum / count;
}

/** Standard deviation, or variance when `square`; of a sample (n - 1) unless `population`. */
export function deviation(values: readonly number[], square: boolean, population: boolean): Value {
  const divisor = population ? values.length : values.length - 1;
  if (values.length === 0) return 0;
  if (divisor === 0) return refuse('the deviation of a sample of one is not evaluated');
  const average = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - average) ** 2, 0) / divisor;
  return square ? variance : Math.sqrt(variance);
}
