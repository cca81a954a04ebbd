import type { KubeObject, ObjectStore } from '../objects.ts';
import { notFound } from './api-error.ts';
import { groupVersion } from './catalog.ts';
import type { ApiRequest } from './request.ts';
import { tooLarge, versionNumber } from './request-options.ts';
import type { ApiResource } from './resource-table.ts';
import { shown } from './views.ts';
import { fieldMatcher, labelMatcher, type Matcher } from './selectors.ts';

/** The stored object as this version of its kind shows it. Versions differ in name only (conversion strategy None). */
export const atVersion = (resource: ApiResource, stored: KubeObject): KubeObject => {
  const object = shown(resource, stored);
  return withoutStandIn(
    resource,
    object.apiVersion === groupVersion(resource) && object.kind === resource.kind
      ? object
      : { ...object, apiVersion: groupVersion(resource), kind: resource.kind },
  );
};

/** A namespace that goes is held by a finalizer in `metadata` here, and by one in `spec` in what clients see. */
const withoutStandIn = (resource: ApiResource, object: KubeObject): KubeObject => {
  const { finalizers = [] } = object.metadata;
  if (resource.plural !== 'namespaces' || resource.group !== '' || !finalizers.includes('kubernetes')) return object;
  const { finalizers: _f, deletionGracePeriodSeconds: _g, ...metadata } = object.metadata;
  const left = finalizers.filter((finalizer) => finalizer !== 'kubernetes');
  return { ...object, metadata: left.length === 0 ? metadata : { ...metadata, finalizers: left } };
};

/** GET by name, or 404. */
export const read = (
  store: ObjectStore,
  resource: ApiResource,
  namespace: string | undefined,
  name: string,
  version = '',
): KubeObject => {
  if (versionNumber(version) > store.version()) throw tooLarge(version, store.version());
  const found = store.get(resource, resource.namespaced ? namespace : undefined, name);
  if (found === undefined) throw notFound(resource, name);
  return atVersion(resource, found);
};

/** Both selectors of a list, watch or deletecollection. */
export const matcherOf = (resource: ApiResource, request: ApiRequest): Matcher => {
  const labels = labelMatcher(request.query.get('labelSelector'));
  // Stored objects are what is matched, by the names of their fields.
  const selector = request.query.get('fieldSelector')?.replaceAll(/\bregarding\./g, 'involvedObject.') ?? null;
  const fields = fieldMatcher(resource.plural, resource.custom, selector);
  return (object) => labels(object) && fields(object);
};
