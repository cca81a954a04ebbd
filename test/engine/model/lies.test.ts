import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { campaign, type Lie } from './campaign.ts';
import { runsOf } from './runs.ts';
import { scenario } from './scenario.ts';

const lies: readonly (readonly [string, Lie])[] = [
  ['a step does not wait for what it needs', { step: (step) => ({ ...step, needs: [] }) }],
  [
    'a look says that it is there, and it is not',
    { step: (step) => ({ ...step, probe: async () => ({ state: 'ready', out: 'output of s0' }) }) },
  ],
  [
    'what is ready is made again',
    {
      step: (step) => ({
        ...step,
        async probe(context) {
          const seen = await step.probe(context);
          return seen.state === 'ready' ? { state: 'absent' } : seen;
        },
      }),
    },
  ],
  [
    'what others own is written over',
    {
      step: (step) => ({
        ...step,
        probe: (context) => step.probe(context).catch(() => ({ state: 'absent' as const })),
      }),
    },
  ],
  ['the token of what runs is forgotten', { journal: (journal) => ({ ...journal, token: () => undefined }) }],
  [
    'the token is not written down',
    {
      journal: (journal) => ({
        ...journal,
        token: (step) => journal.token(step),
        append: (entry) => (entry.type === 'step.token' ? undefined : journal.append(entry)),
      }),
    },
  ],
  [
    'the end of a step is told twice',
    {
      emit: (emit) => (event) => {
        emit(event);
        if (event.type === 'step.done') emit(event);
      },
    },
  ],
  [
    'the end of a step is not told',
    { emit: (emit) => (event) => (event.type === 'step.done' ? undefined : emit(event)) },
  ],
  [
    'a time limit goes on after the run has ended',
    {
      clock: (clock) => ({
        ...clock,
        after(ms, act) {
          clock.after(ms, act);
          return () => undefined;
        },
      }),
    },
  ],
];

describe('the property finds out that', () => {
  test.each(lies)('%s', async (_, lie) => {
    const property = fc.asyncProperty(scenario, (world) => campaign(world, lie));
    await expect(fc.assert(property, { numRuns: runsOf(300), endOnFailure: true })).rejects.toThrow(/Property failed/u);
  });
});
