import { durations } from '../../durations.ts';
import { guidOf } from '../../identity.ts';
import { numberAt, objectAt, textAt } from '../../json.ts';
import type { JsonObject } from '../../json.ts';
import { json } from '../../server/http.ts';
import type { HttpReply } from '../../server/http.ts';
import { providerError } from '../checked-body.ts';
import type { Arm, ArmCall, Route } from '../context.ts';
import type { OperationRecord } from '../operations.ts';
import { page } from '../paging.ts';
import { withProperties } from '../resources.ts';
import type { ResourceRecord } from '../resources.ts';
import { base, checkEtag, childId, childrenOf, findChild, namespace, readBody, stampOf, userOf } from './children.ts';
import { onboarded } from './onboarding.ts';
import { parseContent } from './watchlist-content.ts';
import { addItem } from './watchlist-items.ts';

const type = `${namespace}/Watchlists`;
const own = { namespace, type: 'watchlists' } as const;
const one = `${base}/watchlists/{alias}`;

/** `rawContent` is read once and never told again. */
const view = (record: ResourceRecord): JsonObject => ({
  id: record.id,
  name: record.name,
  etag: `"${record.etag}"`,
  type,
  properties: record.properties,
});

const find = (call: ArmCall, arm: Arm): ResourceRecord =>
  findChild(onboarded(call, arm), `watchlists/${call.param('alias')}`, 'Watchlist', arm);

const stateOf = (record: ResourceRecord): string => textAt(record.properties, 'provisioningState') ?? '';

const start = (record: ResourceRecord, task: string, after: number, arm: Arm): Readonly<Record<string, string>> => {
  const operation = arm.operations.start({ kind: 'watchlist', resourceId: record.id, location: '' });
  arm.tasks.add(task, after, record.id, { operation: operation.id });
  const workspace = record.id.replace(/\/watchlists\/[^/]+$/u, '');
  const url = `${arm.endpoints().arm}${workspace}/operations/${operation.id}?api-version=2025-09-01`;
  return { 'azure-asyncoperation': arm.operations.sign(url, operation.id) };
};

/** Items only ever come on top: a PUT with other content takes none of the earlier ones away. */
const put = (call: ArmCall, arm: Arm): HttpReply => {
  const workspace = onboarded(call, arm);
  const alias = call.param('alias');
  const body = readBody(call, alias);
  const asked = objectAt(body, 'properties');
  if (!/^[\da-z][\w -]*[\da-z]$/iu.test(alias))
    throw providerError(
      400,
      'BadRequest',
      `The watchlist alias '${alias}' is invalid: it must begin and end with a letter or digit.`,
    );
  const before = arm.resources.get(childId(workspace, `watchlists/${alias}`));
  checkEtag(call, body, before);
  if (before !== undefined && stateOf(before) === 'Deleting')
    throw providerError(409, 'Conflict', 'Delete is currently in progress.');
  if (before !== undefined && stateOf(before) === 'Uploading')
    throw providerError(409, 'Conflict', `The upload of watchlist '${before.name}' is in progress.`);
  const searchKey = textAt(asked, 'itemsSearchKey') ?? '';
  if (before !== undefined && textAt(before.properties, 'itemsSearchKey') !== searchKey)
    throw providerError(400, 'BadRequest', `The items search key of watchlist '${before.name}' cannot be changed.`);
  const text = textAt(asked, 'rawContent');
  const items =
    text === undefined
      ? []
      : parseContent({
          text,
          contentType: textAt(asked, 'contentType') ?? 'text/csv',
          skip: numberAt(asked, 'numberOfLinesToSkip') ?? 0,
          searchKey,
        });
  const { rawContent: _text, contentType: _type, numberOfLinesToSkip: _skip, ...kept } = asked;
  const record = arm.resources.put({
    id: childId(workspace, `watchlists/${alias}`),
    type,
    name: before?.name ?? alias,
    group: workspace.group,
    properties: {
      source: null,
      sourceType: 'Local',
      labels: [],
      ...kept,
      watchlistId: textAt(before?.properties, 'watchlistId') ?? guidOf(`${workspace.id}/${alias}/${arm.clock.now()}`),
      watchlistAlias: before?.name ?? alias,
      watchlistType: 'watchlist',
      created: textAt(before?.properties, 'created') ?? stampOf(arm),
      updated: stampOf(arm),
      createdBy: userOf(call),
      updatedBy: userOf(call),
      isDeleted: false,
      tenantId: arm.identity.tenantId,
      uploadStatus: items.length === 0 ? 'Complete' : 'InProgress',
      provisioningState: items.length === 0 ? 'Succeeded' : 'Uploading',
    },
    internal: { waiting: items },
  });
  const headers = items.length === 0 ? {} : start(record, 'watchlist-uploaded', durations.watchlistUpload, arm);
  return json(before === undefined ? 201 : 200, view(record), headers);
};

const remove = (call: ArmCall, arm: Arm): HttpReply => {
  const record = arm.resources.get(childId(onboarded(call, arm), `watchlists/${call.param('alias')}`));
  if (record === undefined) return { status: 204 };
  checkEtag(call, undefined, record);
  if (stateOf(record) === 'Uploading')
    throw providerError(
      409,
      'Conflict',
      `Watchlist '${record.name}' cannot be deleted while its upload is in progress.`,
    );
  if (stateOf(record) === 'Deleting') throw providerError(409, 'Conflict', 'Delete is currently in progress.');
  arm.resources.put(withProperties(record, { provisioningState: 'Deleting' }));
  return { status: 202, headers: start(record, 'watchlist-deleted', durations.watchlistDelete, arm) };
};

export const handleWatchlistTasks = (arm: Arm): void => {
  arm.tasks.handle('watchlist-uploaded', ({ subject, data }) => {
    const record = arm.resources.get(subject);
    if (record !== undefined) {
      const waiting = record.internal['waiting'];
      for (const [index, item] of (Array.isArray(waiting) ? (waiting as JsonObject[]) : []).entries())
        addItem(
          record,
          guidOf(`${record.id}/${arm.clock.now()}/${index}`),
          item,
          objectAt(record.properties, 'updatedBy'),
          arm,
        );
      arm.resources.put({
        ...withProperties(record, { provisioningState: 'Succeeded', uploadStatus: 'Complete' }),
        internal: {},
      });
    }
    arm.operations.finish(String(data['operation']), 'Succeeded');
  });
  arm.tasks.handle('watchlist-deleted', ({ subject, data }) => {
    arm.resources.remove(subject);
    arm.operations.finish(String(data['operation']), 'Succeeded');
  });
};

const status = (call: ArmCall, arm: Arm): OperationRecord => {
  const operation = arm.operations.get(call.param('operation'));
  if (operation === undefined) throw providerError(404, 'NotFound', 'The operation does not exist.');
  if (arm.operations.signed(call.request.url.searchParams, operation.id)) return operation;
  throw providerError(403, 'AuthorizationFailed', 'The signature of the operation URL is not valid.');
};

export const watchlistRoutes: readonly Route[] = [
  {
    ...own,
    method: 'GET',
    pattern: `${base}/watchlists`,
    handle: (call, arm) => page(call, childrenOf(onboarded(call, arm), 'watchlists', arm).map(view)),
  },
  { ...own, method: 'PUT', pattern: one, handle: put },
  { ...own, method: 'GET', pattern: one, handle: (call, arm) => json(200, view(find(call, arm))) },
  { ...own, method: 'DELETE', pattern: one, handle: remove },
  {
    namespace,
    type: 'operations',
    method: 'GET',
    pattern: `${base}/operations/{operation}`,
    handle(call, arm) {
      const { id, error, ...operation } = status(call, arm);
      return json(200, {
        id,
        name: id,
        status: operation.status,
        startTime: new Date(operation.startedAt).toISOString(),
        ...(operation.endedAt === undefined ? {} : { endTime: new Date(operation.endedAt).toISOString() }),
        ...(error === undefined ? {} : { error }),
      });
    },
  },
];
