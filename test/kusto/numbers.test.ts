import { describe, expect, test } from 'vitest';
import { refusal, value } from './run.ts';

describe('long', () => {
  test.each([
    ['9223372036854775807 + 1', -9223372036854775808n],
    ['9007199254740993 + 0', 9007199254740993n],
    ['-7 / 2', -3n],
    ['-14 % 12', 10n],
    ['14 % -12', 2n],
    ['7 / 0', null],
    ['7 % 0', null],
    ['3000000000 * 3000000000', 9000000000000000000n],
    ['tolong("9007199254740993")', 9007199254740993n],
    ['tolong("0x10")', 16n],
    ['binary_and(0x80000000000, 0x80000000000)', 0x80000000000n],
    ['binary_shift_right(-8, 1)', -4n],
  ])('%s is %s', (expression, expected) => {
    expect(value(expression)).toBe(expected);
  });
});

describe('conversion', () => {
  test.each([
    ['toint("5.9")', null],
    ['toint(5.9)', 5],
    ['toint(-2.9)', -2],
    ['tobool(123)', true],
    ['tobool("x")', null],
    ['todouble("1e3")', 1000],
    ['tostring(1.0)', '1.0'],
    ['tostring(true)', 'True'],
    ['tostring(dynamic(true))', 'true'],
    ['gettype(int(1))', 'int'],
    ['gettype(dynamic(1.5))', 'double'],
    ['gettype(dynamic(1))', 'long'],
  ])('%s is %s', (expression, expected) => {
    expect(value(expression)).toBe(expected);
  });
});

describe('real', () => {
  test('division by zero gives infinity and NaN', () => {
    expect(value('1.0 / 0.0')).toBe(Number.POSITIVE_INFINITY);
    expect(value('isnan(0.0 / 0.0)')).toBe(true);
  });

  test.each(['toint(3000000000)', 'tostring(1e300)', 'bin(0.3, 0.1)', '-5.5 % 2.0', 'todecimal(1)'])(
    '%s is refused: its exact answer is not known',
    (expression) => {
      expect(refusal(`print ${expression}`)?.reason).toBe('unsupported');
    },
  );
});

describe('bin', () => {
  // A multiple of the size, at or below the value, less than one size away.
  test.each(Array.from({ length: 40 }, (_, index) => [((index * 7919) % 1000) - 500, (index % 9) + 1] as const))(
    'of %i by %i is the multiple at or below',
    (number, size) => {
      const binned = Number(value(`bin(${number}, ${size})`));
      expect(Math.abs(binned % size)).toBe(0);
      expect(number - binned).toBeGreaterThanOrEqual(0);
      expect(number - binned).toBeLessThan(size);
    },
  );

  test('of a datetime counts from the year 1: weeks begin on Monday', () => {
    expect(value('bin(datetime(2026-01-15), 7d)')).toBe('2026-01-12T00:00:00.0000000Z');
    expect(value('bin(datetime(2026-01-15 11:37:42), 5m)')).toBe('2026-01-15T11:35:00.0000000Z');
  });

  test('by null or of null is null', () => {
    expect(value('bin(long(null), 5)')).toBeNull();
  });
});
