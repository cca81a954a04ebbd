import { isDeepStrictEqual } from 'node:util';
import { randomUUID } from 'node:crypto';
import type { SandboxClock } from '../clock.ts';
import type { KubeObject, ObjectMeta, ObjectStore, Resource, StoreEvent } from './objects.ts';
import { createOwnerIndex } from './store-owners.ts';
import { openStoreLog } from './store-log.ts';
import { stamp } from './api/stamp.ts';

/** Thrown where a write meets a name that is taken, or an object that is gone. */
export class StoreError extends Error {
  readonly reason: 'AlreadyExists' | 'NotFound';
  constructor(reason: 'AlreadyExists' | 'NotFound', resource: Resource, name: string) {
    super(`${resource.plural} "${name}" ${reason === 'NotFound' ? 'not found' : 'already exists'}`);
    this.reason = reason;
  }
}

export interface DurableObjectStore extends ObjectStore {
  /** Ends the file. A store that was killed instead loses nothing either. */
  close(): void;
}

/** Kinds whose REST strategy keeps no generation: clients read its absence as "nothing to wait for". */
const withoutGeneration = new Set(
  'configmaps secrets services serviceaccounts namespaces nodes events endpoints leases clusterroles clusterrolebindings roles rolebindings persistentvolumes persistentvolumeclaims resourcequotas limitranges storageclasses csidrivers csinodes controllerrevisions runtimeclasses horizontalpodautoscalers'.split(
    ' ',
  ),
);

export const keepsGeneration = (resource: Resource): boolean => !withoutGeneration.has(resource.plural);

/** Objects of one resource live together whatever version they came in by: versions are views. */
const tableKey = (resource: Resource): string => `${resource.group}/${resource.plural}`;
const objectKey = (namespace: string | undefined, name: string): string => `${namespace ?? ''}/${name}`;

/**
 * The object store of one cluster, in memory and in an append-only file beside it.
 * Everything is synchronous, so a caller that reads and then writes in one turn races nobody.
 */
export const createObjectStore = (options: {
  readonly file: string;
  readonly clock: SandboxClock;
}): DurableObjectStore => {
  const tables = new Map<string, Map<string, KubeObject>>();
  const resources = new Map<string, Resource>();
  const listeners = new Set<(event: StoreEvent) => void>();
  const owners = createOwnerIndex();
  /** Lists as they were asked for, until the next write to their resource. */
  const listed = new Map<string, Map<string, readonly KubeObject[]>>();
  let version = 0;

  const table = (resource: Resource): Map<string, KubeObject> => {
    const key = tableKey(resource);
    const known = tables.get(key);
    if (known !== undefined) return known;
    const fresh = new Map<string, KubeObject>();
    tables.set(key, fresh);
    resources.set(key, resource);
    return fresh;
  };

  const log = openStoreLog(options.file, {
    version: (newest) => (version = Math.max(version, newest)),
    put(resource, object) {
      table(resource).set(objectKey(object.metadata.namespace, object.metadata.name), object);
      owners.put(resource, object);
    },
    delete(resource, namespace, name) {
      const gone = table(resource).get(objectKey(namespace, name));
      table(resource).delete(objectKey(namespace, name));
      if (gone !== undefined) owners.forget(gone);
    },
    *objects() {
      for (const [key, objects] of tables) {
        const resource = resources.get(key);
        if (resource !== undefined) for (const object of objects.values()) yield { resource, object };
      }
    },
  });

  const forgetLists = (resource: Resource): void => void listed.delete(tableKey(resource));

  const announce = (event: StoreEvent): void => {
    for (const listener of Array.from(listeners)) listener(event);
  };
  const now = (): string => stamp(options.clock.now());
  const nextVersion = (): string => String((version += 1));

  const put = (type: 'ADDED' | 'MODIFIED', resource: Resource, object: KubeObject): KubeObject => {
    table(resource).set(objectKey(object.metadata.namespace, object.metadata.name), object);
    forgetLists(resource);
    owners.put(resource, object);
    log.put(version, resource, object);
    announce({ type, resource, object });
    return object;
  };

  const erase = (resource: Resource, object: KubeObject): void => {
    const { namespace, name } = object.metadata;
    const last = withMeta(object, { resourceVersion: nextVersion() });
    table(resource).delete(objectKey(namespace, name));
    forgetLists(resource);
    owners.forget(object);
    log.delete(version, resource, namespace, name);
    announce({ type: 'DELETED', resource, object: last });
    for (const dependent of owners.orphanedBy(object.metadata.uid ?? ''))
      store.remove(dependent.resource, dependent.namespace, dependent.name);
  };

  const store: DurableObjectStore = {
    version: () => version,
    get: (resource, namespace, name) => table(resource).get(objectKey(namespace, name)),
    list(resource, namespace) {
      const lists = listed.get(tableKey(resource)) ?? new Map<string, readonly KubeObject[]>();
      listed.set(tableKey(resource), lists);
      const known = lists.get(namespace ?? '');
      if (known !== undefined) return known;
      const found = [...table(resource).entries()]
        .filter(([key]) => namespace === undefined || key.startsWith(`${namespace}/`))
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([, object]) => object);
      lists.set(namespace ?? '', found);
      return found;
    },
    create(resource, given) {
      const object = copy(given);
      const { name, namespace } = object.metadata;
      if (store.get(resource, namespace, name) !== undefined) throw new StoreError('AlreadyExists', resource, name);
      return put(
        'ADDED',
        resource,
        withMeta(object, {
          uid: object.metadata.uid ?? randomUUID(),
          resourceVersion: nextVersion(),
          creationTimestamp: object.metadata.creationTimestamp ?? now(),
          ...(withoutGeneration.has(resource.plural) ? {} : { generation: 1 }),
        }),
      );
    },
    replace(resource, given) {
      const object = copy(given);
      const { name, namespace } = object.metadata;
      const before = store.get(resource, namespace, name);
      if (before === undefined) throw new StoreError('NotFound', resource, name);
      const { uid, creationTimestamp, generation, resourceVersion } = before.metadata;
      const same = withMeta(object, defined({ uid, creationTimestamp, generation, resourceVersion }));
      // etcd never sees a write that changes nothing, so watchers and controllers must not, either.
      if (isDeepStrictEqual(same, before)) return before;
      const after = withMeta(same, {
        resourceVersion: nextVersion(),
        ...(generation !== undefined && !isDeepStrictEqual(desired(same), desired(before))
          ? { generation: generation + 1 }
          : {}),
      });
      if (
        after.metadata.deletionTimestamp !== undefined &&
        (after.metadata.finalizers ?? []).length === 0 &&
        before.metadata.finalizers?.length
      ) {
        erase(resource, after);
        return after;
      }
      return put('MODIFIED', resource, after);
    },
    remove(resource, namespace, name) {
      const object = store.get(resource, namespace, name);
      if (object === undefined) return;
      if ((object.metadata.finalizers ?? []).length === 0) {
        erase(resource, object);
        return;
      }
      if (object.metadata.deletionTimestamp !== undefined) return;
      const { generation } = object.metadata;
      put(
        'MODIFIED',
        resource,
        withMeta(object, {
          resourceVersion: nextVersion(),
          deletionTimestamp: now(),
          deletionGracePeriodSeconds: 0,
          ...(generation === undefined ? {} : { generation: generation + 1 }),
        }),
      );
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close: () => log.close(),
  };
  return store;
};

/** Callers keep what they gave us; nobody may change an object that is stored. */
const copy = (object: KubeObject): KubeObject => JSON.parse(JSON.stringify(object)) as KubeObject;

const withMeta = (object: KubeObject, metadata: Partial<ObjectMeta>): KubeObject => ({
  ...object,
  metadata: { ...object.metadata, ...metadata },
});

const defined = (fields: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));

/** What a change of raises the generation; a Deployment's annotations do, too, as its strategy says, and a pod's place does not. */
const desired = ({ apiVersion: _a, metadata, status: _s, ...rest }: KubeObject): unknown => {
  if (rest.kind === 'Deployment') {
    const { 'deployment.kubernetes.io/revision': _r, ...annotations } = metadata.annotations ?? {};
    return { ...rest, annotations };
  }
  if (rest.kind === 'Pod' && typeof rest['spec'] === 'object')
    return { ...rest, spec: { ...rest['spec'], nodeName: undefined } };
  return rest;
};
