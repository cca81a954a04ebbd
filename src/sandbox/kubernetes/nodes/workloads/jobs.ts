import type { KubeObject } from '../../objects.ts';
import { type Cluster, condition, isTerminating, ownedBy, saveStatus, stamp } from '../cluster.ts';
import { type Fields, flagAt, listAt, numberAt, textAt } from '../fields.ts';
import { createPod, deletePod, isActive, isPodReady } from '../pod-template.ts';
import { JOBS, PODS } from '../resources.ts';

const count = (pods: readonly KubeObject[], phase: string): number =>
  pods.filter((pod) => textAt(pod, 'status', 'phase') === phase).length;

/** Pods until enough of them succeeded, or more failed than the backoff limit allows. */
const reconcile = (cluster: Cluster, owner: KubeObject): void => {
  const done = listAt(owner, 'status', 'conditions').some(
    (one) => ['Complete', 'Failed'].includes(textAt(one, 'type') ?? '') && one['status'] === 'True',
  );
  if (done || flagAt(owner, 'spec', 'suspend')) return;
  const pods = ownedBy(cluster, PODS, owner);
  const wanted = numberAt(owner, 'spec', 'completions') ?? 1;
  const [succeeded, failed, active] = [count(pods, 'Succeeded'), count(pods, 'Failed'), pods.filter(isActive)];
  const limit = numberAt(owner, 'spec', 'backoffLimit') ?? 6;
  const complete = succeeded >= wanted;
  const broken = failed > limit;
  const room = Math.min(numberAt(owner, 'spec', 'parallelism') ?? 1, wanted - succeeded) - active.length;
  if (!complete && !broken)
    for (let index = 0; index < room; index += 1)
      createPod(cluster, {
        owner,
        name: owner.metadata.name,
        labels: { 'batch.kubernetes.io/job-name': owner.metadata.name, 'job-name': owner.metadata.name },
      });
  if (broken) for (const pod of active) deletePod(cluster, pod);
  const running = ownedBy(cluster, PODS, owner).filter(isActive);
  const previous = listAt(owner, 'status', 'conditions');
  const ended = (type: string, reason: string, message: string): readonly Fields[] => [
    condition(cluster, previous, { type, status: 'True', reason, message, lastProbeTime: stamp(cluster) }),
  ];
  const current = cluster.store.get(JOBS, owner.metadata.namespace, owner.metadata.name) ?? owner;
  saveStatus(cluster, JOBS, current, {
    startTime: textAt(owner, 'status', 'startTime') ?? stamp(cluster),
    ...(running.length === 0 ? {} : { active: running.length }),
    ready: running.filter(isPodReady).length,
    ...(succeeded === 0 ? {} : { succeeded }),
    ...(failed === 0 ? {} : { failed }),
    ...(complete
      ? {
          completionTime: stamp(cluster),
          conditions: ended('Complete', 'CompletionsReached', 'Reached expected number of succeeded pods'),
        }
      : {}),
    ...(broken
      ? { conditions: ended('Failed', 'BackoffLimitExceeded', 'Job has reached the specified backoff limit') }
      : {}),
  });
};

export const reconcileJobs = (cluster: Cluster): void => {
  for (const owner of cluster.store.list(JOBS)) if (!isTerminating(owner)) reconcile(cluster, owner);
};
