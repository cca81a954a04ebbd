import { expect, test } from 'vitest';
import { runEnded } from '../../../src/cli/run/events.ts';
import { Problem, type ProblemKind } from '../../../src/errors/problem.ts';

const ended = (kinds: readonly ProblemKind[], wrote: boolean) =>
  runEnded(
    {
      outputs: new Map(),
      failures: kinds.map((kind) => ({ step: kind, error: new Problem('x', { kind, code: 'x' }) })),
      detached: [],
      interrupted: false,
      total: 3,
    },
    { ms: 1, wrote, next: 'aks-ebpf-sentinel init' },
  );

test.each<[ProblemKind, number, number]>([
  ['usage', 2, 1],
  ['preflight', 4, 1],
  ['permission', 3, 3],
  ['drift', 6, 6],
  ['timeout', 8, 8],
  ['failed', 1, 1],
])('%s ends a run that wrote nothing with %i, and one that wrote with %i', (kind, before, after) => {
  expect([ended([kind], false).exitCode, ended([kind], true).exitCode]).toEqual([before, after]);
});

test('a missing permission is not hidden behind the timeout that it caused elsewhere', () => {
  expect(ended(['timeout', 'permission'], true).exitCode).toBe(3);
});
