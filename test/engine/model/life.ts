import type { Clock } from '../../../src/engine/clock.ts';

/** What comes over a process at one of its moments: each of its dealings with the world, the disk and the clock is one. */
export interface Fate {
  readonly at: number;
  readonly what: () => void;
}

/** A process: it may be gone at any moment, in the middle of a sentence, and then nothing of it does anything any more. */
export interface Life {
  /** Waits for ever where the process is gone. */
  readonly moment: () => Promise<void>;
  /** The same where nobody waits: throws where the process is gone. */
  readonly momentNow: () => void;
  readonly gone: () => boolean;
  /** How many moments there have been. */
  readonly moments: () => number;
}

class Gone extends Error {}

export const lifeOf = (diesAt: number | undefined, fates: readonly Fate[], onDeath: () => void): Life => {
  let moments = 0;
  let gone = false;
  const pass = (): void => {
    if (gone) return;
    moments += 1;
    for (const { at, what } of fates) if (at === moments) what();
    if (moments !== diesAt) return;
    gone = true;
    onDeath();
  };
  return {
    async moment() {
      pass();
      if (gone) await new Promise<never>(() => {});
    },
    momentNow() {
      pass();
      if (gone) throw new Gone('the process is gone');
    },
    gone: () => gone,
    moments: () => moments,
  };
};

/** The clock of a process. */
export const mortalClock = (clock: Clock, life: Life): Clock => ({
  now: () => clock.now(),
  monotonic: () => clock.monotonic(),
  async sleep(ms, signal) {
    await life.moment();
    try {
      await clock.sleep(ms, signal);
    } finally {
      await life.moment();
    }
  },
  after: (ms, act) => (life.gone() ? () => {} : clock.after(ms, act)),
});
