import { expect, test } from 'vitest';
import { durationMs, durationText } from '../../src/engine/duration.ts';

test.each([
  ['45s', 45_000],
  ['8m30s', 510_000],
  ['2m', 120_000],
  ['1h', 3_600_000],
  ['1h5m', 3_900_000],
  ['0s', 0],
])('%s is %i milliseconds', (text, ms) => {
  expect(durationMs(text)).toBe(ms);
});

test.each(['', '5', 's', '5 m', '30s8m', '1.5h', '-3s', '3d'])('%j is no duration', (text) => {
  expect(durationMs(text)).toBeNaN();
});

test.each([
  [0, '0s'],
  [499, '0s'],
  [9_400, '9s'],
  [59_700, '1m'],
  [60_000, '1m'],
  [510_000, '8m 30s'],
  [3_600_000, '1h'],
  [3_900_000, '1h 5m'],
  [3_659_000, '1h'],
])('%i milliseconds read as %s', (ms, text) => {
  expect(durationText(ms)).toBe(text);
});
