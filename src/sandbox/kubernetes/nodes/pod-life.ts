import type { KubeObject } from '../objects.ts';
import { type Cluster, condition, isTerminating, save, stamp, uid } from './cluster.ts';
import { waiting } from './container-image.ts';
import { advanceContainer, statusesAt } from './container-life.ts';
import type { Life } from './life.ts';
import { type Fields, fieldsAt, listAt, numberAt, textAt } from './fields.ts';
import { networkObstacle, nodeOf, podAddress } from './kubelet-network.ts';
import { isBroken, nodeAddress } from './node-lifecycle.ts';
import { observed } from './pod-conditions.ts';
import { recordEvent } from './record-event.ts';
import { PODS } from './resources.ts';
import { failedMount } from './volumes.ts';

const SANDBOX_MS = 1_000;
const TERMINATE_MS = 1_500;

const ended = (status: Fields | undefined): number | undefined => numberAt(status, 'state', 'terminated', 'exitCode');

const phaseOf = (pod: KubeObject, inits: readonly Fields[], mains: readonly Fields[]): string => {
  const policy = textAt(pod, 'spec', 'restartPolicy') ?? 'Always';
  const failedInit = inits.some((one) => (ended(one) ?? 0) !== 0);
  if (policy === 'Never' && failedInit) return 'Failed';
  if (inits.some((one) => ended(one) !== 0)) return 'Pending';
  const codes = mains.map(ended);
  if (codes.every((code) => code !== undefined) && policy !== 'Always') {
    if (codes.every((code) => code === 0)) return 'Succeeded';
    if (policy === 'Never') return 'Failed';
  }
  const begun = mains.every(
    (one) =>
      'running' in fieldsAt(one, 'state') ||
      'terminated' in fieldsAt(one, 'state') ||
      Object.keys(fieldsAt(one, 'lastState')).length > 0,
  );
  return begun ? 'Running' : 'Pending';
};

const conditions = (
  cluster: Cluster,
  pod: KubeObject,
  sandboxed: boolean,
  inits: readonly Fields[],
  mains: readonly Fields[],
): readonly Fields[] => {
  const previous = listAt(pod, 'status', 'conditions');
  const initialized = inits.every((one) => ended(one) === 0);
  const unready = mains.filter((one) => one['ready'] !== true).map((one) => textAt(one, 'name') ?? '');
  const incomplete = inits.filter((one) => ended(one) !== 0).map((one) => textAt(one, 'name') ?? '');
  const done = mains.length > 0 && mains.every((one) => ended(one) === 0);
  const not =
    unready.length === 0
      ? {}
      : done
        ? { reason: 'PodCompleted' }
        : { reason: 'ContainersNotReady', message: `containers with unready status: [${unready.join(' ')}]` };
  const yes = (good: boolean): string => (good ? 'True' : 'False');
  const told = (next: Fields & { readonly type: string; readonly status: string }): Fields =>
    condition(cluster, previous, { ...next, ...observed(pod) });
  return [
    told({ type: 'PodReadyToStartContainers', status: yes(sandboxed) }),
    told({
      type: 'Initialized',
      status: yes(initialized),
      ...(initialized
        ? {}
        : {
            reason: 'ContainersNotInitialized',
            message: `containers with incomplete status: [${incomplete.join(' ')}]`,
          }),
    }),
    told({ type: 'Ready', status: yes(unready.length === 0), ...not }),
    told({ type: 'ContainersReady', status: yes(unready.length === 0), ...not }),
    told({ type: 'PodScheduled', status: 'True' }),
  ];
};

/** What keeps the pod's containers from being made at all; it is said in an event. */
const blocked = (life: Life, pod: KubeObject, node: KubeObject): boolean => {
  const mount = failedMount(life.cluster, pod);
  if (mount !== undefined)
    recordEvent(life.cluster, pod, { type: 'Warning', reason: 'FailedMount', message: mount, from: 'kubelet' });
  const network = networkObstacle(life.cluster, pod, node);
  if (network !== undefined) recordEvent(life.cluster, pod, { type: 'Warning', ...network, from: 'kubelet' });
  return mount !== undefined || network !== undefined || podAddress(life.cluster, pod, node) === undefined;
};

const advanceInits = (life: Life, pod: KubeObject): readonly Fields[] => {
  const before = statusesAt(pod, 'initContainerStatuses');
  const after: Fields[] = [];
  for (const container of listAt(pod, 'spec', 'initContainers')) {
    const previous = before.get(textAt(container, 'name') ?? '');
    const turn = after.every((one) => ended(one) === 0);
    after.push(
      turn
        ? advanceContainer(life, pod, container, previous, true)
        : (previous ?? waiting(container, 'PodInitializing')),
    );
  }
  return after;
};

const advanceMains = (life: Life, pod: KubeObject, initialized: boolean, creating: string): readonly Fields[] => {
  const before = statusesAt(pod, 'containerStatuses');
  return listAt(pod, 'spec', 'containers').map((container) => {
    const previous = before.get(textAt(container, 'name') ?? '');
    return initialized
      ? advanceContainer(life, pod, container, previous, false)
      : (previous ?? waiting(container, creating));
  });
};

const finish = (life: Life, pod: KubeObject): void => {
  if (!life.cluster.delays.passed(uid(pod), 'terminate', TERMINATE_MS)) return;
  for (const container of listAt(pod, 'spec', 'containers')) {
    if ('running' in fieldsAt(statusesAt(pod, 'containerStatuses').get(textAt(container, 'name') ?? ''), 'state'))
      life.watcher.ended(pod, container, 0);
  }
  life.cluster.store.remove(PODS, pod.metadata.namespace, pod.metadata.name);
};

const advance = (life: Life, pod: KubeObject): void => {
  const { cluster } = life;
  const node = nodeOf(cluster, pod);
  if (node === undefined || ['Succeeded', 'Failed'].includes(textAt(pod, 'status', 'phase') ?? '')) return;
  const status = fieldsAt(pod, 'status');
  const address = textAt(status, 'podIP');
  // Nothing is started where the container runtime is down; what runs goes on.
  if (address === undefined && isBroken(cluster, node.metadata.name)) return;
  // A sandbox that stands has its volumes and network: losing either later does not undo it.
  const sandboxed =
    address !== undefined || (!blocked(life, pod, node) && cluster.delays.passed(uid(pod), 'sandbox', SANDBOX_MS));
  const hasInits = listAt(pod, 'spec', 'initContainers').length > 0;
  const inits = sandboxed
    ? advanceInits(life, pod)
    : listAt(pod, 'spec', 'initContainers').map((one) => waiting(one, 'PodInitializing'));
  const initialized = sandboxed && inits.every((one) => ended(one) === 0);
  const mains = advanceMains(life, pod, initialized, hasInits ? 'PodInitializing' : 'ContainerCreating');
  const podIP = sandboxed ? (address ?? podAddress(cluster, pod, node)) : undefined;
  const hostIP = nodeAddress(node);
  save(cluster, PODS, {
    ...pod,
    status: {
      ...status,
      observedGeneration: pod.metadata.generation ?? 1,
      phase: phaseOf(pod, inits, mains),
      conditions: conditions(cluster, pod, sandboxed, inits, mains),
      hostIP,
      hostIPs: [{ ip: hostIP }],
      ...(podIP === undefined ? {} : { podIP, podIPs: [{ ip: podIP }] }),
      startTime: textAt(status, 'startTime') ?? stamp(cluster),
      ...(hasInits ? { initContainerStatuses: inits } : {}),
      containerStatuses: mains,
    },
  });
};

/** What the kubelets do in one turn: each pod of each node one step further. */
export const reconcilePods = (life: Life): void => {
  for (const pod of life.cluster.store.list(PODS)) {
    if (textAt(pod, 'spec', 'nodeName') === undefined) continue;
    if (isTerminating(pod)) finish(life, pod);
    else advance(life, pod);
  }
};
