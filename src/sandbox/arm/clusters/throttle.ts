import type { Arm } from '../context.ts';
import { ArmError, aksError } from '../errors.ts';
import { takeToken } from '../token-buckets.ts';
import type { Limit } from '../token-buckets.ts';

/** Takes one token of a bucket of AKS's that belongs to `key`, or throws its 429. */
export const throttle = (key: string, limit: Limit, what: string, arm: Arm): void => {
  const { retryAfter } = takeToken(`aks:${key}`, limit, arm);
  if (retryAfter === undefined) return;
  const error = aksError(
    429,
    'Throttled',
    `The request is being throttled: ${what} is allowed ${limit.burst} times at once, then once every ${limit.refillMs / 1000} seconds. Please retry after ${retryAfter} seconds. See https://aka.ms/aks/throttling`,
  );
  throw new ArmError(error.status, error.code, error.message, {
    ...error.options,
    headers: { 'retry-after': String(retryAfter) },
  });
};
