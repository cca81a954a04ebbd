import type { KubeObject } from '../objects.ts';
import { listAt, numberAt, objectAt, textAt, valueAt } from './json.ts';

/** `5d3h`, `12m`, `30s`: how kubectl writes an age. */
export const age = (timestamp: string | undefined, now: number): string => {
  if (timestamp === undefined) return '<unknown>';
  const seconds = Math.max(0, Math.floor((now - Date.parse(timestamp)) / 1000));
  if (seconds < 120) return `${seconds}s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 10) return `${minutes}m${seconds % 60 === 0 ? '' : `${seconds % 60}s`}`;
  if (minutes < 180) return `${minutes}m`;
  const hours = Math.floor(minutes / 60);
  if (hours < 8) return `${hours}h${minutes % 60 === 0 ? '' : `${minutes % 60}m`}`;
  if (hours < 48) return `${hours}h`;
  const days = Math.floor(hours / 24);
  return days < 8 && hours % 24 !== 0 ? `${days}d${hours % 24}h` : `${days}d`;
};

const templateContainers = (object: KubeObject): readonly unknown[] =>
  listAt(object, 'spec', 'template', 'spec', 'containers');
export const namesOf = (object: KubeObject): string =>
  templateContainers(object)
    .map((container) => textAt(container, 'name'))
    .join(',');
export const imagesOf = (object: KubeObject): string =>
  templateContainers(object)
    .map((container) => textAt(container, 'image'))
    .join(',');

/** A LabelSelector on one line. */
export const selectorText = (selector: unknown): string => {
  const labels = Object.entries(objectAt(selector, 'matchLabels')).map(([key, value]) => `${key}=${String(value)}`);
  const expressions = listAt(selector, 'matchExpressions').map((expression) => {
    const operator = textAt(expression, 'operator') ?? '';
    const key = textAt(expression, 'key') ?? '';
    if (operator === 'Exists') return key;
    if (operator === 'DoesNotExist') return `!${key}`;
    return `${key} ${operator.toLowerCase()} (${listAt(expression, 'values').join(',')})`;
  });
  return [...labels, ...expressions].join(',') || '<none>';
};

const statuses = (pod: KubeObject): readonly unknown[] => listAt(pod, 'status', 'containerStatuses');

export const podReady = (pod: KubeObject): string =>
  `${statuses(pod).filter((status) => valueAt(status, 'ready') === true).length}/${listAt(pod, 'spec', 'containers').length}`;

export const podRestarts = (pod: KubeObject): number =>
  statuses(pod).reduce<number>((sum, status) => sum + (numberAt(status, 'restartCount') ?? 0), 0);

/** The STATUS column: the first thing that is wrong, else the phase. */
export const podReason = (pod: KubeObject): string => {
  if (pod.metadata.deletionTimestamp !== undefined) return 'Terminating';
  const init = listAt(pod, 'status', 'initContainerStatuses');
  const pending = init.findIndex((status) => numberAt(status, 'state', 'terminated', 'exitCode') !== 0);
  const total = listAt(pod, 'spec', 'initContainers').length;
  if (pending !== -1) {
    const waiting =
      textAt(init[pending], 'state', 'waiting', 'reason') ?? textAt(init[pending], 'state', 'terminated', 'reason');
    return waiting !== undefined && waiting !== 'PodInitializing' ? `Init:${waiting}` : `Init:${pending}/${total}`;
  }
  for (const status of statuses(pod)) {
    const reason = textAt(status, 'state', 'waiting', 'reason') ?? textAt(status, 'state', 'terminated', 'reason');
    if (reason !== undefined) return reason;
  }
  return textAt(pod, 'status', 'reason') ?? textAt(pod, 'status', 'phase') ?? 'Unknown';
};

export const nodeStatus = (node: KubeObject): string => {
  const ready = listAt(node, 'status', 'conditions').find((condition) => textAt(condition, 'type') === 'Ready');
  const state = textAt(ready, 'status') === 'True' ? 'Ready' : ready === undefined ? 'Unknown' : 'NotReady';
  return valueAt(node, 'spec', 'unschedulable') === true ? `${state},SchedulingDisabled` : state;
};

export const nodeRoles = (node: KubeObject): string =>
  Object.entries(node.metadata.labels ?? {})
    .flatMap(([key, value]) =>
      key.startsWith('node-role.kubernetes.io/')
        ? [key.slice('node-role.kubernetes.io/'.length)]
        : key === 'kubernetes.io/role'
          ? [value]
          : [],
    )
    .join(',') || '<none>';

export const servicePorts = (service: KubeObject): string =>
  listAt(service, 'spec', 'ports')
    .map((port) => {
      const node = numberAt(port, 'nodePort');
      return `${numberAt(port, 'port') ?? ''}${node === undefined ? '' : `:${node}`}/${textAt(port, 'protocol') ?? 'TCP'}`;
    })
    .join(',') || '<none>';
