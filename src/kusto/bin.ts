import { floorDiv } from './numbers.ts';
import { refuse } from './refused.ts';
import type { Value } from './values.ts';

/** The multiple of the size at or below the value; null for a size of 0. Ticks count from 0001-01-01, so weeks begin on Monday. */
export function binTicks(value: bigint, size: bigint): Value {
  if (size === 0n) return null;
  if (size < 0n) return refuse('bin() by a negative size is not evaluated');
  return floorDiv(value, size) * size;
}

export function binNumber(value: number, size: number): Value {
  if (size < 0) return refuse('bin() by a negative size is not evaluated');
  if (size === 0 || !Number.isFinite(value) || !Number.isFinite(size)) return Number.isNaN(value) ? value : null;
  const bins = value / size;
  // 0.3 / 0.1 is a little below 3: whether the engine sees 3 is not known.
  if (Math.floor(bins) !== Math.round(bins) && Math.abs(bins - Math.round(bins)) < 1e-9)
    return refuse('bin() of a real at the edge of a bin is not evaluated');
  return Math.floor(bins) * size;
}
