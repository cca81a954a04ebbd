import { randomUUID } from 'node:crypto';
import { withJobIdentity } from '../../job-identity.ts';
import type { KubeObject } from '../../objects.ts';
import { type Cluster, isTerminating, ownedBy, ownerReference, saveStatus, stamp, uid } from '../cluster.ts';
import { fieldsAt, flagAt, listAt, numberAt, textAt, textMapAt } from '../fields.ts';
import { CRON_JOBS, JOBS } from '../resources.ts';
import { nextRun } from './cron-schedule.ts';

const isDone = (job: KubeObject): boolean =>
  listAt(job, 'status', 'conditions').some((one) => ['Complete', 'Failed'].includes(textAt(one, 'type') ?? ''));

const start = (cluster: Cluster, owner: KubeObject): void => {
  const template = fieldsAt(owner, 'spec', 'jobTemplate');
  const name = `${owner.metadata.name}-${Math.floor(cluster.clock.now() / 1000)}`;
  if (cluster.store.get(JOBS, owner.metadata.namespace, name) !== undefined) return;
  const job: KubeObject = {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: {
      name,
      namespace: owner.metadata.namespace ?? 'default',
      labels: textMapAt(template, 'metadata', 'labels'),
      ownerReferences: [ownerReference(owner)],
    },
    spec: fieldsAt(template, 'spec'),
  };
  cluster.store.create(JOBS, withJobIdentity(job, randomUUID()), job);
  saveStatus(cluster, CRON_JOBS, owner, { ...fieldsAt(owner, 'status'), lastScheduleTime: stamp(cluster) });
};

/** Milliseconds until the first run, or between two: a duration like every other here, so that a fast sandbox runs its jobs more often. */
const waitFor = (owner: KubeObject, now: number): number | undefined => {
  const schedule = textAt(owner, 'spec', 'schedule') ?? '';
  const due = nextRun(schedule, now);
  if (due === undefined || textAt(owner, 'status', 'lastScheduleTime') === undefined)
    return due === undefined ? undefined : due - now;
  return (nextRun(schedule, due) ?? due) - due;
};

/** Runs when its schedule says. */
const reconcile = (cluster: Cluster, owner: KubeObject): void => {
  const jobs = ownedBy(cluster, JOBS, owner);
  const keep = numberAt(owner, 'spec', 'successfulJobsHistoryLimit') ?? 3;
  for (const job of jobs.filter(isDone).slice(0, -keep || undefined))
    cluster.store.remove(JOBS, job.metadata.namespace, job.metadata.name);
  if (flagAt(owner, 'spec', 'suspend')) return;
  const now = cluster.clock.now();
  const wait = waitFor(owner, now);
  if (wait === undefined || !cluster.delays.passed(uid(owner), 'schedule', wait)) return;
  cluster.delays.forget(uid(owner), 'schedule');
  const active = jobs.filter((job) => !isDone(job));
  const policy = textAt(owner, 'spec', 'concurrencyPolicy') ?? 'Allow';
  if (active.length > 0 && policy === 'Forbid') return;
  if (policy === 'Replace')
    for (const job of active) cluster.store.remove(JOBS, job.metadata.namespace, job.metadata.name);
  start(cluster, owner);
};

export const reconcileCronJobs = (cluster: Cluster): void => {
  for (const owner of cluster.store.list(CRON_JOBS)) if (!isTerminating(owner)) reconcile(cluster, owner);
};
