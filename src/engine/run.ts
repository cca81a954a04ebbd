import { reported } from '../errors/reported.ts';
import type { JournalEntry } from './journal.ts';
import type { Node, Pipeline } from './pipeline.ts';
import { type InFlight, type RunOptions, runStep } from './run-step.ts';

export interface RunResult {
  /** Outputs of the steps that are ready. */
  readonly outputs: ReadonlyMap<string, unknown>;
  readonly failures: readonly { readonly step: string; readonly error: unknown }[];
  /** Interrupted steps whose cloud operation goes on without us. */
  readonly detached: readonly string[];
  readonly interrupted: boolean;
  readonly total: number;
}

/** Why an interrupted step is skipped whose cloud operation is not. */
export const goesOn = 'interrupted; it goes on in the cloud';

/** Ends of a wait, not of what was waited for: the next run re-attaches to it. */
const goesOnAfter: ReadonlySet<string> = new Set(['timeout', 'sign-in', 'permission', 'bug']);

/** Starts every step as soon as what it needs is ready. A failure starts nothing new and lets running work settle. */
export const run = async <Services, Outputs extends object>(
  steps: Pipeline<Services, Outputs>,
  options: RunOptions<Services>,
): Promise<RunResult> => {
  const { emit, journal, clock, signal } = options;
  const outputs = new Map<string, unknown>();
  const failures: { step: string; error: unknown }[] = [];
  const detached: string[] = [];
  const running = new Map<string, Promise<void>>();
  const waiting = new Set(steps.nodes);

  /** For what is only worth noting: what failed must be told though the disk is full. */
  const note = (entry: JournalEntry): void => {
    try {
      journal.append(entry);
    } catch {
      // Whoever saves a token next says it.
    }
  };

  const settle = async (node: Node<Services>): Promise<void> => {
    const started = clock.monotonic();
    const inFlight: InFlight = { underWay: false };
    try {
      const { out, changed } = await runStep(node, outputs, options, inFlight);
      const ms = Math.round(clock.monotonic() - started);
      // An unchanged step needs no record, the world says the same next time; but an operation that is over must not look under way.
      if (changed || journal.token(node.id) !== undefined)
        journal.append({ type: 'step.done', step: node.id, ms, changed });
      outputs.set(node.id, out);
      emit({ type: 'step.done', step: node.id, ms, changed });
    } catch (error) {
      if (signal.aborted) {
        if (inFlight.underWay) detached.push(node.id);
        emit({
          type: 'step.skipped',
          step: node.id,
          because: inFlight.underWay ? goesOn : 'interrupted',
        });
        return;
      }
      const problem = reported(error);
      failures.push({ step: node.id, error });
      if (!goesOnAfter.has(problem.kind)) note({ type: 'step.failed', step: node.id, code: problem.code });
      emit({ type: 'step.failed', step: node.id, ms: Math.round(clock.monotonic() - started), problem });
    }
  };

  for (;;) {
    for (const node of waiting) {
      const mayStart = failures.length === 0 && !signal.aborted && node.step.needs.every((id) => outputs.has(id));
      if (!mayStart) continue;
      waiting.delete(node);
      running.set(
        node.id,
        settle(node).finally(() => running.delete(node.id)),
      );
    }
    if (running.size === 0) break;
    await Promise.race(running.values());
  }
  for (const { id } of waiting) {
    // Never looked at by this run: an operation that an earlier one left may still be under way.
    if (signal.aborted && journal.token(id) !== undefined) {
      detached.push(id);
      emit({ type: 'step.skipped', step: id, because: goesOn });
      continue;
    }
    emit({
      type: 'step.skipped',
      step: id,
      because: signal.aborted ? 'interrupted' : 'a step before it did not finish',
    });
  }
  return { outputs, failures, detached, interrupted: signal.aborted, total: steps.nodes.length };
};
