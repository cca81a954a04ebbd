import { comparer } from './comparison.ts';
import { refuse } from './refused.ts';
import { type KqlType, type Value, missing } from './values.ts';

/** The value at the nearest rank: the smallest one with at least `share` percent of the values at or below it. */
export function rank(values: readonly Value[], type: KqlType, share: number, position: number): Value {
  if (!(share >= 0 && share <= 100)) refuse('a percentile outside 0 to 100 is not allowed', position);
  if (values.length === 0) return missing(type);
  const compare = comparer(type, type, position);
  const sorted = [...values].sort(compare);
  const at = Math.max(0, Math.ceil((share / 100) * sorted.length) - 1);
  return sorted[Math.min(at, sorted.length - 1)] ?? null;
}
