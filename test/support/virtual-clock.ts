import { type Clock, clockOf } from '../../src/engine/clock.ts';

/** Time that a test moves. It drives the engine's own clock: only Node's timers are played. */
export interface VirtualClock extends Clock {
  /** Waits that are under way. */
  readonly pending: () => number;
  /** Lets pass what the next wait needs; false where nobody waits. */
  readonly step: () => boolean;
  /** Sets the wall clock, forth or back, as an administrator or NTP does: nothing that is measured moves. */
  readonly jump: (ms: number) => void;
  /** The machine sleeps, and its monotonic clock goes on meanwhile, as on macOS and Windows: everything that is due fires late. */
  readonly doze: (ms: number) => void;
  /** The process is gone, and its timers with it. */
  readonly forget: () => void;
  /** Lets time pass until the work is done; rejects where nobody waits for anything any more, or where it takes for ever. */
  readonly drive: <T>(work: Promise<T>) => Promise<T>;
}

interface Timer {
  readonly due: number;
  readonly act: () => void;
}

/** Everything that can go on without time passing goes on. */
export const calm = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** More waits than any run needs that makes headway. */
const mostSteps = 50_000;

export const virtualClock = (onSet: () => void = () => {}): VirtualClock => {
  let elapsed = 1000;
  let wall = Date.UTC(2026, 10, 23);
  const timers = new Set<Timer>();
  const clock = clockOf({
    now: () => wall,
    monotonic: () => elapsed,
    set(ms, act) {
      const timer = { due: elapsed + (ms >= 1 ? ms : 1), act };
      timers.add(timer);
      onSet();
      return () => void timers.delete(timer);
    },
  });
  const pass = (ms: number): void => {
    elapsed += ms;
    wall += ms;
  };
  const step = (): boolean => {
    let next: Timer | undefined;
    for (const timer of timers) if (next === undefined || timer.due < next.due) next = timer;
    if (next === undefined) return false;
    timers.delete(next);
    pass(Math.max(0, next.due - elapsed));
    next.act();
    return true;
  };
  return {
    ...clock,
    pending: () => timers.size,
    step,
    jump: (ms) => void (wall += ms),
    doze: pass,
    forget: () => timers.clear(),
    async drive(work) {
      let over = false;
      const settled = work.finally(() => (over = true));
      settled.catch(() => {});
      for (let steps = 0; ; steps += 1) {
        await calm();
        if (over) return settled;
        if (steps > mostSteps) throw new Error('live lock: it goes on for ever');
        if (!step()) throw new Error('deadlock: nobody waits for anything, and it has not ended');
      }
    },
  };
};

/** Time that passes by itself, and at once, whenever everybody waits. */
export const fastClock = (): Clock => {
  let going = false;
  const go = (): void => {
    going = clock.pending() > 0;
    if (!going) return;
    clock.step();
    setImmediate(go);
  };
  const clock = virtualClock(() => {
    if (!going) setImmediate(go);
    going = true;
  });
  return clock;
};
