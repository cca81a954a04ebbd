import type { KubeObject } from '../objects.ts';
import { listAt, numberAt, objectAt, textAt, valueAt } from './json.ts';

/** `5d3h`, `12m`, `30s`: how kubectl writes an age. */
export const age = (timestamp: string | undefined, now: number): string => {
  if (timestamp === undefined) return '<unknown>';
  return since(now - Date.parse(timestamp));
};

/** The same for a duration in ms. */
export const since = (ms: number): string => {
  const seconds = Math.floor(ms / 1000);
  if (seconds < -1) return '<invalid>';
  if (seconds < 0) return '0s';
  if (seconds < 120) return `${seconds}s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 10) return `${minutes}m${seconds % 60 === 0 ? '' : `${seconds % 60}s`}`;
  if (minutes < 180) return `${minutes}m`;
  const hours = Math.floor(minutes / 60);
  if (hours < 8) return `${hours}h${minutes % 60 === 0 ? '' : `${minutes % 60}m`}`;
  if (hours < 48) return `${hours}h`;
  const days = Math.floor(hours / 24);
  if (days < 8) return hours % 24 === 0 ? `${days}d` : `${days}d${hours % 24}h`;
  if (days < 730) return `${days}d`;
  const years = Math.floor(days / 365);
  return years < 8 && days % 365 !== 0 ? `${years}y${days % 365}d` : `${years}y`;
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
  const labels = Object.entries(objectAt(selector, 'matchLabels'))
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => `${key}=${String(value)}`);
  const expressions = listAt(selector, 'matchExpressions').map((expression) => {
    const operator = textAt(expression, 'operator') ?? '';
    const key = textAt(expression, 'key') ?? '';
    if (operator === 'Exists') return key;
    if (operator === 'DoesNotExist') return `!${key}`;
    return `${key} ${operator.toLowerCase()} (${listAt(expression, 'values').join(',')})`;
  });
  return [...labels, ...expressions].join(',') || '<none>';
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
    .toSorted()
    .join(',') || '<none>';

export const servicePorts = (service: KubeObject): string =>
  listAt(service, 'spec', 'ports')
    .map((port) => {
      const node = numberAt(port, 'nodePort');
      return `${numberAt(port, 'port') ?? ''}${node === undefined ? '' : `:${node}`}/${textAt(port, 'protocol') ?? 'TCP'}`;
    })
    .join(',') || '<none>';
