import type { SandboxClock } from '../../../src/sandbox/clock.ts';

export interface FakeClock extends SandboxClock {
  /** Lets this much time pass; what falls due runs in its order. */
  advance(milliseconds: number): void;
  /** How many callbacks wait. */
  pending(): number;
}

export const createFakeClock = (start = Date.parse('2026-11-23T12:00:00Z')): FakeClock => {
  let now = start;
  let order = 0;
  const timers = new Set<{ readonly due: number; readonly order: number; readonly callback: () => void }>();
  return {
    speed: 1,
    now: () => now,
    after(realMs, callback) {
      const timer = { due: now + realMs, order: (order += 1), callback };
      timers.add(timer);
      return () => timers.delete(timer);
    },
    advance(milliseconds) {
      const end = now + milliseconds;
      for (;;) {
        const [next] = [...timers]
          .filter((timer) => timer.due <= end)
          .sort((a, b) => a.due - b.due || a.order - b.order);
        if (next === undefined) break;
        timers.delete(next);
        now = Math.max(now, next.due);
        next.callback();
      }
      now = end;
    },
    pending: () => timers.size,
  };
};
