import type { Arm } from '../context.ts';
import { ArmError, aksError } from '../errors.ts';

interface Bucket {
  readonly tokens: number;
  readonly at: number;
}

/** Only in memory: a restarted service has forgotten who asked too often. */
const bucketsOf = new WeakMap<Arm, Map<string, Bucket>>();

/** Every bucket is full again. */
export const forgetThrottling = (arm: Arm): void => void bucketsOf.delete(arm);

/** Takes one token of a bucket that belongs to `key`, or throws AKS's 429. Refill is sped up like everything else. */
export const throttle = (
  key: string,
  limit: { readonly burst: number; readonly refillMs: number },
  what: string,
  arm: Arm,
): void => {
  const buckets = bucketsOf.get(arm) ?? new Map<string, Bucket>();
  bucketsOf.set(arm, buckets);
  const now = arm.clock.now();
  const refill = limit.refillMs / arm.clock.speed;
  const before = buckets.get(key) ?? { tokens: limit.burst, at: now };
  const tokens = Math.min(limit.burst, before.tokens + (now - before.at) / refill);
  if (tokens >= 1) {
    buckets.set(key, { tokens: tokens - 1, at: now });
    return;
  }
  buckets.set(key, { tokens, at: now });
  // Clients only understand whole seconds.
  const seconds = Math.max(1, Math.ceil(((1 - tokens) * refill) / 1000));
  const error = aksError(
    429,
    'Throttled',
    `The request is being throttled: ${what} is allowed ${limit.burst} times at once, then once every ${limit.refillMs / 1000} seconds. Please retry after ${seconds} seconds. See https://aka.ms/aks/throttling`,
  );
  throw new ArmError(error.status, error.code, error.message, {
    ...error.options,
    headers: { 'retry-after': String(seconds) },
  });
};
