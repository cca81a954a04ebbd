import type { Arm } from './context.ts';

interface Bucket {
  readonly tokens: number;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

export interface Limit {
  readonly burst: number;
  /** Milliseconds of Azure's time until one more is allowed. */
  readonly refillMs: number;
}

/** What is left after this one, or how many seconds to wait where there was none. */
export type Taken = { readonly left: number; readonly retryAfter?: number };

/**
 * Takes one token of a bucket. Who asked too often is remembered over a restart of the sandbox: Azure does not restart. Refill is sped up
 * like everything else.
 */
export const takeToken = (key: string, { burst, refillMs }: Limit, arm: Arm): Taken => {
  const kept = arm.store.collection<Bucket>('bucket');
  const now = arm.clock.now();
  const refill = refillMs / arm.clock.speed;
  const before = kept.get(key) ?? { tokens: burst, at: now };
  const tokens = Math.min(burst, before.tokens + Math.max(0, now - before.at) / refill);
  if (tokens >= 1) {
    kept.set(key, { tokens: tokens - 1, at: now });
    return { left: Math.floor(tokens - 1) };
  }
  kept.set(key, { tokens, at: now });
  // Clients only understand whole seconds.
  return { left: 0, retryAfter: Math.max(1, Math.ceil(((1 - tokens) * refill) / 1000)) };
};
