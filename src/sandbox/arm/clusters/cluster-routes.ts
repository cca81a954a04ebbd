import { buckets, durations } from '../../durations.ts';
import { at, textAt } from '../../json.ts';
import { json } from '../../server/http.ts';
import type { HttpReply } from '../../server/http.ts';
import type { Arm, ArmCall, Route } from '../context.ts';
import { ArmError, aksError } from '../errors.ts';
import { dismissNodeGroup } from '../group-deletion.ts';
import type { OperationRecord } from '../operations.ts';
import { swapped } from '../operations.ts';
import { page } from '../paging.ts';
import { withProperties } from '../resources.ts';
import { deletePool, findPool, poolsOf, putPool } from './agent-pools.ts';
import { agentPoolView, clusterView } from './cluster-view.ts';
import { withExec } from './entra-kubeconfig.ts';
import { versionsView } from './kubernetes-versions.ts';
import { checkConditions, clusterEtag } from './conditions.ts';
import { asyncHeaders, findCluster, idOf, patchCluster, putCluster } from './put-cluster.ts';
import { offeredVersions } from './real-cluster.ts';
import { checkServed } from './request-rules.ts';
import { throttle } from './throttle.ts';

const namespace = 'Microsoft.ContainerService';
const subscription = `/subscriptions/{subscription}`;
const inGroup = `${subscription}/resourceGroups/{group}/providers/${namespace}/managedClusters`;
const one = `${inGroup}/{name}`;
const own = { namespace, type: 'managedClusters' } as const;
const pools = { namespace, type: 'managedClusters/agentPools' } as const;

const list = (call: ArmCall, arm: Arm): HttpReply => {
  const group = call.params['group']?.toLowerCase();
  const records = arm.resources
    .ofType(`${namespace}/managedClusters`)
    .filter((record) => group === undefined || record.group?.toLowerCase() === group);
  return page(
    call,
    records.map((record) => clusterView(record, call.apiVersion, arm)),
  );
};

const get = (call: ArmCall, arm: Arm): HttpReply => {
  const record = findCluster(call, arm);
  throttle(`get:${record.id.toLowerCase()}`, buckets.getManagedCluster, 'GET ManagedCluster', arm);
  return json(200, clusterView(record, call.apiVersion, arm), { etag: `"${clusterEtag(record)}"` });
};

const remove = (call: ArmCall, arm: Arm): HttpReply => {
  const record = arm.resources.get(idOf(call, arm));
  if (record === undefined) return { status: 204 };
  checkConditions(call, clusterEtag(record));
  const running = arm.operations.running(record.id);
  const already = running?.kind === 'delete managed cluster' ? running : undefined;
  if (already !== undefined) return { status: 202, headers: asyncHeaders(already, arm, true) };
  // A delete preempts what runs, background operations included.
  arm.tasks.cancel(({ subject, kind }) => subject === record.id.toLowerCase() && kind.startsWith('cluster-'));
  if (running !== undefined)
    arm.operations.finish(running.id, 'Canceled', {
      code: 'OperationPreempted',
      message: 'The operation was preempted by a delete operation.',
    });
  arm.resources.put(withProperties(record, { provisioningState: 'Deleting' }));
  dismissNodeGroup(record, arm);
  const operation = arm.operations.start({
    kind: 'delete managed cluster',
    resourceId: record.id,
    location: record.location ?? '',
    resultStatus: 204,
  });
  if (arm.faults.take('operation-record-lost', { method: 'DELETE', path: record.id }) !== undefined)
    arm.operations.lose(operation.id);
  arm.tasks.add('cluster-deleted', durations.clusterDelete, record.id, { operation: operation.id });
  return { status: 202, headers: asyncHeaders(operation, arm, true) };
};

const abort = (call: ArmCall, arm: Arm): HttpReply => {
  checkServed(call, (apiVersion) => apiVersion >= '2023-01-01');
  const record = findCluster(call, arm);
  const running = arm.operations.running(record.id);
  if (running === undefined || running.kind === 'PutExtensionAddonHandler') {
    throw aksError(409, 'OperationNotAllowed', 'The latest operation has already finished: there is nothing to abort.');
  }
  arm.tasks.cancel(({ subject, kind }) => subject === record.id.toLowerCase() && kind !== 'cluster-nodes');
  const operation = arm.operations.start({
    kind: 'abort',
    resourceId: record.id,
    location: record.location ?? '',
    resultStatus: 204,
  });
  arm.tasks.add('cluster-aborted', durations.clusterAbort, record.id, { operation: operation.id, aborted: running.id });
  return json(202, clusterView(record, call.apiVersion, arm), asyncHeaders(operation, arm, true));
};

const credentials =
  (user: 'clusterUser' | 'clusterAdmin') =>
  (call: ArmCall, arm: Arm): HttpReply => {
    const record = findCluster(call, arm);
    const entra = at(record.properties, 'aadProfile') !== undefined;
    if (user === 'clusterAdmin' && record.properties['disableLocalAccounts'] === true) {
      throw aksError(
        400,
        'BadRequest',
        "Getting static credential isn't allowed because this cluster is set to disable local accounts.",
      );
    }
    let text: string;
    try {
      text = arm.clusterHost.kubeconfig(record.id, user);
    } catch {
      // Nothing answers yet: AKS has no credential to give before the control plane stands.
      throw aksError(
        404,
        'NotFound',
        `The credentials of managed cluster '${record.name}' were not found: its provisioning state is ${textAt(record.properties, 'provisioningState') ?? ''}.`,
      );
    }
    const kubeconfig =
      entra && user === 'clusterUser'
        ? withExec(text, call.request.url.searchParams.get('format') ?? 'exec', arm.identity.tenantId)
        : text;
    return json(200, { kubeconfigs: [{ name: user, value: Buffer.from(kubeconfig).toString('base64') }] });
  };

const status = (operation: OperationRecord): unknown => ({
  name: swapped(operation.id),
  status: operation.status,
  startTime: new Date(operation.startedAt).toISOString(),
  ...(operation.endedAt === undefined ? {} : { endTime: new Date(operation.endedAt).toISOString() }),
  ...(operation.error === undefined ? {} : { error: operation.error }),
});

const findOperation = (call: ArmCall, arm: Arm): OperationRecord => {
  throttle(`operations:${arm.identity.subscriptionId}`, buckets.getOperationStatus, 'GET operation status', arm);
  const operation = arm.operations.get(call.param('operation'));
  if (operation === undefined)
    throw aksError(404, 'NotFound', `The operation '${call.param('operation')}' was not found.`);
  if (!arm.operations.signed(call.request.url.searchParams, operation.id)) {
    throw new ArmError(
      403,
      'AuthorizationFailed',
      'The signature of the operation URL is not valid: it must be used exactly as it was given.',
    );
  }
  return operation;
};

const latest = (call: ArmCall, arm: Arm): HttpReply => {
  checkServed(call, (apiVersion) => apiVersion.endsWith('-preview'));
  const record = findCluster(call, arm);
  const operation = arm.operations.latest(record.id);
  if (operation === undefined) throw aksError(404, 'NotFound', 'No operation was found.');
  return json(200, {
    ...(status(operation) as object),
    id: operation.id,
    resourceId: record.id,
    percentComplete: operation.status === 'InProgress' ? 50 : 100,
  });
};

const result = (call: ArmCall, arm: Arm): HttpReply => {
  const operation = findOperation(call, arm);
  if (operation.status === 'InProgress') return { status: 202, headers: { location: call.request.url.href } };
  return operation.status === 'Succeeded' ? { status: operation.resultStatus } : json(400, operation.error);
};

const listPools = (call: ArmCall, arm: Arm): HttpReply => {
  const record = findCluster(call, arm);
  return page(
    call,
    poolsOf(record).map((pool) => agentPoolView(pool, record, arm)),
    { alwaysNext: true },
  );
};

const getPool = (call: ArmCall, arm: Arm): HttpReply => {
  const record = findCluster(call, arm);
  return json(200, agentPoolView(findPool(call, record), record, arm));
};

const action = (verb: string): string => `${namespace}/managedClusters/${verb}/action`;

export const clusterRoutes: readonly Route[] = [
  { ...own, method: 'GET', pattern: `${subscription}/providers/${namespace}/managedClusters`, handle: list },
  { ...own, method: 'GET', pattern: inGroup, handle: list },
  { ...own, method: 'PUT', pattern: one, handle: putCluster },
  { ...own, method: 'PATCH', pattern: one, handle: patchCluster },
  { ...own, method: 'GET', pattern: one, handle: get },
  { ...own, method: 'DELETE', pattern: one, handle: remove },
  { ...own, method: 'POST', pattern: `${one}/abort`, permission: action('abort'), handle: abort },
  {
    ...own,
    method: 'POST',
    pattern: `${one}/listClusterUserCredential`,
    permission: action('listClusterUserCredential'),
    handle: credentials('clusterUser'),
  },
  {
    ...own,
    method: 'POST',
    pattern: `${one}/listClusterAdminCredential`,
    permission: action('listClusterAdminCredential'),
    handle: credentials('clusterAdmin'),
  },
  { ...own, method: 'GET', pattern: `${one}/operations/latest`, handle: latest },
  { ...pools, method: 'GET', pattern: `${one}/agentPools`, handle: listPools },
  { ...pools, method: 'GET', pattern: `${one}/agentPools/{pool}`, handle: getPool },
  { ...pools, method: 'PUT', pattern: `${one}/agentPools/{pool}`, handle: putPool },
  { ...pools, method: 'DELETE', pattern: `${one}/agentPools/{pool}`, handle: deletePool },
  {
    namespace,
    type: 'locations/kubernetesVersions',
    method: 'GET',
    pattern: `${subscription}/providers/${namespace}/locations/{location}/kubernetesVersions`,
    handle: (_call, arm) => json(200, versionsView(offeredVersions(arm))),
  },
  {
    namespace,
    type: 'locations/operations',
    method: 'GET',
    pattern: `${subscription}/providers/${namespace}/locations/{location}/operations/{operation}`,
    handle: (call, arm) => json(200, status(findOperation(call, arm))),
  },
  {
    namespace,
    type: 'locations/operationresults',
    method: 'GET',
    pattern: `${subscription}/providers/${namespace}/locations/{location}/operationresults/{operation}`,
    handle: result,
  },
];
