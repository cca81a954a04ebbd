import type { Clock } from './clock.ts';
import { type Pace, untilPassed } from './retry.ts';

export interface TimeLimit {
  /** Aborts when the time is over, and when the whole run is told to end. */
  readonly signal: AbortSignal;
  /** Whether it was the time that ended it: a wait that is aborted rejects with all kinds of errors. */
  over(): boolean;
  /** Starts the time anew after the wait: a person's time for an answer is nobody's fault. */
  pausedFor<T>(wait: () => Promise<T>): Promise<T>;
  stop(): void;
}

/** The time that a step may take, in milliseconds during which this machine is awake. */
export const timeLimit = (ms: number, clock: Clock, run: AbortSignal): TimeLimit => {
  const limit = new AbortController();
  const arm = (): (() => void) => clock.after(ms, () => limit.abort(new Error('the time is over')));
  let stop = arm();
  return {
    signal: AbortSignal.any([run, limit.signal]),
    over: () => limit.signal.aborted && !run.aborted,
    async pausedFor(wait) {
      stop();
      const answer = await wait();
      stop = arm();
      return answer;
    },
    stop: () => stop(),
  };
};

/** How long the world may take to answer after all; in milliseconds, and in tries. */
const grace = { ms: 30_000, tries: 3 };

/**
 * A look at the world when the time is over: whoever waited may have missed the end, asleep or cut off, and nobody is told of a failure
 * that is none. Undefined where the world does not answer.
 */
export const lastLook = async <T>(
  look: (signal: AbortSignal) => Promise<T>,
  { pace, clock, signal: run }: { readonly pace: Pace; readonly clock: Clock; readonly signal: AbortSignal },
): Promise<T | undefined> => {
  const limit = timeLimit(grace.ms, clock, run);
  const { signal } = limit;
  try {
    return await untilPassed(() => look(signal), { pace, clock, signal, tries: grace.tries, progress: () => {} });
  } catch {
    run.throwIfAborted();
    return undefined;
  } finally {
    limit.stop();
  }
};
