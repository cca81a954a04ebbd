import { isDeepStrictEqual } from 'node:util';
import type { SandboxClock } from '../clock.ts';
import { groupVersion, type Catalog } from './api/catalog.ts';
import { asGoWrites } from './api/go-writing.ts';
import { trackUpdate, type Writer } from './api/managed-fields.ts';
import type { Shape } from './api/shape.ts';
import { stamp } from './api/stamp.ts';
import { asNewEvent } from './api/views.ts';
import type { KubeObject, ObjectStore, Resource } from './objects.ts';

/** The store as one component of the cluster writes to it, by the name under which managedFields know it. */
export type StoreOf = (manager: string) => ObjectStore;

/**
 * Enters in managedFields what controllers, scheduler and kubelets write, as the API server does for theirs. What a resource has a
 * status subresource for is entered there, as those components write it there.
 */
export const trackWrites = (store: ObjectStore, catalog: Catalog, clock: SandboxClock): StoreOf => {
  const tracked = (manager: string, resource: Resource, live: KubeObject | undefined, next: KubeObject): unknown => {
    // Who reports through the newer API of events has its fields by their newer names.
    if (next.kind === 'Event' && next['eventTime'] !== undefined && next.apiVersion === 'v1')
      return tracked(manager, resource, live, asNewEvent(next));
    const known = catalog.ofKind(next.apiVersion, next.kind);
    if (known === undefined) return live?.metadata['managedFields'];
    const shape = catalog.shape(known);
    const writer = (subresource: string): Writer => ({
      name: manager,
      apiVersion: groupVersion(known),
      subresource,
      time: stamp(clock.now()),
    });
    const written = asGoWrites(next, shape) as KubeObject;
    if (!known.statusSubresource) return managers(live, written, shape, writer(''));
    // Its controller counts a Deployment's revisions in an annotation, and writes that with the status.
    if (live !== undefined && resource.plural === 'deployments')
      return managers(live, written, shape, writer('status'));
    const { status: _s, ...rest } = written;
    const main = { ...rest, ...(live?.['status'] === undefined ? {} : { status: live['status'] }) };
    const managedFields = managers(live, main, shape, writer(''));
    // A new object's status belongs to nobody: it is written when the object is there.
    if (live === undefined) return managedFields;
    return managers({ ...main, metadata: { ...main.metadata, managedFields } }, written, shape, writer('status'));
  };

  return (manager) => ({
    ...store,
    create(resource, object, owned = object) {
      const managedFields = tracked(manager, resource, undefined, owned);
      return store.create(resource, withManagedFields(object, managedFields));
    },
    replace(resource, object) {
      const live = store.get(resource, object.metadata.namespace, object.metadata.name);
      if (live === undefined) return store.replace(resource, object);
      // What a controller read may be older than the last entry.
      const given = withManagedFields(object, live.metadata['managedFields']);
      if (isDeepStrictEqual(given, live)) return live;
      return store.replace(resource, withManagedFields(given, tracked(manager, resource, live, given)));
    },
  });
};

const managers = (live: KubeObject | undefined, next: KubeObject, shape: Shape, writer: Writer): unknown =>
  trackUpdate(live, withManagedFields(next, live?.metadata['managedFields']), shape, writer).metadata['managedFields'];

const withManagedFields = (object: KubeObject, managedFields: unknown): KubeObject => {
  const { managedFields: _m, ...metadata } = object.metadata;
  return { ...object, metadata: managedFields === undefined ? metadata : { ...metadata, managedFields } };
};
