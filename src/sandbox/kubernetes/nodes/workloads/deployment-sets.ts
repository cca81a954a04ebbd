import type { KubeObject } from '../../objects.ts';
import { type Cluster, ownerReference, save } from '../cluster.ts';
import { at, fieldsAt, intOrPercent, numberAt, textAt, textMapAt } from '../fields.ts';
import { templateHash } from '../hashes.ts';
import { recordEvent } from '../record-event.ts';
import { REPLICA_SETS } from '../resources.ts';

export const REVISION = 'deployment.kubernetes.io/revision';
const HISTORY = 'deployment.kubernetes.io/revision-history';
const DESIRED = 'deployment.kubernetes.io/desired-replicas';
const MOST = 'deployment.kubernetes.io/max-replicas';
const ownAnnotations = new Set([
  REVISION,
  HISTORY,
  DESIRED,
  MOST,
  'deprecated.deployment.rollback.to',
  'kubectl.kubernetes.io/last-applied-configuration',
]);

export const sizeOf = (set: KubeObject): number => numberAt(set, 'spec', 'replicas') ?? 0;
export const wantedOf = (owner: KubeObject): number => numberAt(owner, 'spec', 'replicas') ?? 1;

/** How many pods may be there beyond those that are wanted, and how many of them may be missing. */
export const roomOf = (owner: KubeObject): { readonly surge: number; readonly missing: number } => {
  const wanted = wantedOf(owner);
  if (textAt(owner, 'spec', 'strategy', 'type') === 'Recreate') return { surge: 0, missing: 0 };
  const rolling = fieldsAt(owner, 'spec', 'strategy', 'rollingUpdate');
  const surge = intOrPercent(rolling['maxSurge'], wanted, 'up', Math.ceil(wanted / 4));
  const missing = intOrPercent(rolling['maxUnavailable'], wanted, 'down', Math.floor(wanted / 4));
  return { surge, missing: surge === 0 && missing === 0 ? 1 : missing };
};

/** Gives a ReplicaSet another size and says so. */
export const scaleSet = (cluster: Cluster, owner: KubeObject, set: KubeObject, replicas: number): void => {
  const before = sizeOf(set);
  if (before === replicas) return;
  cluster.store.replace(REPLICA_SETS, { ...set, spec: { ...fieldsAt(set, 'spec'), replicas } });
  sayScaled(cluster, owner, set.metadata.name, before, replicas);
};

export const sayScaled = (cluster: Cluster, owner: KubeObject, name: string, before: number, after: number): void =>
  recordEvent(cluster, owner, {
    type: 'Normal',
    reason: 'ScalingReplicaSet',
    message: `Scaled ${after > before ? 'up' : 'down'} replica set ${name} from ${before} to ${after}`,
    from: 'deployment-controller',
  });

const newest = (sets: readonly KubeObject[]): number =>
  Math.max(0, ...sets.map((set) => Number(set.metadata.annotations?.[REVISION] ?? 0)));

/** What a ReplicaSet carries of its Deployment's annotations, and the controller's own notes. */
const annotationsFor = (owner: KubeObject, set: KubeObject | undefined, revision: number): Record<string, string> => {
  const old = set?.metadata.annotations ?? {};
  const before = old[REVISION];
  const passed = Object.entries(owner.metadata.annotations ?? {}).filter(([key]) => !ownAnnotations.has(key));
  const history = [...(old[HISTORY]?.split(',') ?? []), ...(before === undefined ? [] : [before])];
  return {
    ...old,
    ...Object.fromEntries(passed),
    [REVISION]: String(revision),
    ...(before === undefined || before === String(revision) ? {} : { [HISTORY]: history.join(',') }),
  };
};

const sizes = (owner: KubeObject): Record<string, string> => ({
  [DESIRED]: String(wantedOf(owner)),
  [MOST]: String(wantedOf(owner) + roomOf(owner).surge),
});

const annotated = (cluster: Cluster, set: KubeObject, annotations: Record<string, string>): KubeObject =>
  save(cluster, REPLICA_SETS, { ...set, metadata: { ...set.metadata, annotations } });

/** Every ReplicaSet that still has pods notes how many its Deployment wants. */
export const noteSizes = (cluster: Cluster, owner: KubeObject, sets: readonly KubeObject[]): void => {
  for (const set of sets) {
    if (sizeOf(set) === 0) continue;
    const annotations = { ...set.metadata.annotations, ...sizes(owner) };
    annotated(cluster, set, annotations);
  }
};

/** The ReplicaSet of the current template; an older one of the same template comes back under the next revision. */
export const currentSet = (cluster: Cluster, owner: KubeObject, sets: readonly KubeObject[]): KubeObject => {
  const template = fieldsAt(owner, 'spec', 'template');
  const hash = templateHash(template);
  const name = `${owner.metadata.name}-${hash}`;
  const known = sets.find((set) => set.metadata.name === name);
  if (known !== undefined) {
    const isNewest = Number(known.metadata.annotations?.[REVISION]) === newest(sets);
    const revision = isNewest ? newest(sets) : newest(sets) + 1;
    return annotated(cluster, known, annotationsFor(owner, known, revision));
  }
  const orphan = cluster.store.get(REPLICA_SETS, owner.metadata.namespace, name);
  if (orphan !== undefined) {
    // A ReplicaSet whose Deployment was deleted without it comes under the new one of the same name.
    const metadata = { ...orphan.metadata, ownerReferences: [ownerReference(owner)] };
    return annotated(cluster, { ...orphan, metadata }, annotationsFor(owner, orphan, newest(sets) + 1));
  }
  return createSet(cluster, owner, name, hash, sets);
};

const createSet = (
  cluster: Cluster,
  owner: KubeObject,
  name: string,
  hash: string,
  sets: readonly KubeObject[],
): KubeObject => {
  const template = fieldsAt(owner, 'spec', 'template');
  const labels = { ...textMapAt(template, 'metadata', 'labels'), 'pod-template-hash': hash };
  const selector = fieldsAt(owner, 'spec', 'selector');
  const replicas = firstSize(owner, sets);
  const made = cluster.store.create(REPLICA_SETS, {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name,
      namespace: owner.metadata.namespace ?? 'default',
      labels,
      annotations: { ...annotationsFor(owner, undefined, newest(sets) + 1), ...sizes(owner) },
      ownerReferences: [ownerReference(owner)],
    },
    spec: {
      replicas,
      ...(at(owner, 'spec', 'minReadySeconds') === undefined
        ? {}
        : { minReadySeconds: at(owner, 'spec', 'minReadySeconds') }),
      selector: { ...selector, matchLabels: { ...textMapAt(selector, 'matchLabels'), 'pod-template-hash': hash } },
      template: { ...template, metadata: { ...fieldsAt(template, 'metadata'), labels } },
    },
    status: { replicas: 0 },
  });
  if (replicas > 0) sayScaled(cluster, owner, name, 0, replicas);
  return made;
};

/** A new ReplicaSet starts with as many pods as the surge leaves room for. */
const firstSize = (owner: KubeObject, sets: readonly KubeObject[]): number => {
  if (at(owner, 'spec', 'paused') === true) return 0;
  const wanted = wantedOf(owner);
  const others = sets.reduce((sum, set) => sum + sizeOf(set), 0);
  if (textAt(owner, 'spec', 'strategy', 'type') === 'Recreate') return others === 0 ? wanted : 0;
  return Math.max(0, Math.min(wanted, wanted + roomOf(owner).surge - others));
};

/** Empty ReplicaSets beyond the history that was asked for. */
export const forgetOldest = (cluster: Cluster, owner: KubeObject, old: readonly KubeObject[]): void => {
  const empty = old.filter((set) => sizeOf(set) === 0 && (numberAt(set, 'status', 'replicas') ?? 0) === 0);
  const revision = (set: KubeObject): number => Number(set.metadata.annotations?.[REVISION] ?? 0);
  const beyond = empty.length - (numberAt(owner, 'spec', 'revisionHistoryLimit') ?? 10);
  for (const set of [...empty].sort((a, b) => revision(a) - revision(b)).slice(0, Math.max(0, beyond)))
    cluster.store.remove(REPLICA_SETS, set.metadata.namespace, set.metadata.name);
};
