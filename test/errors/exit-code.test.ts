import { expect, test } from 'vitest';
import { exitCodeOf, exitCodes } from '../../src/errors/exit-code.ts';
import { Problem, type ProblemKind } from '../../src/errors/problem.ts';

const published: Readonly<Record<ProblemKind, number>> = {
  usage: 2,
  'sign-in': 3,
  permission: 3,
  preflight: 4,
  drift: 6,
  locked: 7,
  timeout: 8,
  interrupted: 130,
  conflict: 1,
  transient: 1,
  failed: 1,
};

test.each(Object.entries(published))('a %s problem exits %i', (kind, code) => {
  expect(exitCodeOf(new Problem('x', { kind: kind as ProblemKind, code: 'x' }))).toBe(code);
});

test('whatever is not a Problem is a bug', () => {
  expect(exitCodeOf(new Error('x'))).toBe(255);
  expect(exitCodeOf('x')).toBe(255);
});

test('the published codes are these, each once', () => {
  expect(exitCodes.map(({ code }) => code)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 130, 255]);
});
