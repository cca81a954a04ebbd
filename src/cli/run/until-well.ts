import { durationText } from '../../engine/duration.ts';
import { isPassing } from '../../engine/retry.ts';
import type { Context } from '../context.ts';

export interface WaitOptions {
  /** Milliseconds. */
  readonly wait?: number | undefined;
}

/** Asks again until everything is well or the time is over; the last answer is shown either way. */
export const untilWell = async <T extends { readonly ok: boolean; readonly errors: readonly unknown[] }>(
  context: Pick<Context, 'io' | 'signal' | 'say'>,
  { wait }: WaitOptions,
  pollMs: number,
  ask: () => Promise<T>,
): Promise<{ readonly status: T; readonly timedOut: boolean }> => {
  const { clock } = context.io;
  const until = wait === undefined ? undefined : clock.monotonic() + wait;
  let told: number | undefined;
  for (;;) {
    const status = await ask().catch((error: unknown) => {
      // Whoever waits asked for patience with a lost connection, too.
      if (!isPassing(error) || until === undefined || clock.monotonic() >= until) throw error;
      context.say(`${error.message}; asking again.`);
      return undefined;
    });
    if (status === undefined) {
      await clock.sleep(pollMs, context.signal);
      continue;
    }
    if (status.ok || until === undefined) return { status, timedOut: false };
    const left = until - clock.monotonic();
    if (left <= 0) return { status, timedOut: true };
    const count = status.errors.length;
    if (count !== told) {
      const errors = `${count} ${count === 1 ? 'error' : 'errors'}`;
      context.say(`Not well yet, ${errors}; asking again for up to ${durationText(left)}.`);
    }
    told = count;
    await clock.sleep(pollMs, context.signal);
  }
};
