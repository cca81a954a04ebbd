import type { SandboxClock } from '../../clock.ts';
import type { KubeObject, ObjectStore, Resource } from '../objects.ts';
import type { Catalog } from './catalog.ts';
import { groupVersion } from './catalog.ts';
import type { ApiResource } from './resource-table.ts';

interface GarbageContext {
  readonly store: ObjectStore;
  readonly catalog: Catalog;
  readonly clock: SandboxClock;
}

/** Finalizers by which a deletion is held until its dependents are gone, or on their own. */
export const policies = { Foreground: 'foregroundDeletion', Orphan: 'orphan' } as const;

/**
 * The garbage collector, as far as the store does not do it itself: deletions in the foreground and those that orphan, and dependents
 * whose owner never was. Returns a function that ends it.
 */
export const startGarbageCollector = ({ store, catalog, clock }: GarbageContext): (() => void) => {
  let stopped = false;
  const later = (realMs: number, work: () => void): void =>
    void clock.after(realMs, () => (stopped ? undefined : work()));

  const dependentsOf = (
    owner: KubeObject,
  ): readonly { readonly resource: ApiResource; readonly object: KubeObject }[] =>
    catalog.all().flatMap((resource) =>
      store
        .list(resource, resource.namespaced ? owner.metadata.namespace : undefined)
        .filter(({ metadata }) => metadata.ownerReferences?.some(({ uid }) => uid === owner.metadata.uid))
        .map((object) => ({ resource, object })),
    );

  const finish = (resource: Resource, namespace: string | undefined, name: string): void => {
    const owner = store.get(resource, namespace, name);
    const finalizer = waiting(owner);
    if (owner === undefined || finalizer === undefined) return;
    for (const { resource: kind, object } of dependentsOf(owner)) {
      const { metadata } = object;
      if (finalizer === policies.Foreground) store.remove(kind, metadata.namespace, metadata.name);
      else {
        const ownerReferences = (metadata.ownerReferences ?? []).filter(({ uid }) => uid !== owner.metadata.uid);
        const { ownerReferences: _o, ...rest } = metadata;
        store.replace(kind, {
          ...object,
          metadata: ownerReferences.length === 0 ? rest : { ...rest, ownerReferences },
        });
      }
    }
    if (dependentsOf(owner).length > 0) return later(1000, () => finish(resource, namespace, name));
    const live = store.get(resource, namespace, name);
    if (live === undefined) return;
    const finalizers = (live.metadata.finalizers ?? []).filter((held) => held !== finalizer);
    store.replace(resource, { ...live, metadata: { ...live.metadata, finalizers } });
  };

  const collect = (resource: Resource, object: KubeObject): void => {
    const { namespace, name, uid } = object.metadata;
    const live = store.get(resource, namespace, name);
    const ownerReferences = live?.metadata.ownerReferences ?? [];
    if (live?.metadata.uid !== uid || ownerReferences.length === 0) return;
    const lives = ownerReferences.some((reference) => {
      const kind = catalog.ofKind(reference.apiVersion, reference.kind);
      // A kind that nobody serves could still come back.
      return (
        kind === undefined ||
        store.get(kind, kind.namespaced ? namespace : undefined, reference.name)?.metadata.uid === reference.uid
      );
    });
    if (!lives) store.remove(resource, namespace, name);
  };

  const look = (resource: Resource, object: KubeObject): void => {
    const { namespace, name } = object.metadata;
    if (waiting(object) !== undefined) later(200, () => finish(resource, namespace, name));
    else if ((object.metadata.ownerReferences ?? []).length > 0) later(2000, () => collect(resource, object));
  };

  const unsubscribe = store.subscribe(({ type, resource, object }) => {
    if (type === 'ADDED' || (type === 'MODIFIED' && waiting(object) !== undefined)) look(resource, object);
  });
  // What was under way when the process ended is taken up again.
  const seen = new Set<string>();
  for (const resource of catalog.all()) {
    const key = groupVersion({ ...resource, version: resource.plural });
    if (seen.has(key)) continue;
    seen.add(key);
    for (const object of store.list(resource)) if (waiting(object) !== undefined) look(resource, object);
  }
  return () => {
    stopped = true;
    unsubscribe();
  };
};

const waiting = (object: KubeObject | undefined): string | undefined =>
  object?.metadata.deletionTimestamp === undefined
    ? undefined
    : Object.values(policies).find((finalizer) => object.metadata.finalizers?.includes(finalizer));
