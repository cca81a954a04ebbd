import type { KubeObject } from '../objects.ts';
import { listAt, numberAt, textAt, valueAt } from './json.ts';
import { since } from './table-cells.ts';

const statuses = (pod: KubeObject): readonly unknown[] => listAt(pod, 'status', 'containerStatuses');
const inits = (pod: KubeObject): readonly unknown[] => listAt(pod, 'status', 'initContainerStatuses');
const holds = (pod: KubeObject, type: string): boolean =>
  listAt(pod, 'status', 'conditions').some((one) => textAt(one, 'type') === type && textAt(one, 'status') === 'True');

/** Init containers that stay beside the others. */
const sidecars = (pod: KubeObject): ReadonlySet<string> =>
  new Set(
    listAt(pod, 'spec', 'initContainers')
      .filter((one) => textAt(one, 'restartPolicy') === 'Always')
      .map((one) => textAt(one, 'name') ?? ''),
  );

export const podReady = (pod: KubeObject): string => {
  const staying = sidecars(pod);
  const counted = [...statuses(pod), ...inits(pod).filter((one) => staying.has(textAt(one, 'name') ?? ''))];
  return `${counted.filter((one) => valueAt(one, 'ready') === true).length}/${listAt(pod, 'spec', 'containers').length + staying.size}`;
};

/** How often containers were started again, and how long ago the last time was. */
export const podRestarts = (pod: KubeObject, now: number): string => {
  const all = [...statuses(pod), ...inits(pod)];
  const count = all.reduce<number>((sum, one) => sum + (numberAt(one, 'restartCount') ?? 0), 0);
  const last = Math.max(
    0,
    ...all.map((one) => Date.parse(textAt(one, 'lastState', 'terminated', 'finishedAt') ?? '') || 0),
  );
  return count === 0 || last === 0 ? String(count) : `${count} (${since(now - last)} ago)`;
};

const ended = (terminated: unknown): string => {
  const signal = numberAt(terminated, 'signal') ?? 0;
  return (
    textAt(terminated, 'reason') ||
    (signal === 0 ? `ExitCode:${numberAt(terminated, 'exitCode') ?? 0}` : `Signal:${signal}`)
  );
};

/** What keeps the init containers from being done; undefined once they are. */
const initReason = (pod: KubeObject): string | undefined => {
  const staying = sidecars(pod);
  const all = inits(pod);
  const at = all.findIndex(
    (one) =>
      numberAt(one, 'state', 'terminated', 'exitCode') !== 0 &&
      !(staying.has(textAt(one, 'name') ?? '') && valueAt(one, 'started') === true),
  );
  if (at === -1) return undefined;
  const terminated = valueAt(all[at], 'state', 'terminated');
  if (terminated !== undefined) return `Init:${ended(terminated)}`;
  const waiting = textAt(all[at], 'state', 'waiting', 'reason') ?? '';
  return waiting !== '' && waiting !== 'PodInitializing'
    ? `Init:${waiting}`
    : `Init:${at}/${listAt(pod, 'spec', 'initContainers').length}`;
};

/** The first container that does not run says why. */
const mainReason = (pod: KubeObject): string | undefined => {
  for (const one of statuses(pod)) {
    const waiting = textAt(one, 'state', 'waiting', 'reason');
    if (waiting) return waiting;
    const terminated = valueAt(one, 'state', 'terminated');
    if (terminated !== undefined) return ended(terminated);
  }
  return undefined;
};

/** The STATUS column: the first thing that is wrong, else the phase. */
export const podReason = (pod: KubeObject): string => {
  const phase = textAt(pod, 'status', 'phase') ?? 'Unknown';
  if (pod.metadata.deletionTimestamp !== undefined && !['Succeeded', 'Failed'].includes(phase))
    return textAt(pod, 'status', 'reason') === 'NodeLost' ? 'Unknown' : 'Terminating';
  const init = initReason(pod);
  if (init !== undefined && !holds(pod, 'Initialized')) return init;
  const reason = mainReason(pod) ?? (textAt(pod, 'status', 'reason') || undefined);
  const running = statuses(pod).some(
    (one) => valueAt(one, 'ready') === true && valueAt(one, 'state', 'running') !== undefined,
  );
  if (reason === 'Completed' && running) return holds(pod, 'Ready') ? 'Running' : 'NotReady';
  const gated = listAt(pod, 'status', 'conditions').some(
    (one) => textAt(one, 'type') === 'PodScheduled' && textAt(one, 'reason') === 'SchedulingGated',
  );
  return reason ?? (gated ? 'SchedulingGated' : phase);
};
