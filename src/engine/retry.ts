import { Problem } from '../errors/problem.ts';
import type { Clock } from './clock.ts';

/** Waits between tries and polls; everything scales with how fast the cloud answers. */
export interface Pace {
  /** How often the world is asked while something converges, in milliseconds. */
  readonly pollMs: number;
  /** 0 to 1, for jitter. */
  random(): number;
}

/** Doubles from one poll to twelve, with full jitter over its second half: many runs that were refused together must not come back together. */
export const backoffMs = (pace: Pace, attempt: number): number => {
  const ceiling = pace.pollMs * Math.min(2 ** attempt, 12);
  return ceiling / 2 + (ceiling / 2) * pace.random();
};

/** Throttling, lost connections and 5xx are the world's weather; a conflict is somebody else's turn. Neither says that the step is wrong. */
export const isPassing = (error: unknown): error is Problem =>
  error instanceof Problem && (error.kind === 'transient' || error.kind === 'conflict');

const longestAsked = 60_000;

/** Calls until it succeeds, fails for good, runs out of tries where they are limited, or the signal aborts. */
export const untilPassed = async <T>(
  act: () => Promise<T>,
  context: {
    readonly pace: Pace;
    readonly clock: Clock;
    readonly signal: AbortSignal;
    readonly tries?: number;
    progress(detail: string): void;
  },
): Promise<T> => {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await act();
    } catch (error) {
      context.signal.throwIfAborted();
      if (!isPassing(error) || attempt + 1 >= (context.tries ?? Number.POSITIVE_INFINITY)) throw error;
      context.progress(`${error.message}; trying again`);
      const asked = error.retryAfterMs ?? backoffMs(context.pace, attempt);
      // Whoever has few tries sits before a screen: he had rather be told than wait an hour for a service that asks for one.
      await context.clock.sleep(context.tries === undefined ? asked : Math.min(asked, longestAsked), context.signal);
    }
  }
};
