import { expect, test } from 'vitest';
import { inPipeline, pageOf, type PageQuestion } from '../../src/render/page.ts';

const question: PageQuestion = {
  env: { LANG: 'en_GB.UTF-8', TERM: 'xterm-256color' },
  platform: 'linux',
  isTTY: true,
  columns: 100,
  color: undefined,
  plain: false,
};

const withEnv = (env: PageQuestion['env'], rest: Partial<PageQuestion> = {}): PageQuestion => ({
  ...question,
  ...rest,
  env: { ...question.env, ...env },
});

test('a terminal has colour, Unicode and a block that is repainted', () => {
  expect(pageOf(question)).toEqual({ columns: 100, color: true, unicode: true, live: true });
});

test('colour: the flag wins over FORCE_COLOR, that over NO_COLOR, that over the terminal', () => {
  expect(pageOf(withEnv({ FORCE_COLOR: '1', NO_COLOR: '1' }, { color: false })).color).toBe(false);
  expect(pageOf(withEnv({ FORCE_COLOR: '1', NO_COLOR: '1' }, { isTTY: false })).color).toBe(true);
  expect(pageOf(withEnv({ FORCE_COLOR: '0' })).color).toBe(false);
  expect(pageOf(withEnv({ NO_COLOR: '1' })).color).toBe(false);
  expect(pageOf(withEnv({ NO_COLOR: '' })).color).toBe(true);
  expect(pageOf({ ...question, isTTY: false }).color).toBe(false);
  expect(pageOf({ ...question, isTTY: false, color: true }).color).toBe(true);
});

test.each([
  ['a pipe', { ...question, isTTY: false }],
  ['a pipeline that looks like a terminal', withEnv({ CI: 'true' })],
  ['a dumb terminal', withEnv({ TERM: 'dumb' })],
  ['--plain', { ...question, plain: true }],
])('nothing is repainted in %s', (_place, asked) => expect(pageOf(asked).live).toBe(false));

test.each(['', '0', 'false'])('CI=%j is no pipeline', (CI) => expect(inPipeline({ CI })).toBe(false));

test.each([
  ['a C locale', withEnv({ LANG: 'C' })],
  ['the Linux console', withEnv({ TERM: 'linux' })],
  ["Windows' old console", { ...question, platform: 'win32' }],
  ['--plain', { ...question, plain: true }],
])('%s gets ASCII', (_place, asked) => expect(pageOf(asked).unicode).toBe(false));

test('NO_COLOR does not stop the repainting', () => expect(pageOf(withEnv({ NO_COLOR: '1' })).live).toBe(true));

test.each([
  [undefined, 80],
  [10, 40],
  [500, 200],
])('%s columns are taken as %i', (columns, expected) =>
  expect(pageOf({ ...question, columns }).columns).toBe(expected),
);
