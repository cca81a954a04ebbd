import { objectAt, textAt } from '../../json.ts';
import type { JsonObject } from '../../json.ts';
import { json } from '../../server/http.ts';
import type { HttpReply } from '../../server/http.ts';
import { checkedBody, providerError } from '../checked-body.ts';
import type { Arm, ArmCall, Route } from '../context.ts';
import type { ResourceRecord } from '../resources.ts';
import { findWorkspace, readyWorkspace } from './workspace-routes.ts';

const namespace = 'Microsoft.OperationalInsights';
const type = `${namespace}/workspaces/savedSearches`;
const own = { namespace, type: 'workspaces/savedSearches' } as const;
const inWorkspace = `/subscriptions/{subscription}/resourceGroups/{group}/providers/${namespace}/workspaces/{workspace}/savedSearches`;
const one = `${inWorkspace}/{search}`;

const etagOf = (record: ResourceRecord): string =>
  `W/"datetime'${encodeURIComponent(new Date(record.changedAt).toISOString())}-${record.etag.slice(0, 8)}'"`;

const view = (record: ResourceRecord, workspace: ResourceRecord): JsonObject => ({
  // Answers name the group and workspace in lower case here, too.
  id: `${workspace.id.toLowerCase()}/savedSearches/${record.name}`,
  etag: etagOf(record),
  name: record.name,
  type,
  properties: record.properties,
});

const find = (call: ArmCall, arm: Arm): ResourceRecord => {
  const workspace = findWorkspace(call, arm);
  const record = arm.resources.get(`${workspace.id}/savedSearches/${call.param('search')}`);
  if (record === undefined)
    throw providerError(404, 'NotFound', `The saved search '${call.param('search')}' was not found.`);
  return record;
};

/** A condition in a header that does not hold is a 412; the etag of the body, which most send, is a 409. */
const checkHeaders = (call: ArmCall, before: ResourceRecord | undefined): void => {
  const match = call.header('if-match') ?? '';
  const exists = call.header('if-none-match') === '*' && before !== undefined;
  const fits = before !== undefined && (match === '*' || match === etagOf(before));
  if (exists || (match !== '' && !fits))
    throw providerError(
      412,
      'PreconditionFailed',
      'The precondition given in one of the request headers evaluated to false.',
    );
};

const put = (call: ArmCall, arm: Arm): HttpReply => {
  const workspace = readyWorkspace(call, arm);
  const body = checkedBody(call, { code: 'InvalidParameter' });
  const name = call.param('search');
  const before = arm.resources.get(`${workspace.id}/savedSearches/${name}`);
  checkHeaders(call, before);
  const etag = textAt(body, 'etag') ?? textAt(body, 'eTag') ?? call.header('if-match');
  if (before !== undefined && etag !== '*' && etag !== etagOf(before)) {
    throw providerError(
      409,
      'Conflict',
      'Newer data exists in the Customer Configuration Store. Please update your data and try again.',
    );
  }
  const properties = objectAt(body, 'properties');
  const alias = textAt(properties, 'functionAlias');
  if (alias !== undefined && !/^[A-Za-z_]\w{0,1023}$/u.test(alias)) {
    throw providerError(400, 'InvalidParameter', `The function alias '${alias}' is not a valid name of a function.`);
  }
  const record = arm.resources.put({
    id: `${workspace.id}/savedSearches/${name}`,
    type,
    name: before?.name ?? name,
    group: workspace.group,
    properties: { ...properties, version: properties['version'] ?? 2 },
  });
  return json(200, view(record, workspace));
};

export const savedSearchRoutes: readonly Route[] = [
  {
    ...own,
    method: 'GET',
    pattern: inWorkspace,
    handle(call, arm) {
      const workspace = findWorkspace(call, arm);
      const records = arm.resources.list(
        (record) => record.type === type && record.id.toLowerCase().startsWith(`${workspace.id.toLowerCase()}/`),
      );
      return json(200, {
        __metadata: { schema: {}, resultType: 'SavedSearch', total: records.length },
        value: records.map((record) => view(record, workspace)),
      });
    },
  },
  { ...own, method: 'PUT', pattern: one, handle: put },
  {
    ...own,
    method: 'GET',
    pattern: one,
    handle: (call, arm) => json(200, view(find(call, arm), findWorkspace(call, arm))),
  },
  {
    ...own,
    method: 'DELETE',
    pattern: one,
    handle(call, arm) {
      const record = arm.resources.get(`${findWorkspace(call, arm).id}/savedSearches/${call.param('search')}`);
      checkHeaders(call, record);
      if (record !== undefined) arm.resources.remove(record.id);
      return { status: 200 };
    },
  },
];
