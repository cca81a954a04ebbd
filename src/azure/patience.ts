import type { PipelinePolicy, RestError, RetryStrategy } from '@azure/core-rest-pipeline';

/** Lost connections that the default policy gives up on at once: a laptop that wakes up, a DNS blip, a half-closed socket. */
const LOST = new Set(['EAI_AGAIN', 'EPIPE', 'ENETUNREACH', 'EHOSTUNREACH', 'ENETDOWN', 'EHOSTDOWN', 'ECONNABORTED']);

export interface RetrySettings {
  /** Retries after the first try; 3 by default. */
  readonly maxRetries?: number;
  /** Before the first retry, in milliseconds; doubles each time. 1000 by default. */
  readonly delayMs?: number;
  /** How long a connection may stay silent before it is taken for lost, in milliseconds. */
  readonly silenceMs?: number;
}

/** The settings in the spelling of the SDKs' own retry policy. */
export const retryOptions = ({ maxRetries = 3, delayMs = 1000 }: RetrySettings) => ({
  maxRetries,
  retryDelayInMs: delayMs,
  maxRetryDelayInMs: 30_000,
});

/** What the SDKs' own retry policy leaves out: more kinds of lost connections, and a 429 that does not say how long. */
export async function patiencePolicy({ maxRetries = 3, delayMs = 1000 }: RetrySettings): Promise<PipelinePolicy> {
  const { retryPolicy } = await import('@azure/core-rest-pipeline');
  const strategy: RetryStrategy = {
    name: 'patience',
    retry({ retryCount, response, responseError }) {
      const lost = responseError !== undefined && isLost(responseError);
      const throttled = response?.status === 429 && response.headers.get('retry-after') === undefined;
      return lost || throttled
        ? { retryAfterInMs: Math.min(delayMs * 2 ** retryCount, 30_000) }
        : { skipStrategy: true };
    },
  };
  return { ...retryPolicy([strategy], { maxRetries }), name: 'patiencePolicy' };
}

const isLost = (error: RestError): boolean => error.code !== undefined && LOST.has(error.code);
