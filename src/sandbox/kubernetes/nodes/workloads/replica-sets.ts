import type { KubeObject } from '../../objects.ts';
import { type Cluster, isTerminating, ownedBy, saveStatus } from '../cluster.ts';
import { numberAt, textAt } from '../fields.ts';
import { createPod, deletePod, isActive, isPodReady } from '../pod-template.ts';
import { recordEvent } from '../record-event.ts';
import { PODS, REPLICA_SETS } from '../resources.ts';

/** Pods that would be missed least first: unscheduled, then not ready, then the youngest. */
const byWorth = (a: KubeObject, b: KubeObject): number =>
  worth(a) - worth(b) || (b.metadata.creationTimestamp ?? '').localeCompare(a.metadata.creationTimestamp ?? '');

const worth = (pod: KubeObject): number =>
  textAt(pod, 'spec', 'nodeName') === undefined ? 0 : isPodReady(pod) ? 2 : 1;

const tell = (cluster: Cluster, owner: KubeObject, reason: string, message: string): void =>
  recordEvent(cluster, owner, { type: 'Normal', reason, message, from: 'replicaset-controller' });

const createAndTell = (cluster: Cluster, owner: KubeObject): void => {
  const pod = createPod(cluster, { owner, name: owner.metadata.name });
  tell(cluster, owner, 'SuccessfulCreate', `Created pod: ${pod.metadata.name}`);
};

const deleteAndTell = (cluster: Cluster, owner: KubeObject, pod: KubeObject): void => {
  deletePod(cluster, pod);
  tell(cluster, owner, 'SuccessfulDelete', `Deleted pod: ${pod.metadata.name}`);
};

const reconcile = (cluster: Cluster, owner: KubeObject): void => {
  const wanted = numberAt(owner, 'spec', 'replicas') ?? 1;
  const active = ownedBy(cluster, PODS, owner).filter(isActive);
  for (let missing = wanted - active.length; missing > 0; missing -= 1) createAndTell(cluster, owner);
  for (const pod of [...active].sort(byWorth).slice(0, Math.max(0, active.length - wanted)))
    deleteAndTell(cluster, owner, pod);
  const current = cluster.store.get(REPLICA_SETS, owner.metadata.namespace, owner.metadata.name);
  if (current === undefined) return;
  const pods = ownedBy(cluster, PODS, owner).filter(isActive);
  const ready = pods.filter(isPodReady).length;
  saveStatus(cluster, REPLICA_SETS, current, {
    replicas: pods.length,
    ...(pods.length === 0 ? {} : { fullyLabeledReplicas: pods.length }),
    ...(ready === 0 ? {} : { readyReplicas: ready, availableReplicas: ready }),
    terminatingReplicas: ownedBy(cluster, PODS, owner).filter(isTerminating).length,
    observedGeneration: current.metadata.generation ?? 1,
  });
};

export const reconcileReplicaSets = (cluster: Cluster): void => {
  for (const owner of cluster.store.list(REPLICA_SETS)) if (!isTerminating(owner)) reconcile(cluster, owner);
};
