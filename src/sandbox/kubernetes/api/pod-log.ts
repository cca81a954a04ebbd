import type { Kubelet, LogLine } from '../agents.ts';
import type { KubeObject } from '../objects.ts';
import { badRequest } from './api-error.ts';
import { listAt, textAt, valueAt } from './json.ts';
import type { LogOptions } from './pod-log-options.ts';
import { containerOf } from './pod-target.ts';
import type { ApiReply } from './request.ts';

/** `pods/x/log` with container, follow, tailLines, sinceTime, sinceSeconds, limitBytes, timestamps and previous. */
export const podLog = (
  context: { readonly kubelet: () => Kubelet; readonly clock: { now(): number } },
  options: LogOptions,
  pod: KubeObject,
): ApiReply => {
  const container = containerOf(pod, options.container);
  const run = runOf(pod, container, options.previous);
  const { sinceSeconds, sinceTime = 0, tailLines, limitBytes } = options;
  const since = sinceSeconds === undefined ? sinceTime : context.clock.now() - sinceSeconds * 1000;
  // A kubelet writes nanoseconds.
  const stamp = (time: number): string =>
    options.timestamps ? `${new Date(time).toISOString().replace('Z', '000000Z')} ` : '';
  const write = ({ time, text }: LogLine): string => `${stamp(time)}${text}\n`;
  const kept = context
    .kubelet()
    .logs(pod, container, run)
    .filter(({ time }) => time >= since);
  const past = (tailLines === undefined ? kept : kept.slice(Math.max(0, kept.length - tailLines))).map(write).join('');
  if (!options.follow)
    return {
      kind: 'text',
      code: 200,
      contentType: 'text/plain',
      body: limitBytes === undefined ? past : Buffer.from(past).subarray(0, limitBytes).toString(),
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

/** A kubelet's words for the most common reasons to wait. */
const told: Readonly<Record<string, string>> = {
  ErrImagePull: "image can't be pulled",
  ImagePullBackOff: 'trying and failing to pull image',
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
    throw badRequest(`${where} is waiting to start: ${told[reason] ?? reason}`);
  }
  return previous && !waiting ? 'previous' : 'latest';
};
