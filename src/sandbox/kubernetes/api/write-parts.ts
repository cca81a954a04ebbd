import { randomUUID } from 'node:crypto';
import type { SandboxClock } from '../../clock.ts';
import type { KubeObject, ObjectStore } from '../objects.ts';
import { keepsGeneration } from '../store.ts';
import { admitted, counted, randomSuffix } from './admission.ts';
import { alreadyExists, ApiError, badRequest } from './api-error.ts';
import { sameButTimes } from './apply.ts';
import { groupVersion, type Catalog } from './catalog.ts';
import type { Writer } from './managed-fields.ts';
import { admitNamespace, finishObject, type FieldValidation } from './prepare.ts';
import { atVersion } from './read.ts';
import type { ApiResource } from './resource-table.ts';
import { stamp } from './stamp.ts';

export interface WriteContext {
  readonly store: ObjectStore;
  readonly catalog: Catalog;
  readonly clock: SandboxClock;
  readonly serviceCidr: () => string;
}

/** What a request says about a write besides its body. */
export interface WriteOptions {
  readonly resource: ApiResource;
  readonly namespace: string | undefined;
  readonly name: string | undefined;
  readonly subresource: string;
  readonly dryRun: boolean;
  readonly fieldManager: string;
  readonly validation: FieldValidation;
}

export interface Written {
  readonly object: KubeObject;
  readonly created: boolean;
  readonly warnings: readonly string[];
}

export const finishing = ({
  catalog,
  store,
  serviceCidr,
}: WriteContext): { catalog: Catalog; store: ObjectStore; serviceCidr: string } => ({
  catalog,
  store,
  serviceCidr: serviceCidr(),
});

export const writerOf = ({ clock }: WriteContext, { resource, subresource, fieldManager }: WriteOptions): Writer => ({
  name: fieldManager,
  apiVersion: groupVersion(resource),
  subresource,
  time: stamp(clock.now()),
});

export const withName = (object: KubeObject, { resource, namespace }: WriteOptions): KubeObject => {
  const { generateName } = object.metadata;
  const name =
    object.metadata.name ||
    (typeof generateName === 'string' && generateName !== '' ? `${generateName}${randomSuffix()}` : '');
  if (resource.namespaced && object.metadata.namespace !== undefined && object.metadata.namespace !== namespace) {
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request');
  }
  const { namespace: _n, ...metadata } = object.metadata;
  return {
    ...object,
    metadata: { ...metadata, name, ...(resource.namespaced && namespace !== undefined ? { namespace } : {}) },
  };
};

export const insert = (
  context: WriteContext,
  options: WriteOptions,
  object: KubeObject,
  warnings: readonly string[],
  track: (fresh: KubeObject) => KubeObject,
): Written => {
  const { store } = context;
  const { resource, namespace, dryRun } = options;
  const {
    uid: _u,
    resourceVersion,
    creationTimestamp: _c,
    deletionTimestamp: _d,
    deletionGracePeriodSeconds: _s,
    selfLink: _l,
    ...metadata
  } = object.metadata;
  if (resourceVersion !== undefined && resourceVersion !== '' && resourceVersion !== '0')
    throw new ApiError(500, '', 'resourceVersion should not be set on objects to be created');
  if (resource.namespaced && namespace !== undefined) admitNamespace(store, resource, metadata.name, namespace);
  if (store.get(resource, namespace, metadata.name) !== undefined) throw alreadyExists(resource, metadata.name);
  const finished = finishObject(
    finishing(context),
    resource,
    startStatus(resource, { ...object, metadata }),
    undefined,
    track,
  );
  const tracked = admitted(store, resource, finished);
  if (!dryRun) return { object: store.create(resource, tracked), created: true, warnings };
  const time = stamp(context.clock.now());
  return {
    object: {
      ...tracked,
      metadata: {
        uid: randomUUID(),
        ...tracked.metadata,
        creationTimestamp: time,
        ...(keepsGeneration(resource) ? { generation: 1 } : {}),
      },
    },
    created: true,
    warnings,
  };
};

/** Status is the controllers' to write; a new object has none. Nodes bring theirs along. */
export const startStatus = (resource: ApiResource, object: KubeObject): KubeObject => {
  if (!resource.statusSubresource || resource.plural === 'nodes') return object;
  const { status: _s, ...rest } = object;
  return rest;
};

/** An ordinary write cannot touch status, a status write nothing else; neither can touch what the server keeps. */
export const confine = (
  resource: ApiResource,
  subresource: string,
  live: KubeObject,
  object: KubeObject,
): KubeObject => {
  const {
    uid,
    creationTimestamp,
    deletionTimestamp,
    deletionGracePeriodSeconds,
    generation,
    resourceVersion,
    namespace,
    name,
  } = live.metadata;
  const kept = Object.fromEntries(
    Object.entries({
      uid,
      creationTimestamp,
      deletionTimestamp,
      deletionGracePeriodSeconds,
      generation,
      resourceVersion,
      namespace,
      name,
    }).filter(([, value]) => value !== undefined),
  );
  const { deletionTimestamp: _d, deletionGracePeriodSeconds: _g, ...sent } = object.metadata;
  if (subresource === 'status') {
    return {
      ...live,
      metadata: {
        ...live.metadata,
        ...(sent.managedFields === undefined ? {} : { managedFields: sent.managedFields }),
      },
      status: object['status'] ?? {},
    };
  }
  const { status: _s, ...rest } = object;
  const whole = resource.statusSubresource
    ? { ...rest, ...(live['status'] === undefined ? {} : { status: live['status'] }) }
    : object;
  return { ...whole, apiVersion: object.apiVersion, kind: object.kind, metadata: { ...sent, ...kept, name } };
};

export const save = (
  context: WriteContext,
  { resource, dryRun }: WriteOptions,
  live: KubeObject,
  given: KubeObject,
  warnings: readonly string[],
): Written => {
  const next = counted(live, given);
  // A write that changes nothing leaves the resourceVersion alone.
  if (sameButTimes({ ...live }, { ...next })) return { object: live, created: false, warnings };
  if (dryRun) return { object: next, created: false, warnings };
  return { object: atVersion(resource, context.store.replace(resource, next)), created: false, warnings };
};
