import { expect, test } from 'vitest';
import type { Context } from '../../../src/cli/context.ts';
import { type Leaving, openLeaving } from '../../../src/cli/run/leave.ts';
import { leavingDown, leavingInit } from '../../../src/cli/run/leaving-words.ts';
import type { EventBody } from '../../../src/engine/events.ts';
import { Problem } from '../../../src/errors/problem.ts';
import { scratch } from '../../support/scratch.ts';

const lab = { cluster: { name: 'aks-lab' } } as Parameters<typeof leavingInit>[0];

interface Person {
  readonly leaving: Leaving;
  readonly events: readonly EventBody[];
  /** What was shown before the question, and what could be chosen. */
  readonly asked: { readonly preface: string; readonly names: readonly string[] }[];
  readonly outs: () => number;
  /** The first Ctrl-C; false where it is not taken. */
  readonly ctrlC: () => boolean;
  readonly terminate: () => void;
  readonly answer: (value: string) => Promise<void>;
  readonly refuse: (error: unknown) => Promise<void>;
}

const person = (words = leavingInit(lab), interactive = true): Person => {
  const process = new AbortController();
  const events: EventBody[] = [];
  const asked: Person['asked'] = [];
  let outs = 0;
  let ask: (() => boolean) | undefined;
  let settle: { done: (value: string) => void; fail: (error: unknown) => void } | undefined;
  const context = {
    signal: process.signal,
    interactive,
    stateDir: scratch(),
    emit: (event: EventBody) => void events.push(event),
    io: {
      interrupts: {
        claim: (given: () => boolean) => {
          ask = given;
          return () => (ask = undefined);
        },
        out: () => (outs += 1),
      },
    },
    choose: (
      _question: string,
      choices: readonly { readonly name: string }[],
      { preface = '', over }: { readonly preface?: string; readonly over?: AbortSignal } = {},
    ) => {
      asked.push({ preface, names: choices.map(({ name }) => name) });
      return new Promise<string>((done, fail) => {
        settle = { done, fail };
        for (const signal of [process.signal, over])
          signal?.addEventListener('abort', () =>
            fail(new Problem('taken back', { kind: 'interrupted', code: 'interrupted' })),
          );
      });
    },
  } as unknown as Context;
  const leaving = openLeaving(context, words);
  const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  return {
    leaving,
    events,
    asked,
    outs: () => outs,
    ctrlC: () => {
      if (ask === undefined) throw new Error('nobody has claimed Ctrl-C');
      return ask();
    },
    terminate: () => process.abort(new Error('SIGTERM')),
    answer: (value) => {
      settle?.done(value);
      return turn();
    },
    refuse: (error) => {
      settle?.fail(error);
      return turn();
    },
  };
};

const working = (leaving: Leaving, step: string): void => leaving.emit({ type: 'step.started', step, mode: 'apply' });

test('keep watching: the very run goes on, and the next Ctrl-C asks again', async () => {
  const { leaving, asked, ctrlC, answer } = person();
  working(leaving, 'cluster');
  expect(ctrlC()).toBe(true);
  await answer('watch');
  expect(leaving.signal.aborted).toBe(false);
  expect(ctrlC()).toBe(true);
  expect(asked).toHaveLength(2);
});

test('what is asked depends on what runs: only what AKS can abort can be cancelled', async () => {
  const { leaving, asked, ctrlC, answer } = person();
  working(leaving, 'workspace');
  ctrlC();
  await answer('watch');
  working(leaving, 'cluster');
  ctrlC();
  expect(asked.map(({ names }) => names.length)).toEqual([2, 3]);
  expect(asked[0]?.preface).toContain('No long operation runs in Azure');
  expect(asked[1]?.preface).toMatch(/You pressed Ctrl-C\. AKS goes on with cluster aks-lab .* bills it/);
});

test('a deletion is never offered to be cancelled', () => {
  const { leaving, asked, ctrlC } = person(leavingDown(lab));
  working(leaving, 'cluster');
  ctrlC();
  expect(asked[0]?.names).toEqual(['Leave it: end here, go on later', 'Keep watching']);
});

test.each(['leave', 'cancel'])(
  '%s ends the run, tells so at once, and remembers what was worked on',
  async (choice) => {
    const { leaving, events, ctrlC, answer } = person();
    working(leaving, 'workspace');
    leaving.emit({ type: 'step.done', step: 'workspace', ms: 1, changed: true });
    working(leaving, 'cluster');
    ctrlC();
    await answer(choice);
    expect(leaving.signal.aborted).toBe(true);
    expect(leaving.wantsCancel()).toBe(choice === 'cancel');
    expect([...leaving.stoppedAt()]).toEqual(['cluster']);
    expect(events.at(-1)).toMatchObject({ type: 'run.leaving', because: choice });
  },
);

test('a second Ctrl-C while it is asked is not taken: whoever catches signals ends the process', () => {
  const { ctrlC } = person();
  expect(ctrlC()).toBe(true);
  expect(ctrlC()).toBe(false);
});

test('Ctrl-C at the question itself ends the process at once', async () => {
  const { leaving, ctrlC, refuse, outs } = person();
  ctrlC();
  await refuse(new Problem('left', { kind: 'interrupted', code: 'interrupted' }));
  expect(outs()).toBe(1);
  expect(leaving.signal.aborted).toBe(true);
});

test('a question that breaks ends the run instead of leaving nobody to be asked', async () => {
  const { leaving, ctrlC, refuse, outs } = person();
  ctrlC();
  await refuse(new Error('the terminal is gone'));
  expect(outs()).toBe(0);
  expect(leaving.signal.aborted).toBe(true);
});

test('SIGTERM asks nothing, and its message is out before anything is waited for', () => {
  const { leaving, events, asked, terminate } = person();
  working(leaving, 'cilium');
  terminate();
  expect(asked).toEqual([]);
  expect(leaving.signal.aborted).toBe(true);
  expect(events.at(-1)).toMatchObject({
    type: 'run.leaving',
    because: 'SIGTERM',
    message: expect.stringContaining('helm gets a few seconds'),
  });
});

test('SIGTERM takes back the question that stands', async () => {
  const { leaving, ctrlC, terminate, outs } = person();
  ctrlC();
  terminate();
  await leaving.settled();
  expect(outs()).toBe(0);
});

test('a run that ends while it is asked takes the question back, and is no run that was left', async () => {
  const { leaving, events, ctrlC, outs } = person();
  ctrlC();
  await leaving.settled();
  expect([leaving.signal.aborted, outs(), events.length]).toEqual([false, 0, 0]);
});

test('where nobody can be asked nobody claims Ctrl-C', () => {
  expect(() => person(leavingInit(lab), false).ctrlC()).toThrow('nobody has claimed');
});
