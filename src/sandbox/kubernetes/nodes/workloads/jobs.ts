import type { KubeObject } from '../../objects.ts';
import { type Cluster, condition, isTerminating, ownedBy, saveStatus, stamp, uid } from '../cluster.ts';
import { type Fields, at, flagAt, listAt, numberAt, textAt } from '../fields.ts';
import { createPod, deletePod, isActive, isPodReady } from '../pod-template.ts';
import { recordEvent } from '../record-event.ts';
import { JOBS, PODS } from '../resources.ts';

const count = (pods: readonly KubeObject[], phase: string): number =>
  pods.filter((pod) => textAt(pod, 'status', 'phase') === phase).length;

const tell = (cluster: Cluster, owner: KubeObject, reason: string, message: string, warning = false): void =>
  recordEvent(cluster, owner, { type: warning ? 'Warning' : 'Normal', reason, message, from: 'job-controller' });

interface End {
  /** The condition that announces the end, and the one that says it. */
  readonly types: readonly [string, string];
  readonly reason: string;
  readonly message: string;
}

const completed: End = {
  types: ['SuccessCriteriaMet', 'Complete'],
  reason: 'CompletionsReached',
  message: 'Reached expected number of succeeded pods',
};
const broken: End = {
  types: ['FailureTarget', 'Failed'],
  reason: 'BackoffLimitExceeded',
  message: 'Job has reached the specified backoff limit',
};
const late: End = {
  types: ['FailureTarget', 'Failed'],
  reason: 'DeadlineExceeded',
  message: 'Job was active longer than specified deadline',
};

const isLate = (cluster: Cluster, owner: KubeObject): boolean => {
  const seconds = numberAt(owner, 'spec', 'activeDeadlineSeconds');
  return seconds !== undefined && cluster.delays.passed(uid(owner), 'deadline', seconds * 1000);
};

const endOf = (cluster: Cluster, owner: KubeObject, pods: readonly KubeObject[]): End | undefined => {
  if (count(pods, 'Succeeded') >= (numberAt(owner, 'spec', 'completions') ?? 1)) return completed;
  if (count(pods, 'Failed') > (numberAt(owner, 'spec', 'backoffLimit') ?? 6)) return broken;
  return isLate(cluster, owner) ? late : undefined;
};

const startPods = (cluster: Cluster, owner: KubeObject, room: number): void => {
  const { name } = owner.metadata;
  const labels = {
    'batch.kubernetes.io/controller-uid': uid(owner),
    'batch.kubernetes.io/job-name': name,
    'controller-uid': uid(owner),
    'job-name': name,
  };
  for (let index = 0; index < room; index += 1) {
    const pod = createPod(cluster, { owner, name, labels });
    tell(cluster, owner, 'SuccessfulCreate', `Created pod: ${pod.metadata.name}`);
  }
};

/** Pods until enough of them succeeded, more failed than the backoff limit allows, or the time is over. */
const reconcile = (cluster: Cluster, owner: KubeObject): void => {
  const done = listAt(owner, 'status', 'conditions').some(
    (one) => ['Complete', 'Failed'].includes(textAt(one, 'type') ?? '') && one['status'] === 'True',
  );
  if (done || flagAt(owner, 'spec', 'suspend')) return;
  const pods = ownedBy(cluster, PODS, owner);
  const active = pods.filter(isActive);
  const end = endOf(cluster, owner, pods);
  const succeeded = count(pods, 'Succeeded');
  const missing = (numberAt(owner, 'spec', 'completions') ?? 1) - succeeded;
  if (end === undefined)
    startPods(cluster, owner, Math.min(numberAt(owner, 'spec', 'parallelism') ?? 1, missing) - active.length);
  else if (end !== completed) for (const pod of active) deletePod(cluster, pod);
  // A pod that is ended with its Job counts as one that failed.
  writeStatus(cluster, owner, end, end === undefined || end === completed ? 0 : active.length);
};

const writeStatus = (cluster: Cluster, owner: KubeObject, end: End | undefined, killed: number): void => {
  const pods = ownedBy(cluster, PODS, owner);
  const running = pods.filter(isActive);
  const terminating = pods.filter(isTerminating).length;
  const previous = listAt(owner, 'status', 'conditions');
  const [announced, final] = end?.types ?? [];
  // The end is announced at once and said when the last pod has gone.
  const types = [announced, ...(running.length === 0 && terminating === 0 ? [final] : [])];
  const conditions: readonly Fields[] = types.flatMap((type) =>
    type === undefined || end === undefined
      ? []
      : [
          condition(cluster, previous, {
            type,
            status: 'True',
            reason: end.reason,
            message: end.message,
            lastProbeTime: stamp(cluster),
          }),
        ],
  );
  const succeeded = count(pods, 'Succeeded');
  const failed = Math.max(numberAt(owner, 'status', 'failed') ?? 0, count(pods, 'Failed') + killed);
  const isOver = end !== undefined && types.length === 2;
  if (isOver) sayEnd(cluster, owner, end);
  const current = cluster.store.get(JOBS, owner.metadata.namespace, owner.metadata.name) ?? owner;
  saveStatus(cluster, JOBS, current, {
    startTime: textAt(owner, 'status', 'startTime') ?? stamp(cluster),
    ...(running.length === 0 ? {} : { active: running.length }),
    ready: running.filter(isPodReady).length,
    terminating,
    uncountedTerminatedPods: at(owner, 'status', 'uncountedTerminatedPods') ?? {},
    ...(succeeded === 0 ? {} : { succeeded }),
    ...(failed === 0 ? {} : { failed }),
    ...(isOver && end === completed ? { completionTime: stamp(cluster) } : {}),
    ...(conditions.length === 0 ? {} : { conditions }),
  });
};

const sayEnd = (cluster: Cluster, owner: KubeObject, end: End): void => {
  if (end === completed) tell(cluster, owner, 'Completed', 'Job completed');
  else tell(cluster, owner, end.reason, end.message, true);
};

export const reconcileJobs = (cluster: Cluster): void => {
  for (const owner of cluster.store.list(JOBS)) if (!isTerminating(owner)) reconcile(cluster, owner);
};
