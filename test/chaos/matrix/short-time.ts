import https from 'node:https';
import { syncBuiltinESMExports } from 'node:module';
import timers from 'node:timers/promises';
import type { Clock } from '../../../src/engine/clock.ts';

/** So many milliseconds of the product's patience pass in one of ours. */
const factor = 50;
/** Nothing of the product waits longer than this but for a step's time to be over. */
const aStepsTime = 120_000;

export interface ShortTime {
  /** The clock that goes with the timers. */
  readonly clock: Clock;
  /** Whatever waits for minutes has waited long enough: what a person would see who comes back the next morning. */
  readonly pass: () => void;
  readonly restore: () => void;
}

interface Pending {
  readonly ms: number;
  readonly fire: () => void;
}

/**
 * Shortens every wait of this process alike: the engine's, the SDKs', Node's own for silent sockets. The product is as it is; only the world's
 * seconds are shorter, as on a machine whose clock runs fast. What other processes do (the sandbox, helm) takes the time that it takes.
 */
export const shortTime = (): ShortTime => {
  const own = { setTimeout: globalThis.setTimeout, clearTimeout: globalThis.clearTimeout };
  const [slept, asked] = [timers.setTimeout, https.request];
  const pending = new Map<NodeJS.Timeout, Pending>();
  let ahead = 0;

  const later = (act: (...args: unknown[]) => void, ms = 0, ...args: unknown[]): NodeJS.Timeout => {
    const fire = (): void => {
      pending.delete(handle);
      act(...args);
    };
    const handle = own.setTimeout(fire, ms / factor);
    if (ms >= aStepsTime) pending.set(handle, { ms, fire });
    return handle;
  };
  globalThis.setTimeout = Object.assign(later, { __promisify__: own.setTimeout.__promisify__ }) as typeof setTimeout;
  globalThis.clearTimeout = (handle) => {
    if (typeof handle === 'object') pending.delete(handle);
    own.clearTimeout(handle);
  };
  // Longer ones are limits for other programs, which take the time that they take.
  timers.setTimeout = (ms = 0, value, options) => slept(ms > 3000 ? ms : ms / factor, value, options);
  // Of the arguments only the options can hold a limit for a silent socket.
  https.request = ((...args: readonly unknown[]) =>
    Reflect.apply(
      asked,
      https,
      args.map((each) =>
        typeof each === 'object' && each !== null && 'timeout' in each && typeof each.timeout === 'number'
          ? { ...each, timeout: each.timeout / factor }
          : each,
      ),
    )) as typeof https.request;
  syncBuiltinESMExports();

  const started = performance.now();
  return {
    clock: {
      now: () => Date.now() + ahead,
      monotonic: () => (performance.now() - started) * factor + ahead,
      sleep: (ms, signal) => slept(ms / factor, undefined, { signal }).catch(() => signal.throwIfAborted()),
      after(ms, act) {
        const timer = globalThis.setTimeout(act, ms);
        return () => globalThis.clearTimeout(timer);
      },
    },
    pass() {
      ahead += 3_600_000;
      for (const [handle, { fire }] of pending) {
        own.clearTimeout(handle);
        fire();
      }
    },
    restore() {
      Object.assign(globalThis, own);
      timers.setTimeout = slept;
      https.request = asked;
      syncBuiltinESMExports();
    },
  };
};
