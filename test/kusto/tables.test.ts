import { describe, expect, test } from 'vitest';
import { columns, refusal, rows } from './run.ts';

const LEFT = 'datatable(k: string, v: long)["a",1,"a",2,"b",3,"",4]';
const RIGHT = 'datatable(k: string, w: long)["a",10,"c",30,"",40]';

describe('join', () => {
  test.each<[string, readonly (readonly unknown[])[]]>([
    [
      'inner',
      [
        ['a', 1n, 'a', 10n],
        ['a', 2n, 'a', 10n],
        ['', 4n, '', 40n],
      ],
    ],
    [
      'innerunique',
      [
        ['a', 1n, 'a', 10n],
        ['', 4n, '', 40n],
      ],
    ],
    [
      'leftouter',
      [
        ['a', 1n, 'a', 10n],
        ['a', 2n, 'a', 10n],
        ['b', 3n, '', null],
        ['', 4n, '', 40n],
      ],
    ],
    [
      'rightouter',
      [
        ['a', 1n, 'a', 10n],
        ['a', 2n, 'a', 10n],
        ['', 4n, '', 40n],
        ['', null, 'c', 30n],
      ],
    ],
    [
      'leftsemi',
      [
        ['a', 1n],
        ['a', 2n],
        ['', 4n],
      ],
    ],
    ['leftanti', [['b', 3n]]],
    [
      'rightsemi',
      [
        ['a', 10n],
        ['', 40n],
      ],
    ],
    ['rightanti', [['c', 30n]]],
  ])('kind=%s', (kind, expected) => {
    expect(rows(`${LEFT} | join kind=${kind} (${RIGHT}) on k`)).toEqual(expected);
  });

  test('null keys match each other', () => {
    const sides =
      'datatable(k: long, v: string)[long(null),"x", 1,"y"] | join kind=inner (datatable(k: long, w: string)[long(null),"p", long(null),"q"]) on k | project v, w';
    expect(rows(sides)).toEqual([
      ['x', 'p'],
      ['x', 'q'],
    ]);
  });

  // Every row of both sides is in the full outer join, and the anti joins are what inner joins leave.
  test.each([1, 2, 3, 4, 5, 6])('keeps every row of both sides when full outer, null keys included (%i)', (seed) => {
    const side = (name: string, salt: number): string => {
      const cells = Array.from({ length: 12 }, (_, index) =>
        (index * 7 + seed * salt) % 5 === 0 ? 'long(null)' : `${(index * seed + salt) % 4}`,
      );
      return `datatable(k: long, ${name}: long)[${cells.map((cell, index) => `${cell},${index}`).join(',')}]`;
    };
    const [a, b] = [side('x', 3), side('y', 11)];
    const count = (query: string): number => Number(rows(`${query} | count`)[0]?.[0]);
    const distinct = (column: string): number =>
      count(`${a} | join kind=fullouter (${b}) on k | where isnotnull(${column}) | distinct ${column}`);
    expect(distinct('x')).toBe(12);
    expect(distinct('y')).toBe(12);
    expect(count(`${a} | join kind=leftsemi (${b}) on k`) + count(`${a} | join kind=leftanti (${b}) on k`)).toBe(12);
    expect(count(`${a} | join kind=rightsemi (${b}) on k`) + count(`${a} | join kind=rightanti (${b}) on k`)).toBe(12);
  });

  test('numbers clashing columns once more at each join', () => {
    const again = '| join kind=inner (datatable(k: string, v: long)["a",7]) on k';
    expect(columns(`datatable(k: string, v: long)["a",1] ${again} ${again}`)).toBe(
      'k:string, v:long, k1:string, v1:long, k2:string, v2:long',
    );
  });

  test('lookup leaves out the right key', () => {
    expect(rows(`${LEFT} | lookup (${RIGHT}) on k | where k == "b"`)).toEqual([['b', 3n, null]]);
  });
});

describe('summarize', () => {
  const events =
    'datatable(k: string, v: long, t: datetime)["a",1,datetime(2026-01-01 00:01), "a",3,datetime(2026-01-01 00:04), "b",2,datetime(2026-01-01 00:06)]';

  test('takes the row of the greatest value, for several at once', () => {
    expect(rows(`${events} | summarize arg_max(t, v), arg_min(v, t) by k`)).toEqual([
      ['a', '2026-01-01T00:04:00.0000000Z', 3n, 1n, '2026-01-01T00:01:00.0000000Z'],
      ['b', '2026-01-01T00:06:00.0000000Z', 2n, 2n, '2026-01-01T00:06:00.0000000Z'],
    ]);
    expect(columns(`${events} | summarize arg_max(t, *) by k`)).toBe('k:string, t:datetime, v:long');
  });

  test('names what it is given no name for', () => {
    expect(
      columns(
        `${events} | summarize count(), dcount(v), make_set(k), percentile(v, 95), max(v) - min(v), sum(v) by bin(t, 5m)`,
      ),
    ).toBe('t:datetime, count_:long, dcount_v:long, set_k:dynamic, percentile_v_95:long, Column1:long, sum_v:long');
  });

  test('make_list and make_set take arrays apart one level and keep empty strings', () => {
    expect(rows('datatable(a: dynamic)[dynamic([1,2]), dynamic([2,3])] | summarize make_set(a), make_list(a)')).toEqual(
      [
        [
          [1, 2, 3],
          [1, 2, 2, 3],
        ],
      ],
    );
    expect(rows('datatable(a: string)["x","X","x",""] | summarize s = make_set(a)')).toEqual([[['x', 'X', '']]]);
  });

  test('percentile is the nearest rank', () => {
    expect(
      rows('range x from 1 to 100 step 1 | summarize percentile(x, 95), percentile(x, 50), percentile(x, 0)'),
    ).toEqual([[95n, 50n, 1n]]);
  });

  test('refuses what has no one answer', () => {
    expect(refusal('datatable(d: dynamic)[dynamic({"a":1}), dynamic({"a":2})] | summarize make_bag(d)')?.reason).toBe(
      'unsupported',
    );
  });
});

describe('union', () => {
  test('splits a name of two types and fills the rest', () => {
    const query = 'union (datatable(x: long, y: string)[1,"a"]), (datatable(x: real)[2.5])';
    expect(columns(query)).toBe('x_long:long, x_real:real, y:string');
    expect(rows(query)).toEqual([
      [1n, null, 'a'],
      [null, 2.5, ''],
    ]);
  });

  test('with isfuzzy passes over tables that do not exist', () => {
    expect(rows('union isfuzzy=true NoSuchTable_CL, (datatable(a: long)[1,2]) | summarize s = sum(a)')).toEqual([[3n]]);
    expect(refusal('union NoSuchTable_CL, (datatable(a: long)[1,2])')?.reason).toBe('invalid');
  });
});

describe('order', () => {
  test('sort is descending with nulls last, ascending with nulls first', () => {
    const table = 'datatable(v: long)[2, long(null), 3]';
    expect(rows(`${table} | sort by v`)).toEqual([[3n], [2n], [null]]);
    expect(rows(`${table} | sort by v asc`)).toEqual([[null], [2n], [3n]]);
    expect(rows(`${table} | sort by v asc nulls last`)).toEqual([[2n], [3n], [null]]);
    expect(rows(`${table} | top 1 by v asc nulls last`)).toEqual([[2n]]);
  });

  test('row functions see the order', () => {
    expect(
      rows('datatable(v: long)[30, 10, 20] | sort by v asc | extend n = row_number(), p = prev(v), s = row_cumsum(v)'),
    ).toEqual([
      [10n, 1n, null, 10n],
      [20n, 2n, 10n, 30n],
      [30n, 3n, 20n, 60n],
    ]);
  });
});

describe('parse', () => {
  test('reads fields between texts; a row that does not fit gets nothing', () => {
    expect(
      rows(
        'datatable(s: string)["user=bob uid=1000 cmd=ls -la","other"] | parse s with "user=" u " uid=" n:long " cmd=" c | project u, n, c',
      ),
    ).toEqual([
      ['bob', 1000n, 'ls -la'],
      ['', null, ''],
    ]);
    expect(
      rows('datatable(s: string)["a=1;b=2","nope"] | parse-where s with "a=" a:long ";b=" b:long | project a, b'),
    ).toEqual([[1n, 2n]]);
  });

  test('parse-kv reads pairs, quoted ones too', () => {
    const query = `print s='src=10.1.1.1 why="no route" n=5' | parse-kv s as (n: long, why: string, src: string) with (pair_delimiter=' ', kv_delimiter='=', quote='"') | project-away s`;
    expect(rows(query)).toEqual([[5n, 'no route', '10.1.1.1']]);
  });
});

test('make-series fills every step', () => {
  const query =
    'datatable(t: datetime, v: long)[datetime(2026-01-01),1, datetime(2026-01-01 12:00),2, datetime(2026-01-03),5] | make-series s = sum(v) default=0 on t from datetime(2026-01-01) to datetime(2026-01-04) step 1d | project s';
  expect(rows(query)).toEqual([[[3, 0, 5]]]);
});

test('bag_unpack makes a column of each key', () => {
  expect(
    rows(
      'datatable(k: string, d: dynamic)["a", dynamic({"y":"s","x":1}), "b", dynamic({"x":2})] | evaluate bag_unpack(d)',
    ),
  ).toEqual([
    ['a', 1n, 's'],
    ['b', 2n, ''],
  ]);
});

test('a table that is read twice is the same both times', () => {
  const query =
    'let t = range x from 1 to 2 step 1 | extend y = x * 10; t | extend z = y + 1 | join kind=inner (t | extend q = y + 2) on x | project x, z, q';
  expect(rows(query)).toEqual([
    [1n, 11n, 12n],
    [2n, 21n, 22n],
  ]);
  const twice =
    'let f = (T: (x: long)) { union (T | extend a = x), (T | extend b = x) }; f((range k from 1 to 1 step 1 | extend x = k | project x)) | project x, a, b';
  expect(refusal(twice) ?? rows(twice)).toEqual([
    [1n, 1n, null],
    [1n, null, 1n],
  ]);
});
