import { expect, test } from 'vitest';
import { parseLenientJson } from '../../../src/sandbox/server/lenient-json.ts';

test('reads what az sends: a template as it was written, under a name without quotes', () => {
  const text = `{"properties":{"mode":"Incremental", template:{
    // where it goes
    "url": "https://example.org/a//b", /* and
    why */ 'name': 'it\\'s "here"',
    "list": [1, 2,],
    "text": "two
lines",
  }}}`;
  expect(parseLenientJson(text)).toEqual({
    properties: {
      mode: 'Incremental',
      template: { url: 'https://example.org/a//b', name: 'it\'s "here"', list: [1, 2], text: 'two\nlines' },
    },
  });
});

test('refuses what is no JSON for anybody', () => {
  expect(() => parseLenientJson('{"a": }')).toThrow(SyntaxError);
  expect(() => parseLenientJson('{"a": nothing}')).toThrow(SyntaxError);
});
