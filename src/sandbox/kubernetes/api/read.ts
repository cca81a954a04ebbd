import type { KubeObject, ObjectStore } from '../objects.ts';
import { ApiError, badRequest, notFound } from './api-error.ts';
import { groupVersion } from './catalog.ts';
import { json, type ApiReply, type ApiRequest } from './request.ts';
import type { ApiResource } from './resource-table.ts';
import { fieldMatcher, labelMatcher, type Matcher } from './selectors.ts';

/** The stored object as this version of its kind shows it. Versions differ in name only (conversion strategy None). */
export const atVersion = (resource: ApiResource, object: KubeObject): KubeObject =>
  object.apiVersion === groupVersion(resource) && object.kind === resource.kind
    ? object
    : { ...object, apiVersion: groupVersion(resource), kind: resource.kind };

/** GET by name, or 404. */
export const read = (
  store: ObjectStore,
  resource: ApiResource,
  namespace: string | undefined,
  name: string,
): KubeObject => {
  const found = store.get(resource, resource.namespaced ? namespace : undefined, name);
  if (found === undefined) throw notFound(resource, name);
  return atVersion(resource, found);
};

/** Both selectors of a list, watch or deletecollection. */
export const matcherOf = (resource: ApiResource, request: ApiRequest): Matcher => {
  const labels = labelMatcher(request.query.get('labelSelector'));
  const fields = fieldMatcher(resource.plural, groupVersion(resource), request.query.get('fieldSelector'));
  return (object) => labels(object) && fields(object);
};

/** One page of a list: objects and the list's metadata. */
export interface Page {
  readonly items: readonly KubeObject[];
  readonly metadata: {
    readonly resourceVersion: string;
    readonly continue?: string;
    readonly remainingItemCount?: number;
  };
}

/** A list, cut by `limit` and resumed by `continue`. The token holds the last key and the version that the first page saw. */
export const list = (
  store: ObjectStore,
  resource: ApiResource,
  namespace: string | undefined,
  request: ApiRequest,
): Page => {
  const asked = request.query.get('resourceVersion') ?? '';
  if (asked !== '' && Number(asked) > store.version()) {
    throw new ApiError(504, 'Timeout', `Too large resource version: ${asked}, current: ${store.version()}`, {
      retryAfterSeconds: 1,
      causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version', field: '' }],
    });
  }
  const matches = matcherOf(resource, request);
  const token = decodeToken(request.query.get('continue'));
  const all = store
    .list(resource, namespace)
    .filter((object) => matches(object) && (token === undefined || keyOf(object) > token.after));
  const limit = Number(request.query.get('limit') ?? '') || Infinity;
  const items = all.slice(0, limit).map((object) => atVersion(resource, object));
  const last = items.at(-1);
  const resourceVersion = token?.version ?? String(store.version());
  if (all.length <= items.length || last === undefined) return { items, metadata: { resourceVersion } };
  const next = Buffer.from(JSON.stringify({ version: resourceVersion, after: keyOf(last) })).toString('base64url');
  const selects = request.query.has('labelSelector') || request.query.has('fieldSelector');
  return {
    items,
    metadata: {
      resourceVersion,
      continue: next,
      ...(selects ? {} : { remainingItemCount: all.length - items.length }),
    },
  };
};

export const listReply = (resource: ApiResource, page: Page): ApiReply =>
  json({
    kind: `${resource.kind}List`,
    apiVersion: groupVersion(resource),
    metadata: page.metadata,
    items: resource.custom ? page.items : page.items.map(({ apiVersion: _a, kind: _k, ...item }) => item),
  });

const keyOf = ({ metadata }: KubeObject): string => `${metadata.namespace ?? ''}/${metadata.name}`;

const decodeToken = (text: string | null): { readonly version: string; readonly after: string } | undefined => {
  if (text === null || text === '') return undefined;
  try {
    return JSON.parse(Buffer.from(text, 'base64url').toString()) as { version: string; after: string };
  } catch {
    throw badRequest('continue key is not valid: it was not made by this server');
  }
};
