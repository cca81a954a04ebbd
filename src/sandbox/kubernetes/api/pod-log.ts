import type { Kubelet, LogLine } from '../agents.ts';
import type { KubeObject } from '../objects.ts';
import { badRequest, invalid, invalidValue } from './api-error.ts';
import { listAt, textAt, valueAt } from './json.ts';
import type { ApiReply, ApiRequest } from './request.ts';
import { containerOf } from './pod-target.ts';

/** Refuses what a cluster without the alpha feature PodLogsQuerySplitStreams does, before it looks for the pod. */
export const checkLogOptions = ({ query }: ApiRequest, name: string): void => {
  const least: readonly (readonly [string, number])[] = [
    ['tailLines', 0],
    ['limitBytes', 1],
    ['sinceSeconds', 1],
  ];
  const causes = least.flatMap(([field, lowest]) => {
    const value = query.get(field);
    const why = lowest === 0 ? 'must be greater than or equal to 0' : 'must be greater than 0';
    return value !== null && Number(value) < lowest ? [invalidValue(field, Number(value), why)] : [];
  });
  if (causes.length > 0) throw invalid('', 'PodLogOptions', name, causes);
  if (!query.has('stream')) return;
  throw invalid('', 'PodLogOptions', name, [
    { reason: 'FieldValueForbidden', message: 'Forbidden: may not be specified', field: 'stream' },
  ]);
};

/** `pods/x/log` with container, follow, tailLines, sinceTime, sinceSeconds, limitBytes, timestamps and previous. */
export const podLog = (
  context: { readonly kubelet: () => Kubelet; readonly clock: { now(): number } },
  request: ApiRequest,
  pod: KubeObject,
): ApiReply => {
  const { query } = request;
  const container = containerOf(pod, query.get('container'));
  const run = runOf(pod, container, query.get('previous') === 'true');
  const since = query.has('sinceSeconds')
    ? context.clock.now() - Number(query.get('sinceSeconds')) * 1000
    : query.has('sinceTime')
      ? Date.parse(query.get('sinceTime') ?? '')
      : 0;
  const write = ({ time, text }: LogLine): string =>
    `${query.get('timestamps') === 'true' ? `${new Date(time).toISOString()} ` : ''}${text}\n`;
  const kept = context
    .kubelet()
    .logs(pod, container, run)
    .filter(({ time }) => time >= since);
  const tail = query.get('tailLines');
  const past = (tail === null ? kept : kept.slice(Math.max(0, kept.length - Number(tail)))).map(write).join('');
  const limit = query.get('limitBytes');
  if (query.get('follow') !== 'true')
    return {
      kind: 'text',
      code: 200,
      contentType: 'text/plain',
      body: limit === null ? past : Buffer.from(past).subarray(0, Number(limit)).toString(),
    };
  return {
    kind: 'stream',
    contentType: 'text/plain',
    start(out) {
      out.write(past);
      return context.kubelet().follow(pod, container, (line) => void out.write(write(line)));
    },
  };
};

/** Which run the request means. A container that waits for its next start still has the log of its last one, asked for either way. */
const runOf = (pod: KubeObject, container: string, previous: boolean): 'latest' | 'previous' => {
  const where = `container "${container}" in pod "${pod.metadata.name}"`;
  const status = ['containerStatuses', 'initContainerStatuses']
    .flatMap((list) => listAt(pod, 'status', list))
    .find((entry) => textAt(entry, 'name') === container);
  const ended = valueAt(status, 'lastState', 'terminated') !== undefined;
  if (previous && !ended) throw badRequest(`previous terminated ${where} not found`);
  const waiting = status === undefined || valueAt(status, 'state', 'waiting') !== undefined;
  if (waiting && !ended) {
    const reason = textAt(status, 'state', 'waiting', 'reason') ?? 'ContainerCreating';
    throw badRequest(`${where} is waiting to start: ${reason}`);
  }
  return previous && !waiting ? 'previous' : 'latest';
};
