import { objectAt, textAt } from '../../json.ts';
import type { JsonObject } from '../../json.ts';
import { json } from '../../server/http.ts';
import type { HttpReply } from '../../server/http.ts';
import { providerError } from '../checked-body.ts';
import type { Arm, ArmCall, Route } from '../context.ts';
import { page } from '../paging.ts';
import type { ResourceRecord } from '../resources.ts';
import {
  base,
  checkEtag,
  checkGuid,
  childId,
  childrenOf,
  findChild,
  namespace,
  readBody,
  stampOf,
  userOf,
} from './children.ts';
import { onboarded } from './onboarding.ts';

const type = `${namespace}/Watchlists/WatchlistItems`;
const own = { namespace, type: 'watchlists/watchlistItems' } as const;
const all = `${base}/watchlists/{alias}/watchlistItems`;

/** Puts one item into a watchlist; `id` is a GUID. */
export const addItem = (
  watchlist: ResourceRecord,
  id: string,
  values: JsonObject,
  by: JsonObject,
  arm: Arm,
): ResourceRecord => {
  const key = `${watchlist.id}/watchlistItems/${id}`;
  const before = arm.resources.get(key);
  return arm.resources.put({
    id: key,
    type,
    name: before?.name ?? id,
    group: watchlist.group,
    properties: {
      watchlistItemType: 'watchlist-item',
      watchlistItemId: id,
      tenantId: arm.identity.tenantId,
      isDeleted: false,
      created: textAt(before?.properties, 'created') ?? stampOf(arm),
      updated: stampOf(arm),
      createdBy: by,
      updatedBy: by,
      itemsKeyValue: values,
      entityMapping: {},
    },
  });
};

const view = (record: ResourceRecord): JsonObject => ({
  id: record.id,
  name: record.name,
  etag: `"${record.etag}"`,
  type,
  properties: record.properties,
});

/** The watchlist, unless it is on its way out. */
const parent = (call: ArmCall, arm: Arm): ResourceRecord =>
  findChild(onboarded(call, arm), `watchlists/${call.param('alias')}`, 'Watchlist', arm);

const itemId = (call: ArmCall): string => `watchlists/${call.param('alias')}/watchlistItems/${call.param('item')}`;

const put = (call: ArmCall, arm: Arm): HttpReply => {
  const watchlist = parent(call, arm);
  const id = call.param('item');
  checkGuid('watchlist item', id);
  const body = readBody(call, id);
  const before = arm.resources.get(childId(onboarded(call, arm), itemId(call)));
  checkEtag(call, body, before);
  if (textAt(watchlist.properties, 'provisioningState') === 'Deleting')
    throw providerError(409, 'Conflict', 'Delete is currently in progress.');
  const values = objectAt(body, 'properties', 'itemsKeyValue');
  const searchKey = textAt(watchlist.properties, 'itemsSearchKey') ?? '';
  if (values[searchKey] === undefined)
    throw providerError(400, 'BadRequest', `The item has no value for the items search key '${searchKey}'.`);
  return json(before === undefined ? 201 : 200, view(addItem(watchlist, id, values, userOf(call), arm)));
};

/** Rows by alias, as `_GetWatchlist` gives them to queries. */
export const watchlistRows = (workspace: ResourceRecord, arm: Arm): Readonly<Record<string, readonly JsonObject[]>> =>
  Object.fromEntries(
    childrenOf(workspace, 'watchlists', arm).map((watchlist) => [
      watchlist.name,
      childrenOf(workspace, `watchlists/${watchlist.name}/watchlistItems`, arm).map(({ name, properties }) => {
        const values = objectAt(properties, 'itemsKeyValue');
        return {
          ...values,
          _DTItemId: name,
          LastUpdatedTimeUTC: properties['updated'],
          SearchKey: values[textAt(watchlist.properties, 'itemsSearchKey') ?? ''],
          WatchlistItem: values,
        };
      }),
    ]),
  );

export const watchlistItemRoutes: readonly Route[] = [
  {
    ...own,
    method: 'GET',
    pattern: all,
    handle: (call, arm) =>
      page(
        call,
        childrenOf(onboarded(call, arm), `watchlists/${parent(call, arm).name}/watchlistItems`, arm).map(view),
      ),
  },
  { ...own, method: 'PUT', pattern: `${all}/{item}`, handle: put },
  {
    ...own,
    method: 'GET',
    pattern: `${all}/{item}`,
    handle: (call, arm) => json(200, view(findChild(onboarded(call, arm), itemId(call), 'Watchlist item', arm))),
  },
  {
    ...own,
    method: 'DELETE',
    pattern: `${all}/{item}`,
    handle(call, arm) {
      const record = arm.resources.get(childId(onboarded(call, arm), itemId(call)));
      if (record === undefined) return { status: 204 };
      checkEtag(call, undefined, record);
      arm.resources.remove(record.id);
      return { status: 200 };
    },
  },
];
