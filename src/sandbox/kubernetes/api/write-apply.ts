import type { KubeObject } from '../objects.ts';
import { badRequest, conflict, notFound } from './api-error.ts';
import { applyConfiguration } from './apply.ts';
import { groupVersion } from './catalog.ts';
import { objectAt, textAt, type JsonObject } from './json.ts';
import { decodeObject, finishObject } from './prepare.ts';
import { atVersion } from './read.ts';
import { checkTyped } from './typed-patch.ts';
import {
  confine,
  finishing,
  insert,
  save,
  startStatus,
  withName,
  writerOf,
  type WriteContext,
  type WriteOptions,
  type Written,
} from './write-parts.ts';

/** PATCH with `application/apply-patch+yaml`. */
export const apply = (context: WriteContext, options: WriteOptions, body: JsonObject, force: boolean): Written => {
  const { resource, namespace, name = '', subresource } = options;
  const wanted = groupVersion(resource);
  const [kind, version] = [textAt(body, 'kind') ?? '', textAt(body, 'apiVersion') ?? ''];
  if (kind !== resource.kind || version !== wanted)
    throw badRequest(`invalid object type: ${version.includes('/') ? version : `/${version}`}, Kind=${kind}`);
  const shape = context.catalog.shape(resource);
  if (objectAt(body, 'metadata')['managedFields'] !== undefined) throw badRequest('metadata.managedFields must be nil');
  checkTyped(body, shape);
  const { object: config } = decodeObject(context.catalog, resource, body, 'Ignore');
  if (config.metadata.name !== undefined && config.metadata.name !== '' && config.metadata.name !== name) {
    throw badRequest(`the name of the object (${config.metadata.name}) does not match the name on the URL (${name})`);
  }
  const named = withName({ ...config, metadata: { ...config.metadata, name } }, options);
  const found = context.store.get(resource, namespace, name);
  const writer = writerOf(context, options);
  if (found === undefined) {
    if (subresource !== '') throw notFound(resource, name);
    if (config.metadata.uid !== undefined)
      throw conflict(
        resource,
        name,
        `uid mismatch: the provided object specified uid ${config.metadata.uid}, and no existing object was found`,
      );
    // Apply creates what is not there even where it says which version it expects.
    const { resourceVersion: _v, ...metadata } = named.metadata;
    return insert(context, options, { ...named, metadata }, [], (fresh) => {
      const { managedFields } = applyConfiguration(
        undefined,
        startStatus(resource, named),
        shape,
        writer,
        force,
      ).metadata;
      return { ...fresh, metadata: { ...fresh.metadata, managedFields } };
    });
  }
  const live = atVersion(resource, found);
  const { resourceVersion } = config.metadata;
  if (resourceVersion !== undefined && resourceVersion !== live.metadata.resourceVersion)
    throw conflict(resource, name);
  // Fields that the request cannot write must not be owned by it, either.
  const scoped =
    subresource === 'status'
      ? ({ apiVersion: named.apiVersion, kind: named.kind, metadata: { name }, status: named['status'] } as KubeObject)
      : startStatus(resource, named);
  const merged = applyConfiguration(live, scoped, shape, writer, force);
  const { managedFields } = merged.metadata;
  const confined = confine(resource, subresource, live, merged);
  const finished = finishObject(finishing(context), resource, confined, live, (defaulted) => ({
    ...defaulted,
    metadata: { ...defaulted.metadata, managedFields },
  }));
  return save(context, options, live, finished, []);
};
