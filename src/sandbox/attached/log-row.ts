import type { JsonObject } from '../json.ts';
import type { LogStream } from '../kubernetes/nodes/log-agent.ts';
import { azureTime } from './log-position.ts';

/** One container of a pod, one life of it, one stream: what the agent has a file for. */
export interface LogTarget {
  /** The container's id at the runtime, and the stream. */
  readonly key: string;
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  /** Without the runtime's scheme. */
  readonly containerId: string;
  readonly node: string;
  readonly stream: LogStream;
  /** `running`: more may come; `ended`: it is the container's latest life; `previous`: the life before. */
  readonly life: 'running' | 'ended' | 'previous';
}

/** Bytes at which the runtime splits a line, and to which the agent puts the parts together again. */
const part = 16 * 1024;
const stitched = 64 * 1024;

/** A line as it arrives: whole, or in the parts that the runtime made of it. */
export const partsOf = (text: string, multiline: boolean): readonly string[] => {
  const limit = multiline ? stitched : part;
  const bytes = Buffer.from(text);
  if (bytes.length <= limit) return [text];
  return Array.from({ length: Math.ceil(bytes.length / limit) }, (_, index) =>
    bytes.subarray(index * limit, (index + 1) * limit).toString('utf8'),
  );
};

/** The service makes an object of a text that is JSON; anything else stays a text. */
const messageOf = (text: string): unknown => {
  if (!/^\s*[[{]/u.test(text)) return text;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
};

/** A row of ContainerLogV2. */
export const logRow = (
  target: LogTarget,
  line: { readonly time: bigint; readonly text: string },
  place: { readonly clusterId: string; readonly customerId: string },
): JsonObject => ({
  TimeGenerated: azureTime(line.time),
  Computer: target.node,
  ContainerId: target.containerId,
  ContainerName: target.container,
  PodName: target.pod,
  PodNamespace: target.namespace,
  LogMessage: messageOf(line.text),
  LogSource: target.stream,
  TenantId: place.customerId,
  Type: 'ContainerLogV2',
  _ResourceId: place.clusterId.toLowerCase(),
  _SubscriptionId: /^\/subscriptions\/([^/]+)/iu.exec(place.clusterId)?.[1]?.toLowerCase() ?? '',
});
