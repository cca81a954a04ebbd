import type { KubeObject } from '../../objects.ts';
import { type Cluster, isTerminating, ownedBy, saveStatus } from '../cluster.ts';
import { type Fields, fieldsAt, numberAt, textAt } from '../fields.ts';
import { templateHash } from '../hashes.ts';
import { createPod, deletePod, isActive, isPodReady } from '../pod-template.ts';
import { recordEvent } from '../record-event.ts';
import { PODS, STATEFUL_SETS } from '../resources.ts';
import { keepRevision, revisionOf } from './revisions.ts';

const ordinal = (pod: KubeObject): number => Number(/-(\d+)$/.exec(pod.metadata.name)?.[1] ?? -1);

/** One pod after another, each once those before it are ready; updates from the highest ordinal down. */
const reconcile = (cluster: Cluster, owner: KubeObject): void => {
  const hash = templateHash(fieldsAt(owner, 'spec', 'template'));
  keepRevision(cluster, owner, hash);
  const wanted = numberAt(owner, 'spec', 'replicas') ?? 1;
  const parallel = textAt(owner, 'spec', 'podManagementPolicy') === 'Parallel';
  const pods = (): readonly KubeObject[] => ownedBy(cluster, PODS, owner);
  for (const pod of pods()) {
    if (ordinal(pod) >= wanted || (!isActive(pod) && !isTerminating(pod))) deletePod(cluster, pod);
  }
  for (let index = 0; index < wanted; index += 1) {
    const present = pods().find((pod) => ordinal(pod) === index);
    if (present === undefined) {
      const pod = createPod(cluster, {
        owner,
        name: `${owner.metadata.name}-${index}`,
        exact: true,
        labels: {
          'controller-revision-hash': `${owner.metadata.name}-${hash}`,
          'statefulset.kubernetes.io/pod-name': `${owner.metadata.name}-${index}`,
          'apps.kubernetes.io/pod-index': String(index),
        },
        adapt: (spec) => ({
          ...spec,
          hostname: `${owner.metadata.name}-${index}`,
          subdomain: textAt(owner, 'spec', 'serviceName') ?? '',
        }),
      });
      recordEvent(cluster, owner, {
        type: 'Normal',
        reason: 'SuccessfulCreate',
        message: `create Pod ${pod.metadata.name} in StatefulSet ${owner.metadata.name} successful`,
        from: 'statefulset-controller',
      });
    }
    if (!parallel && (present === undefined || !isPodReady(present))) break;
  }
  const current = pods().filter((pod) => !isTerminating(pod));
  const old = current.filter((pod) => revisionOf(pod) !== `${owner.metadata.name}-${hash}`);
  if (textAt(owner, 'spec', 'updateStrategy', 'type') !== 'OnDelete' && current.length === wanted) {
    const last = [...old].sort((a, b) => ordinal(b) - ordinal(a))[0];
    const settled = pods().length === wanted && current.every((pod) => isPodReady(pod) || old.includes(pod));
    if (last !== undefined && settled) deletePod(cluster, last);
  }
  writeStatus(cluster, owner, `${owner.metadata.name}-${hash}`);
};

/** Go does not write a count of nothing. */
const defined = (counts: Readonly<Record<string, number>>): Fields =>
  Object.fromEntries(Object.entries(counts).filter(([, count]) => count !== 0));

const writeStatus = (cluster: Cluster, owner: KubeObject, revision: string): void => {
  const current = cluster.store.get(STATEFUL_SETS, owner.metadata.namespace, owner.metadata.name);
  if (current === undefined) return;
  const pods = ownedBy(cluster, PODS, owner).filter((pod) => !isTerminating(pod));
  const ready = pods.filter(isPodReady).length;
  const updated = pods.filter((pod) => revisionOf(pod) === revision).length;
  const wanted = numberAt(owner, 'spec', 'replicas') ?? 1;
  const before = textAt(current, 'status', 'currentRevision');
  saveStatus(cluster, STATEFUL_SETS, current, {
    observedGeneration: current.metadata.generation ?? 1,
    replicas: pods.length,
    availableReplicas: ready,
    ...defined({
      readyReplicas: ready,
      currentReplicas: pods.length - updated === 0 ? updated : pods.length - updated,
      updatedReplicas: updated,
    }),
    currentRevision: before === undefined || (updated === wanted && ready === wanted) ? revision : before,
    updateRevision: revision,
    collisionCount: 0,
  });
};

export const reconcileStatefulSets = (cluster: Cluster): void => {
  for (const owner of cluster.store.list(STATEFUL_SETS)) if (!isTerminating(owner)) reconcile(cluster, owner);
};
