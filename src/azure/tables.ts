import type { Tables } from './azure.ts';
import { parseResourceId } from './resource-id.ts';
import type { SdkClients } from './sdk-clients.ts';

export const createTables = (sdk: SdkClients): Tables => ({
  async find(workspaceId, table, signal) {
    const { subscriptionId, resourceGroup, name } = parseResourceId(workspaceId);
    const found = await sdk.find(signal, async () =>
      (await sdk.workspaces(subscriptionId)).tables.get(resourceGroup, name, table, { abortSignal: signal }),
    );
    if (found === undefined) return undefined;
    return { plan: found.plan ?? 'Analytics', provisioningState: found.provisioningState ?? 'Succeeded' };
  },
  async put(workspaceId, table, { plan }, signal) {
    const { subscriptionId, resourceGroup, name } = parseResourceId(workspaceId);
    await sdk.call(signal, async () =>
      (await sdk.workspaces(subscriptionId)).tables
        // -1 is the workspace's own retention; 0 is refused.
        .createOrUpdate(resourceGroup, name, table, { plan, retentionInDays: -1 }, { abortSignal: signal })
        .submitted(),
    );
  },
});
