import type { KubeObject, ObjectStore } from '../objects.ts';
import { badRequest } from './api-error.ts';
import { groupVersion } from './catalog.ts';
import { continueAfter, decodeToken, expired } from './continue-token.ts';
import type { History } from './history.ts';
import { atVersion, matcherOf } from './read.ts';
import { checkListOptions, tooLarge, versionNumber } from './request-options.ts';
import { json, type ApiReply, type ApiRequest } from './request.ts';
import type { ApiResource } from './resource-table.ts';
import { isSameKind } from './views.ts';

/** One page of a list: objects and the list's metadata. */
export interface Page {
  readonly items: readonly KubeObject[];
  readonly metadata: {
    readonly resourceVersion: string;
    readonly continue?: string;
    readonly remainingItemCount?: number;
  };
}

interface Listing {
  readonly store: ObjectStore;
  readonly history: History;
}

/**
 * A list, cut by `limit` and resumed by `continue`, which holds the last key and the moment that the first page saw: later pages and
 * `resourceVersionMatch=Exact` tell of that moment, or 410 where the changes since then are no longer known.
 */
export const list = (
  { store, history }: Listing,
  resource: ApiResource,
  namespace: string | undefined,
  request: ApiRequest,
): Page => {
  const { query } = request;
  checkListOptions(query);
  const asked = query.get('resourceVersion') ?? '';
  const matches = matcherOf(resource, request);
  const prefix = prefixOf(resource, namespace);
  const token = decodeToken(query.get('continue'), prefix);
  if (token !== undefined && asked !== '' && asked !== '0')
    throw badRequest('specifying resource version is not allowed when using continue');
  const wanted = versionNumber(asked);
  if (wanted > store.version()) throw tooLarge(asked, store.version());
  const limit = limitOf(query.get('limit'));
  const exact = query.get('resourceVersionMatch') === 'Exact' && wanted > 0 ? wanted : undefined;
  // A token that was given in place of an expired one continues with what there is now.
  const moment = token === undefined ? exact : token.version < 0 ? undefined : token.version;
  if (moment !== undefined && moment < history.compacted()) throw expired(token, prefix);
  const there =
    moment === undefined ? store.list(resource, namespace) : asItWas({ store, history }, resource, namespace, moment);
  const after = there.filter((object) => token === undefined || keyOf(object) >= token.start);
  const found = after.filter(matches);
  const items = found.slice(0, limit).map((object) => atVersion(resource, object));
  const last = items.at(-1);
  const version = moment ?? store.version();
  const metadata = { resourceVersion: String(version) };
  // Whether what is left would match nobody looks before the next page is asked for.
  const left = last === undefined ? 0 : after.filter((object) => keyOf(object) > keyOf(last)).length;
  if (items.length < limit || left === 0 || last === undefined) return { items, metadata };
  const next = continueAfter(keyOf(last), prefix, version);
  const selects = query.has('labelSelector') || query.has('fieldSelector');
  return { items, metadata: { ...metadata, continue: next, ...(selects ? {} : { remainingItemCount: left }) } };
};

const limitOf = (text: string | null): number => {
  if (text === null || text === '') return Infinity;
  if (!/^-?\d+$/.test(text)) throw badRequest(`strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`);
  return Number(text) > 0 ? Number(text) : Infinity;
};

/** What was there at a version: what is there now with everything undone that has happened since. */
const asItWas = (
  { store, history }: Listing,
  resource: ApiResource,
  namespace: string | undefined,
  version: number,
): readonly KubeObject[] => {
  const objects = new Map(store.list(resource, namespace).map((object) => [keyOf(object), object]));
  for (const { event, before } of history.since(version).toReversed()) {
    const { object } = event;
    if (!isSameKind(event.resource, resource)) continue;
    if (namespace !== undefined && object.metadata.namespace !== namespace) continue;
    if (before === undefined) objects.delete(keyOf(object));
    else objects.set(keyOf(object), before);
  }
  return [...objects].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, object]) => object);
};

export const listReply = (resource: ApiResource, page: Page): ApiReply =>
  json({
    kind: `${resource.kind}List`,
    apiVersion: groupVersion(resource),
    metadata: resource.custom ? { continue: '', ...page.metadata } : page.metadata,
    items: resource.custom ? page.items : page.items.map(({ apiVersion: _a, kind: _k, ...item }) => item),
  });

const keyOf = ({ metadata }: KubeObject): string => `${metadata.namespace ?? ''}/${metadata.name}`;

/** What all keys of a list begin with. */
const prefixOf = (resource: ApiResource, namespace: string | undefined): string =>
  resource.namespaced && namespace === undefined ? '' : `${namespace ?? ''}/`;
