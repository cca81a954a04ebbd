import type { Workspace as SdkWorkspace } from '@azure/arm-operationalinsights';
import type { Workspace, Workspaces } from './azure.ts';
import { onlyIf } from './precondition.ts';
import { groupOf, parseResourceId } from './resource-id.ts';
import type { SdkClients } from './sdk-clients.ts';

export const createWorkspaces = (sdk: SdkClients, subscriptionId: string): Workspaces => {
  const find = async (
    at: { subscriptionId: string; resourceGroup: string; name: string },
    signal: AbortSignal,
  ): Promise<Workspace | undefined> => {
    const found = await sdk.find(signal, async () =>
      (await sdk.workspaces(at.subscriptionId)).workspaces.get(at.resourceGroup, at.name, { abortSignal: signal }),
    );
    return found === undefined ? undefined : parseWorkspace(found, at.resourceGroup, at.name);
  };
  return {
    find: (resourceGroup, name, signal) => find({ subscriptionId, resourceGroup, name }, signal),
    findById: async (id, signal) => find(parseResourceId(id), signal),
    async findDeleted(resourceGroup, name, signal) {
      const { deletedWorkspaces } = await sdk.workspaces(subscriptionId);
      const inGroup = await sdk.find(signal, () =>
        collect(deletedWorkspaces.listByResourceGroup(resourceGroup, { abortSignal: signal })),
      );
      // With its group gone, a deleted workspace is only to be seen in the subscription.
      const deleted =
        inGroup ?? (await sdk.call(signal, () => collect(deletedWorkspaces.list({ abortSignal: signal }))));
      const found = deleted.find(
        (each) =>
          each.name?.toLowerCase() === name.toLowerCase() &&
          groupOf(each.id ?? '', resourceGroup).toLowerCase() === resourceGroup.toLowerCase(),
      );
      return found === undefined ? undefined : { id: found.id ?? '', location: found.location };
    },
    async put(resourceGroup, name, { location, tags, retentionDays }, before, signal) {
      const parameters = { location, tags: { ...tags }, sku: { name: 'PerGB2018' }, retentionInDays: retentionDays };
      await sdk.call(signal, async () =>
        (await sdk.workspaces(subscriptionId)).workspaces
          .createOrUpdate(resourceGroup, name, parameters, {
            abortSignal: signal,
            requestOptions: { headers: onlyIf(before) },
          })
          // The service works on after its answer; whoever probes sees when it is over.
          .submitted(),
      );
    },
    async change(resourceGroup, name, { tags, retentionDays }, before, signal) {
      const parameters = {
        tags: { ...tags },
        ...(retentionDays === undefined ? {} : { retentionInDays: retentionDays }),
      };
      await sdk.call(signal, async () =>
        (await sdk.workspaces(subscriptionId)).workspaces.update(resourceGroup, name, parameters, {
          abortSignal: signal,
          requestOptions: { headers: onlyIf(before) },
        }),
      );
    },
    async delete(resourceGroup, name, { purge }, signal) {
      await sdk.find(signal, async () =>
        (await sdk.workspaces(subscriptionId)).workspaces
          .delete(resourceGroup, name, { force: purge, abortSignal: signal })
          .submitted(),
      );
    },
  };
};

const parseWorkspace = (found: SdkWorkspace, resourceGroup: string, name: string): Workspace => ({
  id: found.id ?? '',
  name: found.name ?? name,
  resourceGroup: groupOf(found.id ?? '', resourceGroup),
  location: found.location,
  tags: found.tags ?? {},
  customerId: found.customerId ?? '',
  retentionDays: found.retentionInDays ?? 0,
  etag: found.etag,
  provisioningState: found.provisioningState ?? 'Succeeded',
});

async function collect<T>(pages: AsyncIterable<T>): Promise<readonly T[]> {
  const found: T[] = [];
  for await (const each of pages) found.push(each);
  return found;
}
