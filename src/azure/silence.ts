import type { PipelinePolicy } from '@azure/core-rest-pipeline';

/** Longer than ARM's own gateway waits for a resource provider, in milliseconds. */
const silenceMs = 100_000;

/**
 * Takes a connection that stays silent for lost, so that the request is sent again: a firewall that forgets a connection tells neither end,
 * and the SDKs would wait for ever.
 */
export async function silencePolicy(limitMs = silenceMs): Promise<PipelinePolicy> {
  const { RestError } = await import('@azure/core-rest-pipeline');
  return {
    name: 'silencePolicy',
    async sendRequest(request, next) {
      const asked = request.abortSignal;
      const stop = new AbortController();
      const forward = (): void => stop.abort();
      let silent = false;
      const timer = setTimeout(() => {
        silent = true;
        stop.abort();
      }, limitMs);
      if (asked?.aborted === true) stop.abort();
      asked?.addEventListener('abort', forward);
      request.abortSignal = stop.signal;
      try {
        return await next(request);
      } catch (error) {
        if (!silent || asked?.aborted === true) throw error;
        throw new RestError(`no answer for ${limitMs / 1000}s`, { code: 'ETIMEDOUT', request });
      } finally {
        clearTimeout(timer);
        asked?.removeEventListener('abort', forward);
        if (asked === undefined) delete request.abortSignal;
        else request.abortSignal = asked;
      }
    },
  };
}
