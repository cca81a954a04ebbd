import { authorOf } from '../access/caller.ts';
import { buckets, durations } from '../../durations.ts';
import { arrayAt, isObject, objectAt, textAt } from '../../json.ts';
import type { JsonObject } from '../../json.ts';
import { json } from '../../server/http.ts';
import type { HttpReply } from '../../server/http.ts';
import type { Arm, ArmCall } from '../context.ts';
import { ArmError, aksError } from '../errors.ts';
import { withProperties } from '../resources.ts';
import type { ResourceRecord } from '../resources.ts';
import { checkAksBody } from './aks-body.ts';
import { checkCapacity } from './capacity.ts';
import { mergePool, withoutNulls } from './cluster-body.ts';
import { checkPool } from './cluster-rules.ts';
import { checkConditions, withNewEtag } from './conditions.ts';
import { specOf } from './cluster-spec.ts';
import { agentPoolView } from './cluster-view.ts';
import { asyncHeaders, checkIdle, findCluster } from './put-cluster.ts';
import { withoutMachines } from './ending.ts';
import { startOperation } from './lifecycle.ts';
import { throttle } from './throttle.ts';

export const poolsOf = (record: ResourceRecord): readonly JsonObject[] =>
  arrayAt(record.properties, 'agentPoolProfiles').filter(isObject);

const named = (record: ResourceRecord, name: string): JsonObject | undefined =>
  poolsOf(record).find((pool) => textAt(pool, 'name')?.toLowerCase() === name.toLowerCase());

export const findPool = (call: ArmCall, record: ResourceRecord): JsonObject => {
  const pool = named(record, call.param('pool'));
  if (pool !== undefined) return pool;
  throw aksError(
    404,
    'NotFound',
    `The agent pool '${call.param('pool')}' of managed cluster '${record.name}' was not found.`,
  );
};

const withPool = (record: ResourceRecord, pool: JsonObject): readonly JsonObject[] => [
  ...poolsOf(record).filter((other) => other['name'] !== pool['name']),
  pool,
];

export const putPool = (call: ArmCall, arm: Arm): HttpReply => {
  const record = findCluster(call, arm);
  const name = call.param('pool');
  checkAksBody(call, 'Microsoft.ContainerService/managedClusters/agentPools', name);
  throttle(`pool:${record.id}/${name}`.toLowerCase(), buckets.putAgentPool, 'PUT AgentPool', arm);
  const before = named(record, name);
  checkConditions(call, textAt(before, 'eTag'));
  checkIdle(record, call, arm);
  const request = objectAt({ body: withoutNulls(call.body) }, 'body', 'properties');
  const version = textAt(record.properties, 'currentKubernetesVersion') ?? '';
  const pool: JsonObject = withNewEtag({
    ...mergePool({ ...request, name }, before, version, textAt(record.properties, 'networkProfile', 'networkPlugin')),
    name,
  });
  checkPool(pool);
  const pools = withPool(record, pool);
  if (!pools.some((other) => other['mode'] === 'System'))
    throw aksError(400, 'NoSystemPool', 'There has to be at least one system agent pool.');
  checkCapacity(pools, record.location ?? '', arm, record.id, poolsOf(record));
  const updated = arm.resources.put({
    ...withProperties(record, { agentPoolProfiles: pools, provisioningState: 'Updating' }),
    by: authorOf(call.caller),
  });
  const operation = startOperation(updated, arm, {
    kind: before === undefined ? 'Creating' : 'Updating',
    task: 'agent-pool-done',
    after: durations.agentPoolCreate,
    resourceId: `${record.id}/agentPools/${name}`,
  });
  return json(before === undefined ? 201 : 200, agentPoolView(pool, updated, arm), asyncHeaders(operation, arm, false));
};

export const deletePool = (call: ArmCall, arm: Arm): HttpReply => {
  const record = findCluster(call, arm);
  const pool = named(record, call.param('pool'));
  if (pool === undefined) return { status: 204 };
  checkConditions(call, textAt(pool, 'eTag'));
  checkIdle(record, call, arm);
  const others = poolsOf(record).filter((other) => other !== pool);
  if (!others.some((other) => other['mode'] === 'System')) {
    throw new ArmError(400, 'NoSystemPool', 'There has to be at least one system agent pool.', { flat: true });
  }
  const updated = arm.resources.put(
    withProperties(record, {
      agentPoolProfiles: withPool(record, { ...pool, provisioningState: 'Deleting' }),
      provisioningState: 'Updating',
    }),
  );
  const operation = startOperation(updated, arm, {
    kind: 'Deleting',
    task: 'agent-pool-deleted',
    after: durations.agentPoolDelete,
    resourceId: `${record.id}/agentPools/${String(pool['name'])}`,
    data: { pool: pool['name'] },
  });
  return { status: 202, headers: asyncHeaders(operation, arm, true) };
};

export const handleAgentPoolTasks = (arm: Arm): void => {
  const settle = async (subject: string, operation: string, keep: (pool: JsonObject) => boolean): Promise<void> => {
    const record = arm.resources.get(subject);
    if (record !== undefined) {
      const failure = withoutMachines(record);
      const provisioningState = failure === undefined ? 'Succeeded' : 'Failed';
      const pools = poolsOf(record)
        .filter(keep)
        .map((pool) => ({ ...pool, provisioningState }));
      const after = arm.resources.put(withProperties(record, { agentPoolProfiles: pools, provisioningState }));
      if (failure !== undefined) return arm.operations.finish(operation, 'Failed', failure);
      await arm.clusterHost.ensure(specOf(after));
    }
    arm.operations.finish(operation, 'Succeeded');
  };
  arm.tasks.handle('agent-pool-done', ({ subject, data }) => settle(subject, String(data['operation']), () => true));
  arm.tasks.handle('agent-pool-deleted', ({ subject, data }) =>
    settle(subject, String(data['operation']), (pool) => pool['name'] !== data['pool']),
  );
};
