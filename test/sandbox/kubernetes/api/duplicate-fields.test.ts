import { expect, test } from 'vitest';
import { duplicateFields } from '../../../../src/sandbox/kubernetes/api/duplicate-fields.ts';

test('a field that stands twice is named by its place, once', () => {
  expect(duplicateFields('{"a":1,"b":{"c":[{"d":1,"d":2,"d":3}]},"a":{"x":"}","x":"\\""}}')).toEqual([
    'b.c[0].d',
    'a.x',
    'a',
  ]);
});

test('the same name in different places is no duplicate', () => {
  expect(duplicateFields('{"a":{"n":"a"},"b":[{"n":1},{"n":[]}],"n":{}, "t":[true,null,-1.5e3]}')).toEqual([]);
});
