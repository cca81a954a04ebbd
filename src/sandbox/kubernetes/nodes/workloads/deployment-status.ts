import type { KubeObject } from '../../objects.ts';
import { type Cluster, stamp, uid } from '../cluster.ts';
import { type Fields, at, listAt, numberAt } from '../fields.ts';
import { roomOf, wantedOf } from './deployment-sets.ts';

interface Told {
  readonly type: string;
  readonly status: string;
  readonly reason: string;
  readonly message: string;
}

/**
 * A condition that changed moves behind the others, as the controller writes them; its transition time stays while its status does.
 * What has the same status and reason is not touched, its message only where `fresh` asks for it.
 */
const tell = (cluster: Cluster, conditions: readonly Fields[], next: Told, fresh: boolean): readonly Fields[] => {
  const old = conditions.find((one) => one['type'] === next.type);
  const same = old?.['status'] === next.status && old['reason'] === next.reason;
  if (same && (!fresh || old['message'] === next.message)) return conditions;
  const now = stamp(cluster);
  const since = old?.['status'] === next.status ? old['lastTransitionTime'] : now;
  return [
    ...conditions.filter((one) => one['type'] !== next.type),
    { ...next, lastUpdateTime: now, lastTransitionTime: since },
  ];
};

const available: Told = {
  type: 'Available',
  status: 'True',
  reason: 'MinimumReplicasAvailable',
  message: 'Deployment has minimum availability.',
};
const unavailable: Told = {
  type: 'Available',
  status: 'False',
  reason: 'MinimumReplicasUnavailable',
  message: 'Deployment does not have minimum availability.',
};

/** How far a rollout is; undefined where nothing is to be said anew. */
const progress = (cluster: Cluster, owner: KubeObject, current: KubeObject | undefined, counts: Counts): Told => {
  const told = (status: string, reason: string, message: string): Told => ({
    type: 'Progressing',
    status,
    reason,
    message,
  });
  if (at(owner, 'spec', 'paused') === true || current === undefined) {
    cluster.delays.forget(uid(owner));
    return told('Unknown', 'DeploymentPaused', 'Deployment is paused');
  }
  const set = `ReplicaSet "${current.metadata.name}"`;
  const wanted = wantedOf(owner);
  const complete = counts.updated === wanted && counts.replicas === wanted && counts.available >= wanted;
  if (complete) {
    cluster.delays.forget(uid(owner));
    return told('True', 'NewReplicaSetAvailable', `${set} has successfully progressed.`);
  }
  const before = listAt(owner, 'status', 'conditions').find((one) => one['type'] === 'Progressing');
  // A rollout that was complete stays so while pods come and go: only another template begins a new one.
  if (before?.['reason'] === 'NewReplicaSetAvailable' && String(before['message']).startsWith(set))
    return told('True', 'NewReplicaSetAvailable', String(before['message']));
  const deadline = (numberAt(owner, 'spec', 'progressDeadlineSeconds') ?? 600) * 1000;
  const stage = `progress/${current.metadata.name}/${counts.ready}/${counts.updated}`;
  if (cluster.delays.passed(uid(owner), stage, deadline))
    return told('False', 'ProgressDeadlineExceeded', `${set} has timed out progressing.`);
  return told('True', 'ReplicaSetUpdated', `${set} is progressing.`);
};

interface Counts {
  readonly replicas: number;
  readonly ready: number;
  readonly available: number;
  readonly updated: number;
  readonly terminating: number;
}

const count = (sets: readonly KubeObject[], field: string): number =>
  sets.reduce((sum, set) => sum + (numberAt(set, 'status', field) ?? 0), 0);

/** The status of a Deployment out of that of its ReplicaSets. */
export const deploymentStatus = (
  cluster: Cluster,
  owner: KubeObject,
  current: KubeObject | undefined,
  all: readonly KubeObject[],
): Fields => {
  const counts: Counts = {
    replicas: count(all, 'replicas'),
    ready: count(all, 'readyReplicas'),
    available: count(all, 'availableReplicas'),
    updated: numberAt(current, 'status', 'replicas') ?? 0,
    terminating: count(all, 'terminatingReplicas'),
  };
  const wanted = wantedOf(owner);
  const enough = counts.available >= wanted - roomOf(owner).missing;
  // The controller counts what its ReplicaSets are to have, which may be more than there is yet.
  const total = all.reduce((sum, set) => sum + (numberAt(set, 'spec', 'replicas') ?? 0), 0);
  const missing = Math.max(0, total - counts.available);
  const before = listAt(owner, 'status', 'conditions');
  const told = tell(cluster, before, enough ? available : unavailable, false);
  return {
    observedGeneration: owner.metadata.generation ?? 1,
    ...(counts.replicas === 0 ? {} : { replicas: counts.replicas }),
    ...(counts.updated === 0 ? {} : { updatedReplicas: counts.updated }),
    ...(counts.ready === 0 ? {} : { readyReplicas: counts.ready }),
    ...(counts.available === 0 ? {} : { availableReplicas: counts.available }),
    ...(missing === 0 ? {} : { unavailableReplicas: missing }),
    terminatingReplicas: counts.terminating,
    ...(at(owner, 'status', 'collisionCount') === undefined
      ? {}
      : { collisionCount: at(owner, 'status', 'collisionCount') }),
    conditions: tell(cluster, told, progress(cluster, owner, current, counts), true),
  };
};
