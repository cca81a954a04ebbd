import type { Node, Pipeline } from './pipeline.ts';
import { Problem } from '../errors/problem.ts';
import { untilPassed } from './retry.ts';
import { reported } from '../errors/reported.ts';
import { goesOn, type RunResult } from './run.ts';
import type { RunOptions } from './run-step.ts';
import type { Removal, StepContext } from './step.ts';
import { durationMs } from './duration.ts';
import { lastLook, timeLimit } from './time-limit.ts';

export interface PlannedRemoval {
  readonly id: string;
  readonly removal: Removal;
}

type RemoveOptions<Services> = Pick<RunOptions<Services>, 'services' | 'clock' | 'pace' | 'emit' | 'signal'>;

const contextOf = <Services>(
  node: Node<Services>,
  outputs: ReadonlyMap<string, unknown>,
  options: RemoveOptions<Services>,
  signal: AbortSignal,
): Services & StepContext<Readonly<Record<string, unknown>>> => ({
  ...options.services,
  out: Object.fromEntries(node.step.needs.filter((need) => outputs.has(need)).map((need) => [need, outputs.get(need)])),
  signal,
  progress: (detail) => options.emit({ type: 'step.progress', step: node.id, detail }),
  warn: (code, message) => options.emit({ type: 'warning', step: node.id, code, message }),
});

/** Looking is cheap to repeat by hand: it gives up on bad weather, where a removal that is under way waits. */
const lookTries = 4;

/** What there is to remove, last made first. Changes nothing: it is what `down` shows before it asks. */
export const plannedRemovals = async <Services, Outputs extends object>(
  steps: Pipeline<Services, Outputs>,
  outputs: ReadonlyMap<string, unknown>,
  options: RemoveOptions<Services>,
): Promise<readonly PlannedRemoval[]> => {
  const found = await Promise.all(
    steps.nodes.map(async (node) => {
      const removal = await untilPassed(
        async () => node.step.removal?.(contextOf(node, outputs, options, options.signal)),
        { ...options, tries: lookTries, progress: () => {} },
      );
      return removal === undefined ? [] : [{ id: node.id, removal }];
    }),
  );
  return found.flat().reverse();
};

/** Removes in reverse: a step goes when nothing that needs it is left. A failure starts nothing new and lets running work settle. */
export const removeAll = async <Services, Outputs extends object>(
  steps: Pipeline<Services, Outputs>,
  planned: readonly PlannedRemoval[],
  options: RemoveOptions<Services>,
): Promise<RunResult> => {
  const { emit, clock, pace } = options;
  const failures: { step: string; error: unknown }[] = [];
  const detached: string[] = [];
  const going = planned.filter(({ removal }) => removal.kept === undefined);
  const left = new Set(going.map(({ id }) => id));
  const waiting = new Set(going);
  const running = new Map<string, Promise<void>>();
  const byId = new Map(steps.nodes.map((node) => [node.id, node]));

  const settle = async ({ id, removal }: PlannedRemoval): Promise<void> => {
    const started = clock.monotonic();
    const took = (): number => Math.round(clock.monotonic() - started);
    const limit = timeLimit(durationMs(byId.get(id)?.step.timeout ?? '30m'), clock, options.signal);
    const { signal } = limit;
    let accepted = false;
    let told = '';
    emit({ type: 'step.started', step: id, mode: 'apply' });
    const progress = (detail: string): void => {
      told = detail;
      emit({ type: 'step.progress', step: id, detail });
    };
    const waiting = { pace, clock, signal, progress };

    const untilGone = async (): Promise<void> => {
      await untilPassed(() => removal.remove(signal), waiting);
      accepted = true;
      while (!(await untilPassed(() => removal.gone(signal), waiting))) {
        progress(`${removal.what}: still being deleted`);
        await clock.sleep(pace.pollMs, signal);
      }
    };

    try {
      await untilGone().catch(async (error: unknown) => {
        if (!limit.over()) throw error;
        const gone = await lastLook((look) => removal.gone(look), options);
        if (gone !== true) throw stillThere(removal.what, told);
      });
      left.delete(id);
      emit({ type: 'step.done', step: id, ms: took(), changed: true });
    } catch (error) {
      if (options.signal.aborted) {
        if (accepted) detached.push(id);
        emit({ type: 'step.skipped', step: id, because: accepted ? goesOn : 'interrupted' });
        return;
      }
      failures.push({ step: id, error });
      emit({ type: 'step.failed', step: id, ms: took(), problem: reported(error) });
    } finally {
      limit.stop();
    }
  };

  /** Everything that needs it, directly or not, has to be gone first. */
  const free = (id: string): boolean =>
    steps.nodes.every((node) => !node.step.needs.includes(id) || (!left.has(node.id) && free(node.id)));

  for (;;) {
    for (const next of waiting) {
      if (failures.length > 0 || options.signal.aborted || !free(next.id)) continue;
      waiting.delete(next);
      running.set(
        next.id,
        settle(next).finally(() => running.delete(next.id)),
      );
    }
    if (running.size === 0) break;
    await Promise.race(running.values());
  }
  for (const { id } of waiting) {
    emit({
      type: 'step.skipped',
      step: id,
      because: options.signal.aborted ? 'interrupted' : 'something that needs it could not be removed',
    });
  }
  const gone = new Map(going.filter(({ id }) => !left.has(id)).map(({ id }) => [id, undefined]));
  return { outputs: gone, failures, detached, interrupted: options.signal.aborted, total: going.length };
};

const stillThere = (what: string, told: string): Problem =>
  new Problem(`${what}: not seen to be gone in time${told === '' ? '' : ` (${told})`}`, {
    kind: 'timeout',
    code: 'removal-timeout',
    hint: 'Azure may still be at work: run `aks-ebpf-sentinel down` again to go on waiting.',
  });
