import { expect, test } from 'vitest';
import { wrap } from '../../src/render/wrap.ts';

test('breaks at spaces and never inside a word', () => {
  expect(wrap('one two three four', 9)).toEqual(['one two', 'three', 'four']);
  expect(wrap('see https://example.org/a/long/path now', 10)).toEqual([
    'see',
    'https://example.org/a/long/path',
    'now',
  ]);
});

test('what fits stays as it is, indentation, colour and empty lines included', () => {
  const text = '  Where    uksouth\n\n  \u001B[2mNodes\u001B[22m    four';
  expect(wrap(text, 20).join('\n')).toBe(text);
});
