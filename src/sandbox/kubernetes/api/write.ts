import type { KubeObject } from '../objects.ts';
import { ApiError, badRequest, conflict, invalid, invalidValue, notFound } from './api-error.ts';
import { isObject, type JsonObject } from './json.ts';
import { trackUpdate } from './managed-fields.ts';
import { decodeObject, finishObject, type Decoded } from './prepare.ts';
import { atVersion } from './read.ts';
import type { ApiResource } from './resource-table.ts';
import {
  confine,
  finishing,
  insert,
  save,
  withName,
  writerOf,
  type WriteContext,
  type WriteOptions,
  type Written,
} from './write-parts.ts';

/** POST. */
export const create = (context: WriteContext, options: WriteOptions, body: JsonObject): Written => {
  const { object, warnings } = decodeObject(context.catalog, options.resource, body, options.validation);
  const named = withName(object, options);
  return insert(context, options, named, warnings, (fresh) =>
    trackUpdate(undefined, fresh, context.catalog.shape(options.resource), writerOf(context, options)),
  );
};

/** PUT. */
export const update = (context: WriteContext, options: WriteOptions, body: JsonObject): Written => {
  const { resource, name = '' } = options;
  const { object, warnings } = decodeObject(context.catalog, resource, body, options.validation);
  if (object.metadata.name !== name)
    throw badRequest(
      `the name of the object (${object.metadata.name ?? ''}) does not match the name on the URL (${name})`,
    );
  const live = context.store.get(resource, options.namespace, name);
  if (live === undefined) throw notFound(resource, name);
  if (resource.custom && object.metadata.resourceVersion === undefined) {
    throw invalid(resource.group, resource.plural, name, [
      invalidValue('metadata.resourceVersion', 0, 'must be specified for an update'),
    ]);
  }
  return store(context, options, atVersion(resource, live), { object, warnings });
};

/** PATCH of the JSON kinds: `change` makes the new object out of the live one. */
export const patch = (context: WriteContext, options: WriteOptions, change: (live: KubeObject) => unknown): Written => {
  const { resource, name = '' } = options;
  const found = context.store.get(resource, options.namespace, name);
  if (found === undefined) throw notFound(resource, name);
  const live = atVersion(resource, found);
  const changed = change(live);
  if (!isObject(changed)) throw badRequest('the patch does not leave an object');
  const decoded = decodeObject(context.catalog, resource, changed, options.validation, 'patch');
  const { name: to, uid } = decoded.object.metadata;
  if (to !== name)
    throw badRequest(`the name of the object (${to ?? ''}) does not match the name on the URL (${name})`);
  if (uid !== undefined && uid !== live.metadata.uid) {
    const cause = invalidValue('metadata.uid', uid, 'field is immutable');
    throw invalid(resource.group, resource.kind, name, [cause, cause]);
  }
  return store(context, options, live, decoded);
};

const store = (
  context: WriteContext,
  options: WriteOptions,
  live: KubeObject,
  { object, warnings }: Pick<Decoded, 'object' | 'warnings'>,
): Written => {
  const { resource, subresource } = options;
  const { name } = live.metadata;
  const { uid, resourceVersion } = object.metadata;
  if (uid !== undefined && uid !== live.metadata.uid)
    throw conflict(
      resource,
      name,
      `StorageError: invalid object, Code: 4, Key: /registry/${registryPath(resource, live)}, ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: UID in precondition: ${uid}, UID in object meta: ${live.metadata.uid ?? ''}`,
    );
  if (resourceVersion !== undefined && !/^\d*$/.test(resourceVersion))
    throw new ApiError(500, '', `strconv.ParseUint: parsing ${JSON.stringify(resourceVersion)}: invalid syntax`);
  if (resourceVersion !== undefined && resourceVersion !== '' && resourceVersion !== live.metadata.resourceVersion)
    throw conflict(resource, name);
  const { deletionTimestamp, finalizers = [] } = live.metadata;
  const added = (object.metadata.finalizers ?? []).filter((finalizer) => !finalizers.includes(finalizer));
  if (deletionTimestamp !== undefined && added.length > 0) {
    const named = added.map((finalizer) => JSON.stringify(finalizer)).join(', ');
    const why = `Forbidden: no new finalizers can be added if the object is being deleted, found new finalizers []string{${named}}`;
    const cause = { reason: 'FieldValueForbidden', message: why, field: 'metadata.finalizers' };
    throw invalid(resource.group, resource.kind, name, [cause, cause]);
  }
  const next = confine(resource, subresource, live, object);
  const shape = context.catalog.shape(resource);
  const tracked = finishObject(finishing(context), resource, next, live, (defaulted) =>
    trackUpdate(live, defaulted, shape, writerOf(context, options)),
  );
  return save(context, options, live, tracked, warnings);
};

/** Where etcd keeps an object. */
const registryPath = ({ group, plural, custom }: ApiResource, { metadata }: KubeObject): string =>
  [...(custom ? [group] : []), plural, metadata.namespace ?? [], metadata.name].flat().join('/');
