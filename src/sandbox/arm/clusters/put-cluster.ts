import { authorOf } from '../access/caller.ts';
import { buckets, durations } from '../../durations.ts';
import { arrayAt, isObject, objectAt, textAt } from '../../json.ts';
import type { JsonObject } from '../../json.ts';
import { guidOf } from '../../identity.ts';
import { json } from '../../server/http.ts';
import type { HttpReply } from '../../server/http.ts';
import type { Arm, ArmCall } from '../context.ts';
import { ArmError, aksError } from '../errors.ts';
import { checkLocation, checkTags } from '../front-door.ts';
import type { OperationRecord } from '../operations.ts';
import { withProperties } from '../resources.ts';
import type { ResourceRecord } from '../resources.ts';
import { checkAksBody } from './aks-body.ts';
import { checkCapacity } from './capacity.ts';
import { withoutNulls } from './cluster-body.ts';
import { checkConditions, clusterEtag, withNewEtags } from './conditions.ts';
import { checkCluster } from './cluster-rules.ts';
import { machinesGone } from './cluster-spec.ts';
import { clusterView } from './cluster-view.ts';
import { startCreate, startOperation } from './lifecycle.ts';
import { mergedCluster } from './real-cluster.ts';
import { checkNodeGroup, checkRequired } from './request-rules.ts';
import { throttle } from './throttle.ts';

const type = 'Microsoft.ContainerService/managedClusters';

export const idOf = (call: ArmCall, arm: Arm): string =>
  `/subscriptions/${arm.identity.subscriptionId}/resourceGroups/${call.param('group')}/providers/${type}/${call.param('name')}`;

export const findCluster = (call: ArmCall, arm: Arm): ResourceRecord => {
  const record = arm.resources.get(idOf(call, arm));
  if (record !== undefined) return record;
  // ARM answers for a cluster that does not exist: this error is wrapped, unlike AKS's own.
  throw new ArmError(
    404,
    'ResourceNotFound',
    `The Resource '${type}/${call.param('name')}' under resource group '${call.param('group')}' was not found. For more details please go to https://aka.ms/ARMResourceNotFoundFix`,
  );
};

/** 409 while another operation runs on the cluster, by AKS itself or by a client. */
export const checkIdle = (record: ResourceRecord, call: ArmCall, arm: Arm): void => {
  const running = arm.operations.running(record.id);
  const fault = arm.faults.take('conflict-in-progress', { method: call.request.method, path: call.request.path });
  if (running === undefined && fault === undefined) return;
  const { kind, id, startedAt } = running ?? {
    kind: 'update managed cluster',
    id: guidOf(record.etag),
    startedAt: arm.clock.now(),
  };
  if (call.header('if-match') !== undefined) {
    throw aksError(409, 'EtagMismatch', 'Operation is not allowed: Another operation is in progress');
  }
  const pool = running === undefined ? undefined : /\/agentPools\/([^/]+)$/iu.exec(running.resourceId)?.[1];
  if (pool !== undefined) {
    const what = call.route.type.endsWith('/agentPools') ? 'agentpool operation' : 'operation';
    throw aksError(
      409,
      'OperationNotAllowed',
      `Operation is not allowed: Another ${what} (${pool} - ${kind}) is in progress, please wait for it to finish before starting a new operation. See https://aka.ms/aks-pending-operation for more details`,
    );
  }
  throw aksError(
    409,
    'OperationNotAllowed',
    `Operation is not allowed because there's an in progress ${kind} operation (operation ID: ${id}) on the managed cluster started on ${new Date(startedAt).toUTCString().replace('GMT', 'UTC')}. Please wait for it to finish before starting a new operation. See https://aka.ms/aks-pending-operation for more details`,
  );
};

export const asyncHeaders = (
  operation: OperationRecord,
  arm: Arm,
  withLocation: boolean,
): Readonly<Record<string, string>> => {
  const base = `${arm.endpoints().arm}/subscriptions/${arm.identity.subscriptionId}/providers/Microsoft.ContainerService/locations/${operation.location}`;
  const url = (kind: string): string =>
    arm.operations.sign(`${base}/${kind}/${operation.id}?api-version=2016-03-30`, operation.id);
  return { 'azure-asyncoperation': url('operations'), ...(withLocation ? { location: url('operationresults') } : {}) };
};

export const putCluster = (call: ArmCall, arm: Arm): HttpReply => {
  const id = idOf(call, arm);
  const before = arm.resources.get(id);
  checkAksBody(call, 'Microsoft.ContainerService/managedClusters', call.param('name'));
  const body = objectAt({ body: withoutNulls(call.body) }, 'body');
  const location = checkLocation(call);
  checkTags(body);
  checkConditions(call, before === undefined ? undefined : clusterEtag(before));
  throttle(`put:${id.toLowerCase()}`, buckets.putManagedCluster, 'PUT ManagedCluster', arm);
  if (before !== undefined) {
    if (before.location !== location) {
      throw new ArmError(
        409,
        'InvalidResourceLocation',
        `The resource '${before.name}' already exists in location '${before.location ?? ''}' in resource group '${before.group ?? ''}'. A resource with the same name cannot be created in location '${location}'. Please select a new resource name.`,
      );
    }
    checkIdle(before, call, arm);
  }
  const cluster = {
    subscriptionId: arm.identity.subscriptionId,
    group: arm.groups.get(call.param('group'))?.name ?? call.param('group'),
    name: before?.name ?? call.param('name'),
    location,
    tenantId: arm.identity.tenantId,
  };
  checkRequired(body, before);
  const properties = mergedCluster(objectAt(body, 'properties'), before, cluster, arm);
  checkCluster(properties, arm);
  checkNodeGroup(textAt(properties, 'nodeResourceGroup') ?? '', id, arm);
  const poolsOf = (of: unknown): readonly JsonObject[] => arrayAt(of, 'agentPoolProfiles').filter(isObject);
  checkCapacity(poolsOf(properties), location, arm, id, poolsOf(before?.properties));
  const draft = withNewEtags({
    id,
    type,
    name: cluster.name,
    group: cluster.group,
    location,
    tags: objectAt(body, 'tags'),
    kind: 'Base',
    sku: { name: 'Base', tier: 'Free', ...objectAt(body, 'sku') },
    identity: identityOf(isObject(body['identity']) ? body['identity'] : (before?.identity ?? {}), id, arm),
    properties: { ...properties, provisioningState: before === undefined ? 'Creating' : 'Updating' },
    internal: before?.internal ?? {},
  });
  const record = arm.resources.put({ ...draft, by: authorOf(call.caller) });
  if (!machinesGone(record))
    arm.groups.put({
      name: textAt(properties, 'nodeResourceGroup') ?? '',
      location,
      managedBy: record.id,
      provisioningState: 'Succeeded',
    });
  const operation =
    before === undefined
      ? startCreate(record, arm)
      : startOperation(record, arm, {
          kind: 'update managed cluster',
          task: 'cluster-done',
          after: durations.clusterUpdate,
        });
  return json(
    before === undefined ? 201 : 200,
    clusterView(record, call.apiVersion, arm),
    asyncHeaders(operation, arm, false),
  );
};

const identityOf = (identity: JsonObject, id: string, arm: Arm): JsonObject =>
  textAt(identity, 'type') === 'SystemAssigned'
    ? { type: 'SystemAssigned', principalId: guidOf(`${id}/identity`), tenantId: arm.identity.tenantId }
    : identity;

/** PATCH changes tags alone, as an operation of its own. */
export const patchCluster = (call: ArmCall, arm: Arm): HttpReply => {
  const record = findCluster(call, arm);
  checkTags(call.body);
  checkConditions(call, clusterEtag(record));
  checkIdle(record, call, arm);
  const updated = arm.resources.put(
    withNewEtags({
      ...withProperties(record, { provisioningState: 'Updating' }),
      tags: objectAt(call.body, 'tags'),
      by: authorOf(call.caller),
    }),
  );
  const operation = startOperation(updated, arm, {
    kind: 'update managed cluster',
    task: 'cluster-done',
    after: durations.backgroundOperation / 4,
  });
  return json(200, clusterView(updated, call.apiVersion, arm), asyncHeaders(operation, arm, false));
};
