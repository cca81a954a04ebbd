import { Problem } from '../errors/problem.ts';
import type { Clock } from './clock.ts';
import { durationMs, durationText } from './duration.ts';
import type { Emit } from './events.ts';
import type { Journal } from './journal.ts';
import type { Node } from './pipeline.ts';
import { type Pace, isPassing, untilPassed } from './retry.ts';
import type { ApplyContext, Observed, StepContext } from './step.ts';

export interface RunOptions<Services> {
  readonly services: Services;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly pace: Pace;
  readonly emit: Emit;
  /** Aborts on the first Ctrl-C. */
  readonly signal: AbortSignal;
  /** Asked once for each drifted step, before anything of it is written. */
  consent(step: string, diff: readonly string[]): Promise<boolean>;
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
  const limit = new AbortController();
  const signal = AbortSignal.any([options.signal, limit.signal]);
  let told = '';
  const arm = (): NodeJS.Timeout =>
    setTimeout(() => limit.abort(timedOut(step.title, step.timeout, told)), durationMs(step.timeout));
  let timer = arm();

  const progress = (detail: string): void => {
    if (detail === told) return;
    told = detail;
    emit({ type: 'step.progress', step: id, detail });
  };
  const base: Services & StepContext<Readonly<Record<string, unknown>>> = {
    ...options.services,
    out: Object.fromEntries(step.needs.map((need) => [need, outputs.get(need)])),
    signal,
    progress,
    warn: (code, message) => emit({ type: 'warning', step: id, code, message }),
  };
  const look = (): Promise<Observed<unknown>> => untilPassed(() => step.probe(base), { pace, clock, signal, progress });

  try {
    // Until the first look the journal knows best: an earlier run may have left an operation under way.
    inFlight.underWay = journal.token(id) !== undefined;
    let seen = await look();
    inFlight.underWay = seen.state === 'converging';
    emit({ type: 'step.probed', step: id, state: seen.state, ...detailOf(seen) });
    if (seen.state === 'ready') return { out: seen.out, changed: false };
    if (seen.state === 'failed' && seen.recover === 'manual') throw broken(seen.reason);
    let agreed = false;
    /** What was waited for, or made by another, may come out otherwise than asked: that is a question, too. */
    const agree = async (): Promise<void> => {
      if (seen.state !== 'drifted' || agreed) return;
      // A person's time for an answer is not the step's.
      clearTimeout(timer);
      if (!(await options.consent(id, seen.diff))) throw drifted(step.title, seen.diff);
      timer = arm();
      agreed = true;
    };
    await agree();

    const apply = async (): Promise<void> => {
      // A token only means something while the operation that it names is still running.
      const token = seen.state === 'converging' ? journal.token(id) : undefined;
      const mode = token !== undefined ? 'reattach' : seen.state === 'converging' ? 'wait' : 'apply';
      emit({ type: 'step.started', step: id, mode });
      inFlight.underWay = seen.state === 'converging';
      if (mode === 'wait') return;
      const context: Services & ApplyContext<Readonly<Record<string, unknown>>> = {
        ...base,
        seen,
        token,
        save(next) {
          journal.append({ type: 'step.token', step: id, token: next });
          inFlight.underWay = true;
        },
      };
      await untilSettled(() => step.apply(context));
    };

    /** What passes is waited for by looking again: the refused apply may have been somebody else's doing, or ours after all. */
    const untilSettled = async (act: () => Promise<void>): Promise<void> => {
      for (let attempt = 0; ; attempt += 1) {
        try {
          await act();
          return;
        } catch (error) {
          signal.throwIfAborted();
          if (!isPassing(error)) throw error;
          progress(error.message);
          await clock.sleep(error.retryAfterMs ?? pace.pollMs * Math.min(2 ** attempt, 6), signal);
          const now = await look();
          if (now.state === 'ready' || now.state === 'converging') return;
          // What came out otherwise meanwhile is a question, and no reason to write over it.
          if (now.state === 'drifted' && !agreed) return;
        }
      }
    };

    let attempts = 1;
    let unmoved = 0;
    await apply();
    for (;;) {
      seen = await look();
      if (seen.state === 'ready') return { out: seen.out, changed: true };
      inFlight.underWay = seen.state === 'converging';
      progress(describe(seen));
      if (seen.state === 'failed' && seen.recover === 'manual') throw broken(seen.reason);
      unmoved = seen.state === 'converging' ? 0 : unmoved + 1;
      if (seen.state === 'failed' || unmoved > absentPolls) {
        if (attempts >= (step.attempts ?? defaultAttempts)) throw broken(gaveUp(seen, attempts));
        await agree();
        attempts += 1;
        unmoved = 0;
        await apply();
      }
      await clock.sleep(pace.pollMs, signal);
    }
  } catch (error) {
    // An aborted wait rejects with all kinds of errors; why it was aborted is what counts.
    if (limit.signal.aborted && !options.signal.aborted) throw limit.signal.reason;
    throw error;
  } finally {
    clearTimeout(timer);
  }
};

const describe = (seen: Exclude<Observed<unknown>, { state: 'ready' }>): string => {
  switch (seen.state) {
    case 'absent':
      return seen.detail ?? 'not there yet';
    case 'converging':
      return seen.detail;
    case 'drifted':
      return `not yet as asked: ${seen.diff.join('; ')}`;
    case 'failed':
      return seen.reason;
    default:
      return seen satisfies never;
  }
};

const detailOf = (seen: Observed<unknown>): { detail?: string } => {
  if (seen.state === 'ready') return {};
  const detail = seen.state === 'absent' ? seen.detail : describe(seen);
  return detail === undefined ? {} : { detail };
};

const gaveUp = (seen: Exclude<Observed<unknown>, { state: 'ready' }>, attempts: number): string =>
  `${describe(seen)} (after ${attempts} ${attempts === 1 ? 'try' : 'tries'})`;

const broken = (reason: string): Problem => new Problem(reason, { kind: 'failed', code: 'step-failed' });

const drifted = (title: string, diff: readonly string[]): Problem =>
  new Problem(`${title}: what exists is not what the config asks for: ${diff.join('; ')}`, {
    kind: 'drift',
    code: 'drifted',
    hint: 'Run again with --fix-drift to change it, or change the config to what exists.',
  });

const timedOut = (title: string, timeout: string, told: string): Problem =>
  new Problem(`${title}: not finished within ${durationText(durationMs(timeout))}${told === '' ? '' : ` (${told})`}`, {
    kind: 'timeout',
    code: 'step-timeout',
    hint: 'Azure may still be at work: run the same command again to go on waiting.',
  });
