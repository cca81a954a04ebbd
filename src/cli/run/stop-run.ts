import { nodeDisk } from '../../engine/disk.ts';
import { lockHolder, type ThisProcess } from '../../engine/lock.ts';
import type { Io } from '../io.ts';

/** A run that is told to end has 7.5 seconds for it, as in a cancelled CI job. */
const endsWithinMs = 12_000;
const lookEveryMs = 100;

export type Holding = NonNullable<ReturnType<typeof lockHolder>>;

/** Asks the run to end, as SIGTERM does, and waits for that. False where it is on another machine, another user's, or does not end. */
export const stopRun = async (
  holder: Holding,
  at: {
    readonly stateDir: string;
    readonly me: ThisProcess;
    readonly clock: Io['clock'];
    readonly signal: AbortSignal;
  },
): Promise<boolean> => {
  const { stateDir, me, clock, signal } = at;
  if (!holder.here) return false;
  /** Somebody was asked a question since the lock was read: its pid may be another's by now. */
  const holds = (): boolean => {
    const now = lockHolder(stateDir, me, nodeDisk, clock);
    return now?.pid === holder.pid && now.startedAt === holder.startedAt;
  };
  const until = clock.monotonic() + endsWithinMs;
  for (let told = false; ; told = true) {
    if (!holds()) return true;
    try {
      // SIGTERM never asks, not even at a terminal.
      if (!told) process.kill(holder.pid, 'SIGTERM');
    } catch {
      // Gone meanwhile, or somebody else's: the lock tells which.
    }
    if (clock.monotonic() >= until) return false;
    await clock.sleep(lookEveryMs, signal);
  }
};
