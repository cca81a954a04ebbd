import { describe, expect, test } from 'vitest';
import { refusal, value } from './run.ts';

describe('datetime', () => {
  test.each([
    ['datetime(2026-01-02T03:04:05.1234567Z)', '2026-01-02T03:04:05.1234567Z'],
    ['todatetime("2026-01-02T03:04:05.123456789Z")', '2026-01-02T03:04:05.1234567Z'],
    ['todatetime("2026-01-02T03:04:05+02:00")', '2026-01-02T01:04:05.0000000Z'],
    ['todatetime("Sat, 8 Nov 14 15:05:02 GMT")', '2014-11-08T15:05:02.0000000Z'],
    ['todatetime("2026-02-30")', null],
    ['todatetime("garbage")', null],
    ['datetime(0001-01-01)', '0001-01-01T00:00:00.0000000Z'],
    ['datetime_add("month", 1, datetime(2024-01-31))', '2024-02-29T00:00:00.0000000Z'],
    ['startofweek(datetime(2026-01-15))', '2026-01-11T00:00:00.0000000Z'],
    ['endofmonth(datetime(2024-02-10))', '2024-02-29T23:59:59.9999999Z'],
    ['ago(1h)', '2026-01-15T11:00:00.0000000Z'],
    ['unixtime_nanoseconds_todatetime(1546300800000000100)', '2019-01-01T00:00:00.0000001Z'],
    ['format_datetime(datetime(2009-06-15T13:45:30.6175425), "yy-MM-dd hh:mm:ss.fff tt")', '09-06-15 01:45:30.617 PM'],
  ])('%s is %s', (expression, expected) => {
    expect(value(expression)).toBe(expected);
  });

  // Adding and taking away is the identity, and the days between agree with the difference in ticks.
  test.each(
    Array.from(
      { length: 24 },
      (_, index) => [`${1 + index * 410}`.padStart(4, '0'), (index % 12) + 1, (index % 28) + 1] as const,
    ),
  )('of the year %s keeps its ticks', (year, month, day) => {
    const text = `${year}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
    expect(value(`datetime(${text}) + 1d + 1tick - 1tick - 1d == datetime(${text})`)).toBe(true);
    expect(value(`tostring(datetime(${text}))`)).toBe(`${text}T00:00:00.0000000Z`);
    expect(value(`datetime_diff("day", datetime(${text}) + 36h, datetime(${text}))`)).toBe(1n);
  });

  test('datetime_diff counts the boundaries between, not whole units', () => {
    expect(value('datetime_diff("hour", datetime(2026-01-01 01:00), datetime(2026-01-01 00:59))')).toBe(1n);
    expect(value('datetime_diff("year", datetime(2026-01-01), datetime(2025-12-31))')).toBe(1n);
    expect(value('datetime_diff("day", datetime(2026-01-01), datetime(2026-01-03))')).toBe(-2n);
  });

  test('outside the years 1 to 9999 is refused', () => {
    expect(refusal('print datetime(9999-12-31) + 2d')?.reason).toBe('unsupported');
  });
});

describe('timespan', () => {
  test.each([
    ['1.5h', '01:30:00'],
    ['-(1d + 2h)', '-1.02:00:00'],
    ['1tick', '00:00:00.0000001'],
    ['timespan(2)', '2.00:00:00'],
    ['time(00:01:00)', '00:01:00'],
    ['totimespan("abc")', null],
    ['7h % 2h', '01:00:00'],
    ['now() - ago(90m)', '01:30:00'],
  ])('%s is %s', (expression, expected) => {
    expect(value(expression)).toBe(expected);
  });

  test('ratio of two is a real', () => {
    expect(value('15ms / 10ms')).toBe(1.5);
  });
});
