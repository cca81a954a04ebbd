import { authorOf } from '../access/caller.ts';
import { durations } from '../../durations.ts';
import { guidOf } from '../../identity.ts';
import { at, compact, numberAt, objectAt, textAt } from '../../json.ts';
import type { JsonObject } from '../../json.ts';
import { json } from '../../server/http.ts';
import type { HttpReply } from '../../server/http.ts';
import { checkedBody, providerError } from '../checked-body.ts';
import { checkEtags, checkPlace } from '../conditions.ts';
import type { Arm, ArmCall, Route } from '../context.ts';
import { resourceNotFound } from '../errors.ts';
import { checkLocation, checkTags } from '../front-door.ts';
import { page } from '../paging.ts';
import { release } from '../removal.ts';
import { withProperties } from '../resources.ts';
import type { ResourceRecord } from '../resources.ts';
import { builtInSearches } from './built-in-searches.ts';
import { checkRegion, deletedWorkspaces, findDeleted, forgetDeleted } from './soft-delete.ts';

const namespace = 'Microsoft.OperationalInsights';
const type = `${namespace}/workspaces`;
const inGroup = `/subscriptions/{subscription}/resourceGroups/{group}/providers/${namespace}/workspaces`;
const one = `${inGroup}/{workspace}`;
const own = { namespace, type: 'workspaces' } as const;

export const workspaceIdOf = (call: ArmCall, arm: Arm): string =>
  `/subscriptions/${arm.identity.subscriptionId}/resourceGroups/${call.param('group')}/providers/${type}/${call.param('workspace')}`;

export const findWorkspace = (call: ArmCall, arm: Arm): ResourceRecord => {
  const record = arm.resources.get(workspaceIdOf(call, arm));
  if (record === undefined) throw resourceNotFound(type, call.param('workspace'), call.param('group'));
  return record;
};

const stateOf = (record: ResourceRecord): string => textAt(record.properties, 'provisioningState') ?? '';

/** A workspace that may be written into: one that is still being made is not there yet for its own children. */
export const readyWorkspace = (call: ArmCall, arm: Arm): ResourceRecord => {
  const record = findWorkspace(call, arm);
  if (stateOf(record) === 'Succeeded') return record;
  throw providerError(404, 'ResourceNotFound', 'Workspace not active');
};

/** A workspace that could not be made: another PUT tries again. */
const isFailed = (record: ResourceRecord | undefined): boolean => record !== undefined && stateOf(record) === 'Failed';

/** No second write while the first is on its way, whoever sends it. */
const checkIdle = (record: ResourceRecord): void => {
  if (stateOf(record) === 'Succeeded' || isFailed(record)) return;
  throw providerError(
    409,
    'Conflict',
    `Another operation is in progress on workspace '${record.name}': its provisioning state is ${stateOf(record)}. Please retry after it has finished.`,
  );
};

/** Log Analytics lower-cases what AKS and others keep: `resourcegroups`, its own namespace, the sku. */
const view = (record: ResourceRecord, arm: Arm): JsonObject =>
  compact({
    properties: record.properties,
    location: record.location,
    tags: record.tags,
    id: `/subscriptions/${arm.identity.subscriptionId}/resourcegroups/${(record.group ?? '').toLowerCase()}/providers/microsoft.operationalinsights/workspaces/${record.name.toLowerCase()}`,
    name: record.name,
    type,
    etag: `"${record.etag}"`,
    identity: record.identity,
  });

const stamp = (arm: Arm): string => new Date(arm.clock.now()).toISOString().replace(/Z$/u, '0000Z');

const put = (call: ArmCall, arm: Arm): HttpReply => {
  const body = checkedBody(call, { name: call.param('workspace') });
  const location = checkLocation(call);
  checkTags(body);
  const id = workspaceIdOf(call, arm);
  const before = arm.resources.get(id);
  checkEtags(call, before);
  checkPlace(before, location);
  if (before !== undefined) checkIdle(before);
  const deleted = before === undefined ? findDeleted(id, arm) : undefined;
  if (deleted !== undefined) {
    checkRegion(deleted, location);
    return recover(deleted.record, deleted.inside, body, call, arm);
  }
  const properties = merged(objectAt(body, 'properties'), before, id, arm);
  const record = arm.resources.put({
    by: authorOf(call.caller),
    id,
    type,
    name: before?.name ?? call.param('workspace'),
    group: arm.groups.get(call.param('group'))?.name,
    location,
    // A PUT replaces: tags that it does not name are gone.
    tags: objectAt(body, 'tags'),
    properties,
  });
  if (before === undefined) for (const search of builtInSearches(record)) arm.resources.put(search);
  if (before === undefined || isFailed(before)) arm.tasks.add('workspace-done', durations.workspaceCreate, id);
  return json(before === undefined ? 201 : 200, view(record, arm));
};

/** A deleted workspace of this name comes back at once, with its old id for queries, sku, retention and data. */
const recover = (
  record: ResourceRecord,
  inside: readonly ResourceRecord[],
  body: JsonObject,
  call: ArmCall,
  arm: Arm,
): HttpReply => {
  const back = arm.resources.put({
    ...withProperties(record, { provisioningState: 'Succeeded', modifiedDate: stamp(arm) }),
    tags: objectAt(body, 'tags'),
    by: authorOf(call.caller),
  });
  for (const part of inside) arm.resources.put(part);
  forgetDeleted(record.id, arm);
  return json(200, view(back, arm));
};

const merged = (request: JsonObject, before: ResourceRecord | undefined, id: string, arm: Arm): JsonObject => {
  const old = before?.properties ?? {};
  const sku = textAt(request, 'sku', 'name') ?? textAt(old, 'sku', 'name') ?? 'pergb2018';
  const retention = numberAt(request, 'retentionInDays') ?? numberAt(old, 'retentionInDays') ?? 30;
  const allowed = sku.toLowerCase() === 'free' ? retention === 7 : retention >= 30 && retention <= 730;
  if (!allowed) {
    throw providerError(
      400,
      'InvalidParameter',
      `'RetentionInDays' property doesn't match the SKU limits: ${retention} is not allowed for sku ${sku}, which takes 30 to 730 days.`,
    );
  }
  return {
    customerId: textAt(old, 'customerId') ?? guidOf(`${id.toLowerCase()}/${arm.clock.now()}`),
    provisioningState:
      before === undefined || isFailed(before) ? 'Creating' : (textAt(old, 'provisioningState') ?? 'Succeeded'),
    sku: { ...objectAt(request, 'sku'), name: sku.toLowerCase(), lastSkuUpdate: stamp(arm) },
    retentionInDays: retention,
    features: {
      legacy: 0,
      searchVersion: 1,
      enableLogAccessUsingOnlyResourcePermissions: true,
      ...objectAt(request, 'features'),
    },
    workspaceCapping: {
      dailyQuotaGb: -1,
      quotaNextResetTime: stamp(arm),
      dataIngestionStatus: 'RespectQuota',
      ...objectAt(request, 'workspaceCapping'),
    },
    publicNetworkAccessForIngestion: textAt(request, 'publicNetworkAccessForIngestion') ?? 'Enabled',
    publicNetworkAccessForQuery: textAt(request, 'publicNetworkAccessForQuery') ?? 'Enabled',
    createdDate: textAt(old, 'createdDate') ?? stamp(arm),
    modifiedDate: stamp(arm),
  };
};

const patch = (call: ArmCall, arm: Arm): HttpReply => {
  const record = findWorkspace(call, arm);
  const body = checkedBody(call, { partial: true });
  checkTags(body);
  checkIdle(record);
  const updated = arm.resources.put({
    by: authorOf(call.caller),
    ...withProperties(
      record,
      merged({ ...record.properties, ...objectAt(body, 'properties') }, record, record.id, arm),
    ),
    tags: at(body, 'tags') === undefined ? (record.tags ?? {}) : objectAt(body, 'tags'),
  });
  return json(200, view(updated, arm));
};

/** Synchronous, as recorded in 2021 and 2024: 200, nothing in the body, no location. */
const remove = async (call: ArmCall, arm: Arm): Promise<HttpReply> => {
  const id = workspaceIdOf(call, arm);
  const purge = call.request.url.searchParams.get('force')?.toLowerCase() === 'true';
  const record = arm.resources.get(id);
  if (record !== undefined) checkEtags(call, record);
  if (purge) forgetDeleted(id, arm);
  if (record === undefined) return { status: 204 };
  await release(record, arm, { purge });
  return { status: 200 };
};

const list = (call: ArmCall, arm: Arm): HttpReply => {
  const group = call.params['group']?.toLowerCase();
  const records = arm.resources
    .ofType(type)
    .filter((record) => group === undefined || record.group?.toLowerCase() === group);
  return page(
    call,
    records.map((record) => view(record, arm)),
  );
};

const listDeleted = (call: ArmCall, arm: Arm): HttpReply => {
  const group = call.params['group']?.toLowerCase();
  const records = deletedWorkspaces(arm)
    .map(({ record }) => record)
    .filter((record) => group === undefined || record.group?.toLowerCase() === group);
  return page(
    call,
    records.map((record) => view(record, arm)),
  );
};

export const handleWorkspaceTasks = (arm: Arm): void => {
  arm.tasks.handle('workspace-done', ({ subject }) => {
    const record = arm.resources.get(subject);
    if (record === undefined) return;
    const failed = arm.faults.take('workspace-failed', { method: 'PUT', path: subject }) !== undefined;
    arm.resources.put(withProperties(record, { provisioningState: failed ? 'Failed' : 'Succeeded' }));
  });
};

export const workspaceRoutes: readonly Route[] = [
  { ...own, method: 'GET', pattern: `/subscriptions/{subscription}/providers/${namespace}/workspaces`, handle: list },
  { ...own, method: 'GET', pattern: inGroup, handle: list },
  { ...own, method: 'PUT', pattern: one, handle: put },
  { ...own, method: 'PATCH', pattern: one, handle: patch },
  { ...own, method: 'GET', pattern: one, handle: (call, arm) => json(200, view(findWorkspace(call, arm), arm)) },
  { ...own, method: 'DELETE', pattern: one, handle: remove },
  {
    namespace,
    type: 'deletedWorkspaces',
    method: 'GET',
    pattern: `/subscriptions/{subscription}/providers/${namespace}/deletedWorkspaces`,
    handle: listDeleted,
  },
  {
    namespace,
    type: 'deletedWorkspaces',
    method: 'GET',
    pattern: `/subscriptions/{subscription}/resourceGroups/{group}/providers/${namespace}/deletedWorkspaces`,
    handle: listDeleted,
  },
];
