import type { Kubelet, LogLine } from '../agents.ts';
import type { KubeObject } from '../objects.ts';
import { badRequest } from './api-error.ts';
import { listAt, textAt, valueAt } from './json.ts';
import type { ApiReply, ApiRequest } from './request.ts';
import { containerOf } from './pod-target.ts';

/** `pods/x/log` with container, follow, tailLines, sinceTime, sinceSeconds, limitBytes, timestamps and previous. */
export const podLog = (
  context: { readonly kubelet: () => Kubelet; readonly clock: { now(): number } },
  request: ApiRequest,
  pod: KubeObject,
): ApiReply => {
  const { query } = request;
  const container = containerOf(pod, query.get('container'));
  const waiting = waitingReason(pod, container);
  if (waiting !== undefined)
    throw badRequest(`container "${container}" in pod "${pod.metadata.name}" is waiting to start: ${waiting}`);
  if (query.get('previous') === 'true')
    throw badRequest(`previous terminated container "${container}" in pod "${pod.metadata.name}" not found`);
  const since = query.has('sinceSeconds')
    ? context.clock.now() - Number(query.get('sinceSeconds')) * 1000
    : query.has('sinceTime')
      ? Date.parse(query.get('sinceTime') ?? '')
      : 0;
  const write = ({ time, text }: LogLine): string =>
    `${query.get('timestamps') === 'true' ? `${new Date(time).toISOString()} ` : ''}${text}\n`;
  const kept = context
    .kubelet()
    .logs(pod, container)
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

const waitingReason = (pod: KubeObject, container: string): string | undefined => {
  const status = ['containerStatuses', 'initContainerStatuses']
    .flatMap((list) => listAt(pod, 'status', list))
    .find((entry) => textAt(entry, 'name') === container);
  if (status === undefined) return 'ContainerCreating';
  return valueAt(status, 'state', 'waiting') === undefined
    ? undefined
    : (textAt(status, 'state', 'waiting', 'reason') ?? 'ContainerCreating');
};
