/** A duration as people write it: `45s`, `8m30s`, `1h`. */
export type Duration = `${number}s` | `${number}m` | `${number}m${number}s` | `${number}h` | `${number}h${number}m`;

const unitMs: Readonly<Record<string, number>> = { h: 3_600_000, m: 60_000, s: 1000 };

/** Milliseconds of a duration; NaN for anything that is none. */
export const durationMs = (text: string): number => {
  if (!/^(?:\d+h)?(?:\d+m)?(?:\d+s)?$/.test(text) || text === '') return Number.NaN;
  return [...text.matchAll(/(\d+)([hms])/g)].reduce(
    (sum, [, digits = '', unit = '']) => sum + Number(digits) * (unitMs[unit] ?? 0),
    0,
  );
};

/** The longest two units: `9s`, `8m 30s`, `1h 5m`. */
export const durationText = (ms: number): string => {
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds}s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return seconds % 60 === 0 ? `${minutes}m` : `${minutes}m ${seconds % 60}s`;
  return minutes % 60 === 0 ? `${Math.floor(minutes / 60)}h` : `${Math.floor(minutes / 60)}h ${minutes % 60}m`;
};
