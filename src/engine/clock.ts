/** Time as the engine needs it; tests bring one that they move by hand. */
export interface Clock {
  /** Wall-clock milliseconds since the epoch: for stamps, never for measuring. */
  now(): number;
  /** Milliseconds that never jump back: for measuring. */
  monotonic(): number;
  /** Rejects with the signal's reason when it aborts. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
  /** Calls once, when this machine has been awake for so long; what it returns takes the call back. */
  after(ms: number, act: () => void): () => void;
}

/** What a clock is made of. */
export interface Timers {
  readonly now: () => number;
  readonly monotonic: () => number;
  /** Calls once, later; what it returns takes the call back. */
  readonly set: (ms: number, act: () => void) => () => void;
}

/** Node's timers take no more and then fire at once: a longer wait ends early, after 24 days. */
const longestTimerMs = 2 ** 31 - 1;

/**
 * A long wait looks at the clock so often. A look that comes much later than asked means that the machine slept, or that the process
 * was stopped: on macOS and Windows, and after Ctrl-Z, the monotonic clock goes on meanwhile.
 */
const lookMs = 10_000;

export const clockOf = ({ now, monotonic, set }: Timers): Clock => ({
  now,
  monotonic,
  sleep: (ms, signal) =>
    new Promise((resolve, reject) => {
      if (signal.aborted) {
        reject(signal.reason);
        return;
      }
      const stop = (): void => {
        cancel();
        reject(signal.reason);
      };
      const cancel = set(Math.min(ms, longestTimerMs), () => {
        signal.removeEventListener('abort', stop);
        resolve();
      });
      signal.addEventListener('abort', stop, { once: true });
    }),
  after(ms, act) {
    let cancel = (): void => {};
    const wait = (left: number): void => {
      const asked = Math.min(left, lookMs);
      const from = monotonic();
      cancel = set(asked, () => {
        const passed = monotonic() - from;
        const awake = passed > asked + lookMs ? asked : passed;
        if (awake >= left) act();
        else wait(left - awake);
      });
    };
    wait(ms);
    return () => cancel();
  },
});

export const systemClock: Clock = clockOf({
  now: () => Date.now(),
  monotonic: () => performance.now(),
  set(ms, act) {
    const timer = setTimeout(act, ms);
    return () => clearTimeout(timer);
  },
});
