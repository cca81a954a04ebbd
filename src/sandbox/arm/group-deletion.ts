import { forgetScope } from './access/forget-scope.ts';
import { specOf } from './clusters/cluster-spec.ts';
import { durations } from '../durations.ts';
import { textAt } from '../json.ts';
import type { Arm } from './context.ts';
import { deployments } from './deployment-record.ts';
import type { GroupRecord } from './groups.ts';
import type { OperationRecord } from './operations.ts';
import { release } from './removal.ts';
import type { ResourceRecord } from './resources.ts';

const groupId = (name: string, arm: Arm): string =>
  `/subscriptions/${arm.identity.subscriptionId}/resourceGroups/${name}`;

const insideOf = (name: string, arm: Arm): readonly ResourceRecord[] =>
  arm.resources.list((record) => record.group?.toLowerCase() === name.toLowerCase());

const isCluster = (record: ResourceRecord): boolean => record.type.toLowerCase().endsWith('/managedclusters');

/** A node resource group goes when its cluster goes, and says so as long as that takes. */
export const dismissNodeGroup = (cluster: ResourceRecord, arm: Arm): void => {
  const group = arm.groups.get(textAt(cluster.properties, 'nodeResourceGroup') ?? '');
  if (group !== undefined) arm.groups.put({ ...group, provisioningState: 'Deleting' });
};

/** What was still being made is not finished any more, and what has a state says what is happening to it. */
const dismiss = (record: ResourceRecord, arm: Arm): void => {
  arm.tasks.cancel(({ subject }) => subject === record.id.toLowerCase());
  const running = arm.operations.running(record.id);
  if (running !== undefined)
    arm.operations.finish(running.id, 'Canceled', {
      code: 'OperationPreempted',
      message: 'The operation was preempted by the deletion of the resource group.',
    });
  if (isCluster(record)) dismissNodeGroup(record, arm);
  if (record.location === undefined || record.properties['provisioningState'] === undefined) return;
  arm.resources.patch(record.id, ({ properties }) => ({
    properties: { ...properties, provisioningState: 'Deleting' },
  }));
};

/** Starts the deletion of a group and of all in it, or finds the one that runs. */
export const startGroupDeletion = (group: GroupRecord, arm: Arm): OperationRecord => {
  const id = groupId(group.name, arm);
  const running = arm.operations.latest(id);
  if (group.provisioningState === 'Deleting' && running !== undefined) return running;
  const operation = arm.operations.start({
    kind: 'delete resource group',
    resourceId: id,
    location: group.location,
  });
  const inside = insideOf(group.name, arm);
  arm.groups.put({ ...group, provisioningState: 'Deleting' });
  for (const record of inside) dismiss(record, arm);
  const clusters = inside.some(isCluster) ? durations.clusterDelete : 0;
  // The quick ones are gone while a cluster is still on its way out.
  arm.tasks.add('resource-group-emptied', durations.resourceGroupDelete / 2, group.name);
  arm.tasks.add('resource-group-deleted', durations.resourceGroupDelete + clusters, group.name, {
    operation: operation.id,
  });
  return operation;
};

/** A collection rule outlives the clusters that it is associated with. */
const held = (record: ResourceRecord, arm: Arm): boolean =>
  arm.resources
    .ofType('Microsoft.Insights/dataCollectionRuleAssociations')
    .some(({ properties }) => textAt(properties, 'dataCollectionRuleId')?.toLowerCase() === record.id.toLowerCase());

const onCluster = (record: ResourceRecord): boolean =>
  /\/providers\/microsoft\.containerservice\/managedclusters\//iu.test(record.id);

/** A node resource group holds the machines: where somebody deletes it, its cluster stays, with a control plane and no node. */
const loseNodes = async (group: string, arm: Arm): Promise<void> => {
  for (const cluster of arm.resources.ofType('Microsoft.ContainerService/managedClusters')) {
    if (textAt(cluster.properties, 'nodeResourceGroup')?.toLowerCase() !== group.toLowerCase()) continue;
    const after = arm.resources.put({ ...cluster, internal: { ...cluster.internal, machinesGone: true } });
    await arm.clusterHost.ensure(specOf(after));
  }
};

/** What the deletion of a group does when its times have come. */
export const handleGroupTasks = (arm: Arm): void => {
  arm.tasks.handle('resource-group-emptied', async ({ subject }) => {
    for (const record of insideOf(subject, arm))
      if (!onCluster(record) && !held(record, arm)) await release(record, arm, { purge: false });
  });
  arm.tasks.handle('resource-group-deleted', async ({ subject, data }) => {
    for (const record of insideOf(subject, arm)) await release(record, arm, { purge: false });
    const key = `${groupId(subject, arm)}/`.toLowerCase();
    for (const { id } of deployments(arm).values())
      if (id.toLowerCase().startsWith(key)) deployments(arm).delete(id.toLowerCase());
    arm.groups.remove(subject);
    await loseNodes(subject, arm);
    forgetScope(groupId(subject, arm), arm);
    arm.operations.finish(String(data['operation']), 'Succeeded');
  });
};
