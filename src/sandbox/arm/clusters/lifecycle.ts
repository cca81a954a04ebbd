import { CannotServe } from '../../cannot-serve.ts';
import { durations } from '../../durations.ts';
import { arrayAt, isObject, objectAt, textAt } from '../../json.ts';
import type { JsonObject } from '../../json.ts';
import { guidOf } from '../../identity.ts';
import type { Arm } from '../context.ts';
import type { OperationRecord } from '../operations.ts';
import { release } from '../removal.ts';
import { withProperties } from '../resources.ts';
import type { ResourceRecord } from '../resources.ts';
import { specOf } from './cluster-spec.ts';
import { withNewEtags } from './conditions.ts';
import { endingOf } from './ending.ts';

const subjectOf = (record: ResourceRecord): string => record.id.toLowerCase();

/** Starts the operation of an accepted PUT; a fault may have its record lost at once. */
export const startOperation = (
  record: ResourceRecord,
  arm: Arm,
  options: {
    readonly kind: string;
    readonly task: string;
    readonly after: number;
    readonly data?: JsonObject;
    readonly resourceId?: string;
  },
): OperationRecord => {
  const resourceId = options.resourceId ?? record.id;
  const operation = arm.operations.start({ kind: options.kind, resourceId, location: record.location ?? '' });
  const where = { method: 'PUT', path: resourceId };
  if (arm.faults.take('operation-record-lost', where) !== undefined) arm.operations.lose(operation.id);
  arm.tasks.add(options.task, options.after, subjectOf(record), { ...options.data, operation: operation.id });
  return operation;
};

/** A create in two moments: the API server answers and nodes join, minutes later the operation is over. */
export const startCreate = (record: ResourceRecord, arm: Arm): OperationRecord => {
  arm.tasks.add('cluster-nodes', durations.clusterNodesJoin, subjectOf(record));
  return startOperation(record, arm, {
    kind: 'create managed cluster',
    task: 'cluster-done',
    after: durations.clusterCreate,
    data: { create: true },
  });
};

const settled = (record: ResourceRecord, state: string): readonly JsonObject[] =>
  arrayAt(record.properties, 'agentPoolProfiles')
    .filter(isObject)
    .map((pool) => ({ ...pool, provisioningState: state }));

const finished = (id: string, state: string, arm: Arm): void => {
  arm.resources.patch(id, (record) =>
    withNewEtags(
      withProperties(record, {
        provisioningState: state,
        agentPoolProfiles: settled(record, state),
        ...(state === 'Succeeded' ? grown(record, arm) : {}),
      }),
    ),
  );
};

/** What a cluster only has once it has been made: identities of its kubelets and of its add-ons. */
const grown = (record: ResourceRecord, arm: Arm): JsonObject => {
  const group = `/subscriptions/${arm.identity.subscriptionId}/resourcegroups/${textAt(record.properties, 'nodeResourceGroup') ?? ''}`;
  const identity = (name: string): JsonObject => ({
    resourceId: `${group}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/${name}`,
    clientId: guidOf(`${record.id}/${name}/client`),
    objectId: guidOf(`${record.id}/${name}/object`),
  });
  const addons = Object.entries(objectAt(record.properties, 'addonProfiles')).map(([name, addon]) => [
    name,
    isObject(addon) && addon['enabled'] === true
      ? { ...addon, identity: identity(`${name.toLowerCase()}-${record.name}`) }
      : addon,
  ]);
  return {
    identityProfile: { kubeletidentity: identity(`${record.name}-agentpool`) },
    ...(addons.length === 0 ? {} : { addonProfiles: Object.fromEntries(addons) as JsonObject }),
  };
};

/** The handlers of everything that happens to a cluster later. */
export const handleClusterTasks = (arm: Arm): void => {
  arm.tasks.handle('cluster-nodes', async ({ subject }) => {
    const record = arm.resources.get(subject);
    if (record !== undefined) await arm.clusterHost.ensure(specOf(record));
  });
  arm.tasks.handle('cluster-done', async ({ subject, data }) => {
    const record = arm.resources.get(subject);
    if (record === undefined) return;
    const operation = String(data['operation']);
    const where = { method: 'PUT', path: subject };
    const ending = endingOf(record, where, arm);
    if (ending.early) {
      finished(record.id, ending.resource, arm);
      arm.operations.finish(operation, ending.operation, ending.error);
      return;
    }
    try {
      await arm.clusterHost.ensure(specOf(record));
    } catch (error) {
      // Without this a client would wait for ever for a cluster that cannot come.
      arm.onError(error);
      finished(record.id, 'Failed', arm);
      arm.operations.finish(operation, 'Failed', {
        code: 'InternalOperationError',
        message: `Internal server error: ${String(error)}`,
      });
      return;
    }
    finished(record.id, ending.resource, arm);
    arm.operations.finish(operation, ending.operation, ending.error);
    if (data['create'] === true) arm.tasks.add('cluster-background', durations.backgroundOperationStart, subject);
  });
  arm.tasks.handle('cluster-background', ({ subject }) => {
    const record = arm.resources.get(subject);
    if (record === undefined || arm.operations.running(record.id) !== undefined) return;
    const operation = arm.operations.start({
      kind: 'PutExtensionAddonHandler',
      resourceId: record.id,
      location: record.location ?? '',
    });
    arm.tasks.add('operation-over', durations.backgroundOperation, subject, { operation: operation.id });
  });
  arm.tasks.handle('operation-over', ({ data }) => arm.operations.finish(String(data['operation']), 'Succeeded'));
  arm.tasks.handle('cluster-deleted', async ({ subject, data }) => {
    const record = arm.resources.get(subject);
    if (record !== undefined) await release(record, arm, { purge: false });
    arm.operations.finish(String(data['operation']), 'Succeeded');
  });
  arm.tasks.handle('cluster-aborted', ({ subject, data }) => {
    finished(subject, 'Canceled', arm);
    arm.operations.finish(String(data['aborted']), 'Canceled', {
      code: 'OperationPreempted',
      message: 'The operation was preempted by an abort operation.',
    });
    arm.operations.finish(String(data['operation']), 'Succeeded');
  });
};

/** After a restart: every cluster that had an API server before gets it back. */
export const reviveClusters = async (arm: Arm): Promise<void> => {
  for (const record of arm.resources.ofType('Microsoft.ContainerService/managedClusters')) {
    const waiting = arm.store.collection<{ kind: string; subject: string }>('task').values();
    const unborn = waiting.some(({ kind, subject }) => kind === 'cluster-nodes' && subject === subjectOf(record));
    if (unborn) continue;
    try {
      await arm.clusterHost.ensure(specOf(record));
    } catch (error) {
      if (error instanceof CannotServe) throw error;
      // One cluster that does not come back is no reason to lose the rest of the subscription.
      arm.onError(error);
    }
  }
};
