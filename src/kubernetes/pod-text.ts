import { Problem } from '../errors/problem.ts';
import { connectionProblem } from './api-error.ts';
import type { ApiRequest, ApiServer } from './api-server.ts';
import type { Kubernetes } from './kubernetes.ts';

/** A pod that does not answer in this time is told as silent: what we read of it is never needed to go on. */
const answerLimitMs = 10_000;

const podPath = (namespace: string, pod: string): string =>
  `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(pod)}`;

/** The calls that bring back a pod's own text. */
export const podText = (server: ApiServer): Pick<Kubernetes, 'podHttp' | 'podLog'> => {
  const text = async (call: Omit<ApiRequest, 'method' | 'as'>, signal: AbortSignal): Promise<string> => {
    // A timer of our own: a timeout signal that only a composed signal listens to may be collected before its time.
    const limit = new AbortController();
    const timer = setTimeout(() => limit.abort(), answerLimitMs);
    const until = AbortSignal.any([signal, limit.signal]);
    const answer = await server({ ...call, method: 'GET', as: 'text' }, until)
      .catch((error: unknown) => {
        if (signal.aborted || !limit.signal.aborted) throw error;
        throw connectionProblem(call.what, new Error(`no end after ${answerLimitMs / 1000}s`));
      })
      .finally(() => clearTimeout(timer));
    if (typeof answer === 'string') return answer;
    throw new Problem(`${call.what}: there is no such pod, or nothing at that path`, {
      kind: 'failed',
      code: 'NotFound',
    });
  };
  return {
    podHttp: ({ namespace, pod, port }, path, signal) =>
      text(
        {
          path: `${podPath(namespace, `${pod}:${port}`)}/proxy${path}`,
          what: `get ${path} of ${namespace}/${pod}:${port}`,
        },
        signal,
      ),
    podLog: ({ namespace, pod, container, previous = false }, lines, signal) => {
      const search = new URLSearchParams({ container, tailLines: String(lines), previous: String(previous) });
      return text(
        {
          path: `${podPath(namespace, pod)}/log?${search.toString()}`,
          what: `read the log of ${namespace}/${pod} (${container})`,
        },
        signal,
      );
    },
  };
};
