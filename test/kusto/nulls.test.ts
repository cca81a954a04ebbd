import { describe, expect, test } from 'vitest';
import { rows, value } from './run.ts';

const TRUTH = ['true', 'false', 'bool(null)'] as const;
const plain = { true: true, false: false, 'bool(null)': null } as const;

function kleeneAnd(a: boolean | null, b: boolean | null): boolean | null {
  if (a === false || b === false) return false;
  return a === null || b === null ? null : true;
}

describe('null', () => {
  test.each(TRUTH.flatMap((a) => TRUTH.map((b) => [a, b] as const)))(
    '%s and/or %s follow three-valued logic',
    (a, b) => {
      const conjunction = kleeneAnd(plain[a], plain[b]);
      const negate = (x: boolean | null): boolean | null => (x === null ? null : !x);
      expect(value(`${a} and ${b}`)).toBe(conjunction);
      expect(value(`${a} or ${b}`)).toBe(negate(kleeneAnd(negate(plain[a]), negate(plain[b]))));
    },
  );

  test.each(['int', 'long', 'real', 'datetime', 'timespan', 'bool', 'guid'])(
    'of type %s differs from every value but is neither equal nor unequal to null',
    (type) => {
      const other =
        {
          int: 'int(1)',
          long: '1',
          real: '1.0',
          datetime: 'now()',
          timespan: '1h',
          bool: 'true',
          guid: 'guid(00000000-0000-0000-0000-000000000001)',
        }[type] ?? '';
      expect(value(`${type}(null) == ${other}`)).toBe(false);
      expect(value(`${type}(null) != ${other}`)).toBe(true);
      expect(value(`${type}(null) == ${type}(null)`)).toBeNull();
      expect(value(`${type}(null) != ${type}(null)`)).toBeNull();
    },
  );

  test('keeps a row under != and drops it under not(==) of two nulls', () => {
    const table = 'datatable(a: long)[1, long(null), 3]';
    expect(rows(`${table} | where a != 1`)).toEqual([[null], [3n]]);
    expect(rows(`${table} | where a > 0`)).toEqual([[1n], [3n]]);
    expect(rows(`${table} | where not(a > 0)`)).toEqual([]);
    expect(rows(`${table} | where a == long(null)`)).toEqual([]);
  });

  test('makes arithmetic null, and iff and case take their last branch', () => {
    expect(value('int(null) + 1')).toBeNull();
    expect(value('iff(int(null) > 1, "yes", "no")')).toBe('no');
    expect(value('case(bool(null), "null", false, "false", "else")')).toBe('else');
  });

  test('is no string: a missing string is empty', () => {
    expect(value('isnull("")')).toBe(false);
    expect(value('isempty("")')).toBe(true);
    expect(value('tostring(long(null))')).toBe('');
    expect(value('coalesce("", "b")')).toBe('b');
  });

  test('is passed over by aggregates', () => {
    expect(
      rows(
        'datatable(v: long)[1, long(null), 3] | summarize count(), sum(v), avg(v), min(v), max(v), dcount(v), make_list(v)',
      ),
    ).toEqual([[3n, 4n, 2, 1n, 3n, 2n, [1, 3]]]);
  });

  test('leaves aggregates over nothing at their defaults', () => {
    expect(rows('datatable(v: long)[] | summarize count(), sum(v), max(v), make_set(v)')).toEqual([[0n, 0n, null, []]]);
    expect(rows('datatable(v: long, k: string)[] | summarize count() by k')).toEqual([]);
  });
});
