import { isDeepStrictEqual } from 'node:util';
import type { SandboxClock } from '../../clock.ts';
import type { ClusterSpec } from '../host.ts';
import type { KubeObject, ObjectStore, OwnerReference, Resource } from '../objects.ts';
import type { Troubles } from '../troubles.ts';
import type { Delays } from './delays.ts';
import type { Fields } from './fields.ts';
import type { LogBook } from './logs.ts';
import type { EventCounters } from './tetragon/event-counters.ts';

/** What every controller works on. Controllers hold no state of their own: they look at the store and write what is missing. */
export interface Cluster {
  readonly store: ObjectStore;
  readonly clock: SandboxClock;
  readonly delays: Delays;
  readonly logs: LogBook;
  readonly events: EventCounters;
  spec(): ClusterSpec;
  readonly troubles: Troubles;
  /** The same cluster, whose writes are entered in managedFields under this name; without one they are the API server's own. */
  as(manager: string | undefined): Cluster;
}

/** A time as the API writes it: whole seconds. */
export const stamp = (cluster: Cluster): string => new Date(cluster.clock.now()).toISOString().replace(/\.\d+Z$/, 'Z');

/** Creates or replaces; what is there already is not written again, so an idle cluster stays idle. */
export const save = (cluster: Cluster, resource: Resource, object: KubeObject): KubeObject => {
  const current = cluster.store.get(resource, object.metadata.namespace, object.metadata.name);
  if (current === undefined) return cluster.store.create(resource, object);
  // The store drops such a write, too, but only after it has copied the whole object.
  if (Object.keys(object).every((key) => isDeepStrictEqual(object[key], current[key]))) return current;
  return cluster.store.replace(resource, { ...object, metadata: { ...current.metadata, ...object.metadata } });
};

export const saveStatus = (cluster: Cluster, resource: Resource, object: KubeObject, status: Fields): KubeObject =>
  save(cluster, resource, { ...object, status });

export const uid = (object: KubeObject): string =>
  object.metadata.uid ?? `${object.kind}/${object.metadata.namespace ?? ''}/${object.metadata.name}`;

export const isTerminating = (object: KubeObject): boolean => object.metadata.deletionTimestamp !== undefined;

export const controllerOf = (object: KubeObject): OwnerReference | undefined =>
  object.metadata.ownerReferences?.find((owner) => owner.controller === true);

export const ownerReference = (owner: KubeObject): OwnerReference & { blockOwnerDeletion: true } => ({
  apiVersion: owner.apiVersion,
  kind: owner.kind,
  name: owner.metadata.name,
  uid: uid(owner),
  controller: true,
  blockOwnerDeletion: true,
});

/** The objects of a namespace that this owner controls. */
export const ownedBy = (cluster: Cluster, resource: Resource, owner: KubeObject): readonly KubeObject[] =>
  cluster.store.list(resource, owner.metadata.namespace).filter((object) => controllerOf(object)?.uid === uid(owner));

/** A condition that keeps its transition time for as long as its status stays. */
export const condition = (
  cluster: Cluster,
  previous: readonly Fields[],
  next: { readonly type: string; readonly status: string; readonly [field: string]: unknown },
): Fields => {
  const old = previous.find((one) => one['type'] === next.type);
  const since = old?.['status'] === next.status ? old['lastTransitionTime'] : stamp(cluster);
  return { ...next, lastTransitionTime: since };
};
