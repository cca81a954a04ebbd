import { describe, expect, test } from 'vitest';
import { refusal, rows, value } from './run.ts';

describe('dynamic', () => {
  test.each<[string, unknown]>([
    ['dynamic({"a":{"b":[1,2,{"c":"x"}]}}).a.b[2].c', 'x'],
    ['dynamic({"a":1}).z.y.x', null],
    ['dynamic([10,20,30])[-1]', 30],
    ['dynamic([10])[5]', null],
    ['dynamic({"A":1}).a', null],
    ['dynamic({"a.b":{"c-d":1}})["a.b"]["c-d"]', 1],
    ['parse_json("{\\"n\\":9007199254740993}").n', 9007199254740993n],
    ['tostring(parse_json("{\\"b\\":1.0,\\"a\\":[true,null,\\"x\\"]}"))', '{"b":1.0,"a":[true,null,"x"]}'],
    ['tostring(parse_json("{\\"2\\":1,\\"1\\":2}"))', '{"2":1,"1":2}'],
    ['parse_json("not json")', 'not json'],
    ['isnull(parse_json(""))', true],
    ['gettype(parse_json("{bad"))', 'string'],
    ['tostring(dynamic(null))', ''],
    ['bag_keys(dynamic({"b":1,"a":2}))', ['b', 'a']],
    ['bag_merge(dynamic({"a":1}), dynamic({"a":2,"b":3}))', { a: 1, b: 3 }],
    ['bag_remove_keys(dynamic({"a":{"x":1,"y":2},"b":3}), dynamic(["$.a.x","b"]))', { a: { y: 2 } }],
    ['bag_set_key(dynamic({}), "$.a.b", 1)', { a: { b: 1 } }],
    ['array_slice(dynamic([1,2,3,4]), -2, -1)', [3, 4]],
    ['array_sort_asc(dynamic([null,"b","a"]))', ['a', 'b', null]],
    ['set_union(dynamic([1,2,1]), dynamic([2,3]))', [1, 2, 3]],
    ['set_has_element(dynamic([1]), "1")', false],
    [
      'zip(dynamic([1,2]), dynamic(["a"]))',
      [
        [1, 'a'],
        [2, null],
      ],
    ],
    ['range(1, 8, 3)', [1, 4, 7]],
    ['pack_array(1, "x", datetime(2026-01-01))', [1, 'x', '2026-01-01T00:00:00.0000000Z']],
  ])('%s', (expression, expected) => {
    expect(value(expression)).toEqual(expected);
  });

  test('a member compares with its own type, a missing one with none', () => {
    expect(value('dynamic({"a":"x"}).a == "x"')).toBe(true);
    expect(value('dynamic({"a":"x"}).b != "x"')).toBe(true);
    expect(value('dynamic({"n":5}).n > 4')).toBe(true);
    expect(refusal('print dynamic({"n":5}).n == "5"')?.reason).toBe('unsupported');
  });

  test('a nested text is no bag until it is parsed', () => {
    const nested = 'parse_json("{\\"inner\\":\\"{\\\\\\"x\\\\\\":5}\\"}").inner';
    expect(value(`${nested}.x`)).toBeNull();
    expect(value(`parse_json(tostring(${nested})).x`)).toBe(5);
  });

  test('a bare control character in JSON is refused', () => {
    expect(refusal('print parse_json("{\\"a\\":\\"x\\ny\\"}")')?.reason).toBe('unsupported');
  });
});

describe('mv-expand', () => {
  const table =
    'datatable(k: string, l: dynamic)["a", dynamic([1,2]), "b", dynamic([]), "c", dynamic(null), "d", dynamic("s")]';

  test('gives no row for an empty array and one for null or a scalar', () => {
    expect(rows(`${table} | mv-expand l`)).toEqual([
      ['a', 1],
      ['a', 2],
      ['c', null],
      ['d', 's'],
    ]);
  });

  test('puts two arrays side by side', () => {
    expect(
      rows('print a = dynamic([1,2,3]), b = dynamic(["x"]) | mv-expand a to typeof(long), b to typeof(string)'),
    ).toEqual([
      [1n, 'x'],
      [2n, ''],
      [3n, ''],
    ]);
  });

  test('takes a bag apart into bags or into pairs, with an index when asked', () => {
    expect(rows('print d = dynamic({"a":1,"b":2}) | mv-expand with_itemindex=i d')).toEqual([
      [{ a: 1 }, 0n],
      [{ b: 2 }, 1n],
    ]);
    expect(rows('print d = dynamic({"a":1}) | mv-expand kind=array d')).toEqual([[['a', 1]]]);
  });
});

describe('mv-apply', () => {
  test('runs the sub-query per row, with the row in sight', () => {
    const query =
      'datatable(k: string, n: long, l: dynamic)["a", 2, dynamic([1,5,3]), "b", 9, dynamic([2])] | mv-apply x = l to typeof(long) on (where x > n | summarize m = max(x), c = count())';
    expect(rows(query)).toEqual([
      ['a', 2n, [1, 5, 3], 5n, 2n],
      ['b', 9n, [2], null, 0n],
    ]);
  });

  test('replaces a column that is expanded under its own name', () => {
    expect(rows('print l = dynamic([1,5,3]), k = "x" | mv-apply l to typeof(long) on (top 1 by l)')).toEqual([
      ['x', 5n],
    ]);
  });
});
