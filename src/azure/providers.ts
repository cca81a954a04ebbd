import type { Providers } from './azure.ts';
import type { SdkClients } from './sdk-clients.ts';

export const createProviders = (sdk: SdkClients): Providers => {
  const get = (namespace: string, signal: AbortSignal) =>
    sdk.call(signal, async () => (await sdk.resources()).providers.get(namespace, { abortSignal: signal }));
  return {
    async state(namespace, signal) {
      return (await get(namespace, signal)).registrationState ?? 'NotRegistered';
    },
    async register(namespace, signal) {
      await sdk.call(signal, async () =>
        (await sdk.resources()).providers.register(namespace, { abortSignal: signal }),
      );
    },
    async apiVersions(namespace, type, signal) {
      const { resourceTypes = [] } = await get(namespace, signal);
      const found = resourceTypes.find((each) => each.resourceType?.toLowerCase() === type.toLowerCase());
      return (found?.apiVersions ?? []).toSorted().reverse();
    },
  };
};
