import type { SavedSearch as SdkSavedSearch } from '@azure/arm-operationalinsights';
import type { SavedSearch, SavedSearches } from './azure.ts';
import { parseResourceId } from './resource-id.ts';
import type { SdkClients } from './sdk-clients.ts';

export const createSavedSearches = (sdk: SdkClients): SavedSearches => ({
  async find(workspaceId, savedSearchId, signal) {
    const { subscriptionId, resourceGroup, name } = parseResourceId(workspaceId);
    const found = await sdk.find(signal, async () =>
      (await sdk.workspaces(subscriptionId)).savedSearches.get(resourceGroup, name, savedSearchId, {
        abortSignal: signal,
      }),
    );
    return found === undefined ? undefined : parseSavedSearch(found, savedSearchId);
  },
  async put(workspaceId, savedSearchId, body, etag, signal) {
    const { subscriptionId, resourceGroup, name } = parseResourceId(workspaceId);
    const { tags, ...rest } = body;
    const parameters = {
      ...rest,
      ...(tags === undefined ? {} : { tags: tags.map((tag) => ({ ...tag })) }),
      ...(etag === undefined ? {} : { etag }),
      version: 2,
    };
    await sdk.call(signal, async () =>
      (await sdk.workspaces(subscriptionId)).savedSearches.createOrUpdate(
        resourceGroup,
        name,
        savedSearchId,
        parameters,
        { abortSignal: signal },
      ),
    );
  },
  async delete(workspaceId, savedSearchId, signal) {
    const { subscriptionId, resourceGroup, name } = parseResourceId(workspaceId);
    await sdk.find(signal, async () =>
      (await sdk.workspaces(subscriptionId)).savedSearches.delete(resourceGroup, name, savedSearchId, {
        abortSignal: signal,
      }),
    );
  },
});

const parseSavedSearch = (found: SdkSavedSearch, savedSearchId: string): SavedSearch => ({
  savedSearchId,
  etag: found.etag,
  category: found.category,
  displayName: found.displayName,
  query: found.query,
  ...(found.functionAlias === undefined ? {} : { functionAlias: found.functionAlias }),
  ...(found.functionParameters === undefined ? {} : { functionParameters: found.functionParameters }),
  ...(found.tags === undefined ? {} : { tags: found.tags.map(({ name, value }) => ({ name, value })) }),
});
