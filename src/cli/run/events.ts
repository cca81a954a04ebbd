import { durationMs } from '../../engine/duration.ts';
import type { EventBody, PlannedStep, RunOutcome } from '../../engine/events.ts';
import type { Pipeline } from '../../engine/pipeline.ts';
import type { RunResult } from '../../engine/run.ts';
import { exitCodeOf, type ExitCode } from '../../errors/exit-code.ts';
import type { LeftWords } from './left.ts';
import { reported } from '../../errors/reported.ts';

export const plannedSteps = <Services, Outputs extends object>(
  steps: Pipeline<Services, Outputs>,
): readonly PlannedStep[] =>
  steps.nodes.map(({ id, step }) => ({
    id,
    title: step.title,
    needs: step.needs,
    expected: { p50Ms: durationMs(step.expected.p50), p90Ms: durationMs(step.expected.p90) },
  }));

const outcomeOf = ({ failures, detached, interrupted }: RunResult): RunOutcome => {
  if (interrupted) return detached.length > 0 ? 'detached' : 'interrupted';
  return failures.length > 0 ? 'failed' : 'done';
};

/** What a bug, a missing permission or a lock is must not hide behind a timeout that it caused elsewhere. */
const byWeight: readonly ExitCode[] = [255, 3, 2, 6, 7, 4, 1, 8];

const exitCodeOfRun = (result: RunResult, wrote: boolean): ExitCode => {
  switch (outcomeOf(result)) {
    case 'done':
      return 0;
    case 'detached':
      return 5;
    case 'interrupted':
      return 130;
    case 'failed': {
      // A clash or a wrong value that shows only after something was made is a failure like any other: 2 and 4 promise that nothing was.
      const codes = result.failures.map(({ error }) => {
        const code = exitCodeOf(error);
        return wrote && (code === 2 || code === 4) ? 1 : code;
      });
      return byWeight.find((code) => codes.includes(code)) ?? 1;
    }
  }
};

export type RunEnded = Extract<EventBody, { type: 'run.ended' }> & { readonly exitCode: ExitCode };

/** What `-o json` prints of a run. */
export const summaryOf = (ended: RunEnded, { failures }: RunResult) => ({
  ok: ended.outcome === 'done',
  outcome: ended.outcome,
  exitCode: ended.exitCode,
  ready: ended.ready,
  total: ended.total,
  detached: ended.detached,
  errors: failures.map(({ step, error }) => ({ step, ...reported(error) })),
  ...(ended.next === undefined ? {} : { next: ended.next }),
  ...(ended.billed === undefined ? {} : { billed: ended.billed }),
  ...(ended.watch === undefined ? {} : { watch: ended.watch }),
  ...(ended.cancel === undefined ? {} : { cancel: ended.cancel }),
  ...(ended.remove === undefined ? {} : { remove: ended.remove }),
});

export const runEnded = (
  result: RunResult,
  {
    ms,
    wrote,
    next,
    left,
  }: { readonly ms: number; readonly wrote: boolean; readonly next: string; readonly left?: LeftWords },
): RunEnded => {
  const outcome = outcomeOf(result);
  return {
    type: 'run.ended',
    outcome,
    exitCode: exitCodeOfRun(result, wrote),
    ms,
    ready: result.outputs.size,
    total: result.total,
    detached: result.detached,
    ...(outcome === 'done' ? {} : { next }),
    ...(outcome === 'detached' || outcome === 'interrupted' ? left : {}),
  };
};
