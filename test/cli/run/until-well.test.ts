import { expect, test } from 'vitest';
import { untilWell } from '../../../src/cli/run/until-well.ts';
import type { Io } from '../../../src/cli/io.ts';
import { Problem, type ProblemKind } from '../../../src/errors/problem.ts';
import { fastClock } from '../../support/virtual-clock.ts';

const ill = { ok: false, errors: ['a pod is not ready'] };
const well = { ok: true, errors: [] };
const problem = (kind: ProblemKind): Problem => new Problem('the API server did not answer', { kind, code: 'x' });

/** Asks these in turn; the last one stays. */
const asking = (answers: readonly (typeof ill | Problem)[], wait?: number) => {
  const said: string[] = [];
  let next = 0;
  const ask = async (): Promise<typeof ill> => {
    const answer = answers[Math.min(next++, answers.length - 1)] ?? ill;
    if (answer instanceof Error) throw answer;
    return answer;
  };
  const context = {
    io: { clock: fastClock() } as unknown as Io,
    signal: new AbortController().signal,
    say: (line: string) => void said.push(line),
  };
  return { said, end: untilWell(context, { wait }, 1000, ask) };
};

test('asks once where nobody waits', async () => {
  await expect(asking([ill, well]).end).resolves.toEqual({ status: ill, timedOut: false });
  await expect(asking([problem('transient')]).end).rejects.toMatchObject({ kind: 'transient' });
});

test('waits until all is well, or its time is over', async () => {
  await expect(asking([ill, ill, well], 10_000).end).resolves.toEqual({ status: well, timedOut: false });
  await expect(asking([ill], 10_000).end).resolves.toEqual({ status: ill, timedOut: true });
});

test('a lost connection does not end a wait, and is said', async () => {
  const { said, end } = asking([problem('transient'), well], 10_000);
  await expect(end).resolves.toMatchObject({ status: well });
  expect(said).toEqual(['the API server did not answer; asking again.']);
});

test('what no wait can mend ends it at once, and bad weather with its time', async () => {
  await expect(asking([problem('permission'), well], 10_000).end).rejects.toMatchObject({ kind: 'permission' });
  await expect(asking([problem('transient')], 10_000).end).rejects.toMatchObject({ kind: 'transient' });
});
