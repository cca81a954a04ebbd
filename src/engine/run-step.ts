import type { Problem } from '../errors/problem.ts';
import type { Clock } from './clock.ts';
import { durationMs } from './duration.ts';
import type { Emit } from './events.ts';
import type { Journal } from './journal.ts';
import type { Node } from './pipeline.ts';
import { type Pace, againText, isPassing, pauseMs, untilPassed } from './retry.ts';
import type { ApplyContext, Observed, StepContext } from './step.ts';
import { broken, describe, detailOf, drifted, gaveUp, timedOut } from './step-words.ts';
import { lastLook, timeLimit } from './time-limit.ts';

export interface RunOptions<Services> {
  readonly services: Services;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly pace: Pace;
  readonly emit: Emit;
  /** Aborts on the first Ctrl-C. */
  readonly signal: AbortSignal;
  /**
   * Asked once for each drifted step, before anything of it is written. `probeWith` runs the step's own probe with other services: whether
   * what is found is just what another config asks for.
   */
  consent(
    step: string,
    diff: readonly string[],
    probeWith: (services: Partial<Services>) => Promise<Observed<unknown>>,
  ): Promise<boolean>;
}

export interface StepResult {
  readonly out: unknown;
  readonly changed: boolean;
}

/** Where a step is when the run is told to stop: what the cloud goes on with is said, not guessed. */
export interface InFlight {
  underWay: boolean;
}

/** A create that is not there yet may still be on its way to the replica that we ask: so many polls before it is applied again. */
const absentPolls = 12;
const defaultAttempts = 3;
const needsAPerson = (seen: Observed<unknown>): seen is Extract<Observed<unknown>, { state: 'failed' }> =>
  seen.state === 'failed' && seen.recover === 'manual';

/**
 * One step from its first look to `ready`. The decision table of the design:
 * ready → done; absent, failed → apply; drifted → apply with consent; converging → re-attach with our token, else wait by probing.
 * After any of these the world is asked again until it is ready: an operation that says `succeeded` proves nothing.
 */
export const runStep = async <Services>(
  node: Node<Services>,
  outputs: ReadonlyMap<string, unknown>,
  options: RunOptions<Services>,
  inFlight: InFlight,
): Promise<StepResult> => {
  const { id, step } = node;
  const { emit, journal, clock, pace } = options;
  const limit = timeLimit(durationMs(step.timeout), clock, options.signal);
  let told = '';
  let changed = false;
  let agreed = false;

  const progress = (detail: string): void => {
    if (detail === told) return;
    told = detail;
    emit({ type: 'step.progress', step: id, detail });
  };
  const contextWith = (signal: AbortSignal): Services & StepContext<Readonly<Record<string, unknown>>> => ({
    ...options.services,
    out: Object.fromEntries(step.needs.map((need) => [need, outputs.get(need)])),
    signal,
    progress,
    warn: (code, message) => emit({ type: 'warning', step: id, code, message }),
  });
  const context = contextWith(limit.signal);
  const waiting = { pace, clock, signal: limit.signal, progress };

  const look = async (): Promise<Observed<unknown>> => {
    const seen = await untilPassed(() => step.probe(context), waiting);
    inFlight.underWay = seen.state === 'converging';
    return seen;
  };

  const probeWith = (services: Partial<Services>): Promise<Observed<unknown>> =>
    untilPassed(() => step.probe({ ...contextWith(options.signal), ...services }), {
      ...waiting,
      signal: options.signal,
    });

  /** Throws where a person says no: what exists is somebody's, perhaps. */
  const agree = async (seen: Observed<unknown>): Promise<void> => {
    if (seen.state !== 'drifted' || agreed) return;
    agreed = await limit.pausedFor(() => options.consent(id, seen.diff, probeWith));
    if (!agreed) throw drifted(step.title, seen.diff);
  };
  const mayWrite = (seen: Observed<unknown>): boolean =>
    seen.state === 'absent' || (seen.state === 'failed' && !needsAPerson(seen)) || (seen.state === 'drifted' && agreed);

  /** One call of the step's apply; what it was refused with where that passes. */
  const applyOnce = async (seen: Observed<unknown>): Promise<Problem | undefined> => {
    // A token only means something while the operation that it names is still running.
    const token = seen.state === 'converging' ? journal.token(id) : undefined;
    const mode = token !== undefined ? 'reattach' : seen.state === 'converging' ? 'wait' : 'apply';
    changed = true;
    emit({ type: 'step.started', step: id, mode });
    if (mode === 'wait') return undefined;
    const applying: Services & ApplyContext<Readonly<Record<string, unknown>>> = {
      ...context,
      seen,
      token,
      save(next) {
        journal.append({ type: 'step.token', step: id, token: next });
        inFlight.underWay = true;
      },
    };
    try {
      await step.apply(applying);
      return undefined;
    } catch (error) {
      limit.signal.throwIfAborted();
      if (!isPassing(error)) throw error;
      return error;
    }
  };

  /** What passes is waited for by looking again: the refused apply may have been somebody else's doing, or ours after all. */
  const apply = async (first: Observed<unknown>): Promise<void> => {
    let seen = first;
    for (let refusals = 0; ; refusals += 1) {
      const refused = await applyOnce(seen);
      if (refused === undefined) return;
      const pause = pauseMs(pace, refusals, refused.retryAfterMs);
      progress(`${refused.message}; ${againText(pause, refused.retryAfterMs)}`);
      await clock.sleep(pause, limit.signal);
      seen = await look();
      // What came out otherwise meanwhile is a question, and no reason to write over it.
      if (!mayWrite(seen)) return;
    }
  };

  /** Asks the world until it is ready, or has failed, or does not move at all. */
  const settled = async (): Promise<Observed<unknown>> => {
    for (let unmoved = 0; ;) {
      const seen = await look();
      if (seen.state === 'ready') return seen;
      progress(describe(seen));
      unmoved = seen.state === 'converging' ? 0 : unmoved + 1;
      if (seen.state === 'failed' || unmoved > absentPolls) return seen;
      await clock.sleep(pace.pollMs, limit.signal);
    }
  };

  const untilReady = async (): Promise<StepResult> => {
    // Until the first look the journal knows best: an earlier run may have left an operation under way.
    inFlight.underWay = journal.token(id) !== undefined;
    let seen = await look();
    emit({ type: 'step.probed', step: id, state: seen.state, ...detailOf(seen) });
    for (let attempts = 0; seen.state !== 'ready'; attempts += 1) {
      if (needsAPerson(seen)) throw broken(seen.reason);
      if (attempts >= (step.attempts ?? defaultAttempts)) throw gaveUp(seen, attempts);
      await agree(seen);
      await apply(seen);
      seen = await settled();
    }
    return { out: seen.out, changed };
  };

  const afterItsTime = async (): Promise<StepResult> => {
    const seen = await lastLook((signal) => step.probe(contextWith(signal)), options);
    if (seen?.state === 'ready') return { out: seen.out, changed };
    // What is still absent says nothing of what it waits for; what was told last does.
    const nothingNew = seen === undefined || (seen.state === 'absent' && told !== '');
    throw timedOut(step.title, step.timeout, nothingNew ? told : describe(seen));
  };

  try {
    return await untilReady();
  } catch (error) {
    if (limit.over()) return await afterItsTime();
    throw error;
  } finally {
    limit.stop();
  }
};
