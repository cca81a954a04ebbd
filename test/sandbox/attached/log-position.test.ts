import { expect, test } from 'vitest';
import {
  advance,
  azureTime,
  onlyNew,
  parseLogLine,
  sinceTime,
  type LogPosition,
} from '../../../src/sandbox/attached/log-position.ts';

const at = (text: string): bigint => parseLogLine(`${text} x`)?.time ?? -1n;

test.each([
  ['2026-11-23T10:00:00.123456789Z hello', '2026-11-23T10:00:00.1234567Z', 'hello'],
  ['2026-11-23T12:00:00.5+02:00 an own zone', '2026-11-23T10:00:00.5000000Z', 'an own zone'],
  ['2026-11-23T10:00:00Z ', '2026-11-23T10:00:00.0000000Z', ''],
])('%s', (line, time, text) => {
  const parsed = parseLogLine(line);
  expect([azureTime(parsed?.time ?? 0n), parsed?.text]).toEqual([time, text]);
});

test("a kubelet's own words in between are no line", () => {
  expect(parseLogLine('failed to watch file "/var/log/pods/x": no space left on device')).toBeUndefined();
});

test('reading starts at the whole second, which is all that the API takes', () => {
  expect(sinceTime(at('2026-11-23T10:00:00.999999999Z'))).toBe('2026-11-23T10:00:00Z');
});

test('of a log that is read again only what is new passes, though lines share a time', () => {
  const times = ['00.1', '00.2', '00.2', '00.2', '00.2', '00.3'].map((second) => at(`2026-11-23T10:00:${second}Z`));
  let position: LogPosition | undefined;
  for (const time of times.slice(0, 3)) position = advance(position, time);
  const isNew = onlyNew(position);
  expect(times.map(isNew)).toEqual([false, false, false, true, true, true]);
});

test('what follows the position is new even where the clock of its node was put back', () => {
  const isNew = onlyNew({ time: at('2026-11-23T10:00:05Z'), same: 1 });
  expect(['04', '05', '06', '03'].map((second) => isNew(at(`2026-11-23T10:00:${second}Z`)))).toEqual([
    false,
    false,
    true,
    true,
  ]);
});
