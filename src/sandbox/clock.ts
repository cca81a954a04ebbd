/**
 * The sandbox's idea of time: stamps are wall-clock, and every duration that Azure or Kubernetes takes is divided by `speed`.
 * Tests pass a clock of their own, so that a run that failed can be run again.
 */
export interface SandboxClock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** How many times faster than Azure durations pass; 1 is real time. */
  readonly speed: number;
  /** Calls back once after a duration of `realMs` of Azure's time; returns a function that forgets it. Never keeps the process alive by itself. */
  after(realMs: number, callback: () => void): () => void;
}

export const wallClock = (speed: number): SandboxClock => ({
  speed,
  now: () => Date.now(),
  after(realMs, callback) {
    const timer = setTimeout(callback, realMs / speed);
    timer.unref();
    return () => clearTimeout(timer);
  },
});
