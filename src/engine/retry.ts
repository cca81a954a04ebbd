import { Problem } from '../errors/problem.ts';
import type { Clock } from './clock.ts';
import { durationText } from './duration.ts';

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

/** A service that asks for hours means its quota, or a clock that is wrong: asking sooner costs one more refusal. */
const longestAskedMs = 10 * 60_000;
/** Whoever has few tries sits before a screen: he had rather be told than wait. */
const longestSatMs = 60_000;
const dayMs = 24 * 60 * 60_000;

/**
 * Before the next try: what the service asked for, within bounds, else backoff. A service that asks for no time at all, for less than none
 * or for something that is no number is not hammered.
 */
export const pauseMs = (pace: Pace, attempt: number, askedMs: number | undefined): number =>
  askedMs !== undefined && askedMs > 0
    ? Math.min(Math.max(askedMs, pace.pollMs / 2), longestAskedMs)
    : backoffMs(pace, attempt);

/** To be read after what went wrong; a wait that looks like a hang says how long it is, and one that is not as asked for says that. */
export const againText = (pause: number, askedMs: number | undefined): string => {
  const when = pause < 10_000 ? '' : ` in ${durationText(pause)}`;
  if (askedMs === undefined || askedMs <= pause || pause < longestSatMs) return `trying again${when}`;
  return `trying again${when} (it asks for ${askedMs > dayMs ? 'more than a day' : durationText(askedMs)})`;
};

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
  const { pace, clock, signal, tries = Number.POSITIVE_INFINITY } = context;
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await act();
    } catch (error) {
      signal.throwIfAborted();
      if (!isPassing(error) || attempt + 1 >= tries) throw error;
      const wanted = pauseMs(pace, attempt, error.retryAfterMs);
      const pause = context.tries === undefined ? wanted : Math.min(wanted, longestSatMs);
      context.progress(`${error.message}; ${againText(pause, error.retryAfterMs)}`);
      await clock.sleep(pause, signal);
    }
  }
};
