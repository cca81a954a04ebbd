import type { Caller } from './access/caller.ts';
import type { Arm } from './context.ts';
import { ArmError } from './errors.ts';
import { takeToken } from './token-buckets.ts';

type Kind = 'reads' | 'writes' | 'deletes';

/** ARM's own buckets for one principal in a subscription; the subscription as a whole has fifteen times as much. */
const buckets = {
  reads: { burst: 250, refillMs: 1000 / 25 },
  writes: { burst: 200, refillMs: 1000 / 10 },
  deletes: { burst: 200, refillMs: 1000 / 10 },
} as const;
const share = 15;

const kindOf = (method: string): Kind =>
  method === 'GET' || method === 'HEAD' ? 'reads' : method === 'DELETE' ? 'deletes' : 'writes';

/** Takes one token of the caller's bucket and one of everybody's; the headers that tell what is left, or 429. */
export const countRequest = (
  method: string,
  subscriptionId: string | undefined,
  { principal }: Caller,
  arm: Arm,
): Readonly<Record<string, string>> => {
  const kind = kindOf(method);
  const limit = buckets[kind];
  const scope = subscriptionId === undefined ? 'tenant' : 'subscription';
  const own = takeToken(`arm:${scope}:${kind}:${principal.objectId}`, limit, arm);
  if (own.retryAfter !== undefined) throw throttled(kind, principal.objectId, own.retryAfter, subscriptionId);
  if (scope === 'tenant') return { [`x-ms-ratelimit-remaining-tenant-${kind}`]: String(own.left) };
  const all = takeToken(`arm:global:${kind}`, { burst: limit.burst * share, refillMs: limit.refillMs / share }, arm);
  if (all.retryAfter !== undefined) throw throttled(kind, principal.objectId, all.retryAfter, subscriptionId);
  return {
    [`x-ms-ratelimit-remaining-subscription-${kind}`]: String(own.left),
    [`x-ms-ratelimit-remaining-subscription-global-${kind}`]: String(all.left),
  };
};

const throttled = (kind: Kind, actor: string, seconds: number, subscriptionId: string | undefined): ArmError =>
  new ArmError(
    429,
    subscriptionId === undefined ? 'TenantRequestsThrottled' : 'SubscriptionRequestsThrottled',
    `Number of '${kind.slice(0, -1)}' requests for ${subscriptionId === undefined ? 'tenant' : `subscription '${subscriptionId}'`} actor '${actor}' exceeded. Please try again after '${seconds}' seconds after additional tokens are available. Refer to https://aka.ms/arm-throttling for additional information.`,
    { headers: { 'retry-after': String(seconds) } },
  );
