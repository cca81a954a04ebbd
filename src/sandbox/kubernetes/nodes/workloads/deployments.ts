import type { KubeObject } from '../../objects.ts';
import { type Cluster, condition, isTerminating, ownedBy, ownerReference, save, uid } from '../cluster.ts';
import { type Fields, at, fieldsAt, intOrPercent, listAt, numberAt, textAt, textMapAt } from '../fields.ts';
import { templateHash } from '../hashes.ts';
import { isActive, isPodReady } from '../pod-template.ts';
import { DEPLOYMENTS, PODS, REPLICA_SETS } from '../resources.ts';

const REVISION = 'deployment.kubernetes.io/revision';

const scale = (cluster: Cluster, set: KubeObject, replicas: number): void => {
  if (numberAt(set, 'spec', 'replicas') === replicas) return;
  cluster.store.replace(REPLICA_SETS, { ...set, spec: { ...fieldsAt(set, 'spec'), replicas } });
};

const newest = (sets: readonly KubeObject[]): number =>
  Math.max(0, ...sets.map((set) => Number(set.metadata.annotations?.[REVISION] ?? 0)));

/** A ReplicaSet whose Deployment was deleted without it comes under the new one of the same name. */
const adopt = (cluster: Cluster, owner: KubeObject, orphan: KubeObject, revision: number): KubeObject => {
  const annotations = { ...orphan.metadata.annotations, [REVISION]: String(revision) };
  const metadata = { ...orphan.metadata, annotations, ownerReferences: [ownerReference(owner)] };
  return cluster.store.replace(REPLICA_SETS, { ...orphan, metadata });
};

/** The ReplicaSet of the current template; an older one of the same template comes back under the next revision. */
const currentSet = (cluster: Cluster, owner: KubeObject, sets: readonly KubeObject[]): KubeObject => {
  const template = fieldsAt(owner, 'spec', 'template');
  const hash = templateHash(template);
  const name = `${owner.metadata.name}-${hash}`;
  const known = sets.find((set) => set.metadata.name === name);
  if (known !== undefined) {
    if (Number(known.metadata.annotations?.[REVISION]) === newest(sets)) return known;
    return cluster.store.replace(REPLICA_SETS, {
      ...known,
      metadata: {
        ...known.metadata,
        annotations: { ...known.metadata.annotations, [REVISION]: String(newest(sets) + 1) },
      },
    });
  }
  const orphan = cluster.store.get(REPLICA_SETS, owner.metadata.namespace, name);
  if (orphan !== undefined) return adopt(cluster, owner, orphan, newest(sets) + 1);
  const labels = { ...textMapAt(template, 'metadata', 'labels'), 'pod-template-hash': hash };
  const selector = fieldsAt(owner, 'spec', 'selector');
  return cluster.store.create(REPLICA_SETS, {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name,
      namespace: owner.metadata.namespace ?? 'default',
      labels,
      annotations: {
        [REVISION]: String(newest(sets) + 1),
        'deployment.kubernetes.io/desired-replicas': String(numberAt(owner, 'spec', 'replicas') ?? 1),
      },
      ownerReferences: [ownerReference(owner)],
    },
    spec: {
      replicas: 0,
      selector: { ...selector, matchLabels: { ...textMapAt(selector, 'matchLabels'), 'pod-template-hash': hash } },
      template: { ...template, metadata: { ...fieldsAt(template, 'metadata'), labels } },
    },
    status: { replicas: 0 },
  });
};

/** One turn of a rolling update: up to maxSurge more new pods, and as many old ones away as maxUnavailable leaves room for. */
const roll = (cluster: Cluster, owner: KubeObject, current: KubeObject, old: readonly KubeObject[]): void => {
  const wanted = numberAt(owner, 'spec', 'replicas') ?? 1;
  const strategy = fieldsAt(owner, 'spec', 'strategy');
  const pods = (set: KubeObject): readonly KubeObject[] => ownedBy(cluster, PODS, set).filter(isActive);
  const size = (set: KubeObject): number => numberAt(set, 'spec', 'replicas') ?? 0;
  if (textAt(strategy, 'type') === 'Recreate') {
    for (const set of old) scale(cluster, set, 0);
    if (old.every((set) => ownedBy(cluster, PODS, set).length === 0)) scale(cluster, current, wanted);
    return;
  }
  const surge = intOrPercent(at(strategy, 'rollingUpdate', 'maxSurge'), wanted, 'up', Math.ceil(wanted / 4));
  const mayMiss = intOrPercent(at(strategy, 'rollingUpdate', 'maxUnavailable'), wanted, 'down', Math.floor(wanted / 4));
  const oldTotal = old.reduce((sum, set) => sum + size(set), 0);
  scale(
    cluster,
    current,
    Math.min(wanted, Math.max(size(current) > wanted ? wanted : size(current), wanted + surge - oldTotal)),
  );
  // What does not run serves nobody: it goes first and costs nothing of the allowance.
  const readyNew = pods(current).filter(isPodReady).length;
  const readyOld = old.reduce((sum, set) => sum + pods(set).filter(isPodReady).length, 0);
  let spare = readyNew + readyOld - (wanted - Math.max(mayMiss, surge === 0 ? 1 : 0));
  for (const set of old) {
    const broken = pods(set).filter((pod) => !isPodReady(pod)).length;
    const take = Math.min(size(set), Math.max(0, spare) + broken);
    spare -= Math.max(0, take - broken);
    scale(cluster, set, size(set) - take);
  }
};

const status = (cluster: Cluster, owner: KubeObject, current: KubeObject, all: readonly KubeObject[]): Fields => {
  const wanted = numberAt(owner, 'spec', 'replicas') ?? 1;
  const count = (field: string): number => all.reduce((sum, set) => sum + (numberAt(set, 'status', field) ?? 0), 0);
  const [replicas, ready, updated] = [
    count('replicas'),
    count('readyReplicas'),
    numberAt(current, 'status', 'replicas') ?? 0,
  ];
  const mayMiss = intOrPercent(
    at(owner, 'spec', 'strategy', 'rollingUpdate', 'maxUnavailable'),
    wanted,
    'down',
    Math.floor(wanted / 4),
  );
  const surge = intOrPercent(
    at(owner, 'spec', 'strategy', 'rollingUpdate', 'maxSurge'),
    wanted,
    'up',
    Math.ceil(wanted / 4),
  );
  const enough = ready >= wanted - (mayMiss === 0 && surge === 0 ? 1 : mayMiss);
  const complete =
    updated === wanted && replicas === wanted && (numberAt(current, 'status', 'readyReplicas') ?? 0) === wanted;
  const previous = listAt(owner, 'status', 'conditions');
  const late =
    !complete &&
    cluster.delays.passed(
      uid(owner),
      `progress/${current.metadata.name}/${ready}`,
      (numberAt(owner, 'spec', 'progressDeadlineSeconds') ?? 600) * 1000,
    );
  if (complete) cluster.delays.forget(uid(owner));
  const progress = complete
    ? {
        status: 'True',
        reason: 'NewReplicaSetAvailable',
        message: `ReplicaSet "${current.metadata.name}" has successfully progressed.`,
      }
    : late
      ? {
          status: 'False',
          reason: 'ProgressDeadlineExceeded',
          message: `ReplicaSet "${current.metadata.name}" has timed out progressing.`,
        }
      : {
          status: 'True',
          reason: 'ReplicaSetUpdated',
          message: `ReplicaSet "${current.metadata.name}" is progressing.`,
        };
  return {
    observedGeneration: owner.metadata.generation ?? 1,
    ...(replicas === 0 ? {} : { replicas }),
    ...(updated === 0 ? {} : { updatedReplicas: updated }),
    ...(ready === 0 ? {} : { readyReplicas: ready, availableReplicas: ready }),
    ...(ready >= Math.max(wanted, replicas) ? {} : { unavailableReplicas: Math.max(wanted, replicas) - ready }),
    conditions: [
      condition(
        cluster,
        previous,
        enough
          ? {
              type: 'Available',
              status: 'True',
              reason: 'MinimumReplicasAvailable',
              message: 'Deployment has minimum availability.',
            }
          : {
              type: 'Available',
              status: 'False',
              reason: 'MinimumReplicasUnavailable',
              message: 'Deployment does not have minimum availability.',
            },
      ),
      condition(cluster, previous, { type: 'Progressing', ...progress }),
    ].map((one) => ({ ...one, lastUpdateTime: one['lastTransitionTime'] })),
  };
};

/** Empty ReplicaSets beyond the history that was asked for. */
const forgetOldest = (cluster: Cluster, owner: KubeObject, old: readonly KubeObject[]): void => {
  const empty = old.filter(
    (set) => numberAt(set, 'spec', 'replicas') === 0 && (numberAt(set, 'status', 'replicas') ?? 0) === 0,
  );
  const revision = (set: KubeObject): number => Number(set.metadata.annotations?.[REVISION] ?? 0);
  const beyond = empty.length - (numberAt(owner, 'spec', 'revisionHistoryLimit') ?? 10);
  for (const set of [...empty].sort((a, b) => revision(a) - revision(b)).slice(0, Math.max(0, beyond))) {
    cluster.store.remove(REPLICA_SETS, set.metadata.namespace, set.metadata.name);
  }
};

const reconcile = (cluster: Cluster, owner: KubeObject): void => {
  const current = currentSet(cluster, owner, ownedBy(cluster, REPLICA_SETS, owner));
  const old = ownedBy(cluster, REPLICA_SETS, owner).filter((set) => set.metadata.name !== current.metadata.name);
  if (at(owner, 'spec', 'paused') !== true) roll(cluster, owner, current, old);
  forgetOldest(cluster, owner, old);
  const all = ownedBy(cluster, REPLICA_SETS, owner);
  const fresh = all.find((set) => set.metadata.name === current.metadata.name);
  if (fresh === undefined) return;
  save(cluster, DEPLOYMENTS, {
    ...owner,
    metadata: {
      ...owner.metadata,
      annotations: { ...owner.metadata.annotations, [REVISION]: fresh.metadata.annotations?.[REVISION] ?? '1' },
    },
    status: status(cluster, owner, fresh, all),
  });
};

export const reconcileDeployments = (cluster: Cluster): void => {
  for (const owner of cluster.store.list(DEPLOYMENTS)) if (!isTerminating(owner)) reconcile(cluster, owner);
};
