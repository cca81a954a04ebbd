import type { KubeObject } from '../../objects.ts';
import { type Cluster, isTerminating, ownedBy, save } from '../cluster.ts';
import { at, fieldsAt, textAt } from '../fields.ts';
import { templateHash } from '../hashes.ts';
import { isActive, isPodReady } from '../pod-template.ts';
import { DEPLOYMENTS, PODS, REPLICA_SETS } from '../resources.ts';
import {
  currentSet,
  forgetOldest,
  noteSizes,
  REVISION,
  roomOf,
  scaleSet,
  sizeOf,
  wantedOf,
} from './deployment-sets.ts';
import { deploymentStatus } from './deployment-status.ts';

/** One turn of a rolling update: up to maxSurge more new pods, and as many old ones away as maxUnavailable leaves room for. */
const roll = (cluster: Cluster, owner: KubeObject, current: KubeObject, old: readonly KubeObject[]): void => {
  const wanted = wantedOf(owner);
  const pods = (set: KubeObject): readonly KubeObject[] => ownedBy(cluster, PODS, set).filter(isActive);
  if (textAt(owner, 'spec', 'strategy', 'type') === 'Recreate') {
    for (const set of old) scaleSet(cluster, owner, set, 0);
    if (old.every((set) => ownedBy(cluster, PODS, set).length === 0)) scaleSet(cluster, owner, current, wanted);
    return;
  }
  const { surge, missing } = roomOf(owner);
  const oldTotal = old.reduce((sum, set) => sum + sizeOf(set), 0);
  const room = Math.max(Math.min(sizeOf(current), wanted), wanted + surge - oldTotal);
  scaleSet(cluster, owner, current, Math.min(wanted, room));
  // What does not run serves nobody: it goes first and costs nothing of the allowance.
  const readyNew = pods(current).filter(isPodReady).length;
  const readyOld = old.reduce((sum, set) => sum + pods(set).filter(isPodReady).length, 0);
  let spare = readyNew + readyOld - (wanted - missing);
  for (const set of old) {
    const broken = pods(set).filter((pod) => !isPodReady(pod)).length;
    const take = Math.min(sizeOf(set), Math.max(0, spare) + broken);
    spare -= Math.max(0, take - broken);
    scaleSet(cluster, owner, set, sizeOf(set) - take);
  }
};

/** A paused Deployment follows its size, but begins no rollout. */
const follow = (cluster: Cluster, owner: KubeObject, sets: readonly KubeObject[]): void => {
  const active = sets.filter((set) => sizeOf(set) > 0);
  const [only] = active;
  if (only !== undefined && active.length === 1) scaleSet(cluster, owner, only, wantedOf(owner));
};

const writeStatus = (
  cluster: Cluster,
  owner: KubeObject,
  current: KubeObject | undefined,
  all: readonly KubeObject[],
): void => {
  const revision = (current ?? owner).metadata.annotations?.[REVISION] ?? '1';
  const annotations = { ...owner.metadata.annotations, [REVISION]: revision };
  save(cluster, DEPLOYMENTS, {
    ...owner,
    metadata: { ...owner.metadata, annotations },
    status: deploymentStatus(cluster, owner, current, all),
  });
};

const reconcile = (cluster: Cluster, owner: KubeObject): void => {
  const sets = ownedBy(cluster, REPLICA_SETS, owner);
  if (at(owner, 'spec', 'paused') === true && sets.length > 0) {
    follow(cluster, owner, sets);
    const all = ownedBy(cluster, REPLICA_SETS, owner);
    const name = `${owner.metadata.name}-${templateHash(fieldsAt(owner, 'spec', 'template'))}`;
    const current = all.find((set) => set.metadata.name === name);
    // A template that is new while the Deployment is paused has no ReplicaSet yet.
    writeStatus(cluster, owner, current, all);
    return;
  }
  const current = currentSet(cluster, owner, sets);
  const old = ownedBy(cluster, REPLICA_SETS, owner).filter((set) => set.metadata.name !== current.metadata.name);
  roll(cluster, owner, current, old);
  forgetOldest(cluster, owner, old);
  noteSizes(cluster, owner, ownedBy(cluster, REPLICA_SETS, owner));
  const all = ownedBy(cluster, REPLICA_SETS, owner);
  const fresh = all.find((set) => set.metadata.name === current.metadata.name);
  if (fresh !== undefined) writeStatus(cluster, owner, fresh, all);
};

export const reconcileDeployments = (cluster: Cluster): void => {
  for (const owner of cluster.store.list(DEPLOYMENTS)) if (!isTerminating(owner)) reconcile(cluster, owner);
};
