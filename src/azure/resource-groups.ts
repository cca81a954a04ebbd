import type { GroupResource, ResourceGroups } from './azure.ts';
import type { SdkClients } from './sdk-clients.ts';

export const createResourceGroups = (sdk: SdkClients): ResourceGroups => ({
  async find(name, signal) {
    const found = await sdk.find(signal, async () =>
      (await sdk.resources()).resourceGroups.get(name, { abortSignal: signal }),
    );
    if (found === undefined) return undefined;
    return {
      id: found.id ?? '',
      name: found.name ?? name,
      location: found.location,
      tags: found.tags ?? {},
      provisioningState: found.properties?.provisioningState ?? 'Succeeded',
    };
  },
  async put(name, { location, tags }, signal) {
    await sdk.call(signal, async () =>
      (await sdk.resources()).resourceGroups.createOrUpdate(
        name,
        { location, tags: { ...tags } },
        { abortSignal: signal },
      ),
    );
  },
  async delete(name, signal) {
    // A poller is thenable: awaiting it, or returning it, would wait for the whole deletion.
    await sdk.find(signal, async () =>
      (await sdk.resources()).resourceGroups.delete(name, { abortSignal: signal }).submitted(),
    );
  },
  async resources(name, signal) {
    const found = await sdk.find(signal, async () => {
      const resources: GroupResource[] = [];
      for await (const each of (await sdk.resources()).resources.listByResourceGroup(name, { abortSignal: signal })) {
        resources.push({ id: each.id ?? '', type: each.type ?? '', name: each.name ?? '', tags: each.tags ?? {} });
      }
      return resources;
    });
    return found ?? [];
  },
});
