import type { Providers } from './azure.ts';

/**
 * Previews whose published schema holds every field that we send, the best proven one first:
 * Azure Verified Modules use 2026-03-02-preview in production for clusters without kube-proxy.
 */
export const KNOWN_CLUSTER_API_VERSIONS: readonly string[] = ['2026-03-02-preview', '2026-05-02-preview'];

export interface ClusterApiVersionOptions {
  /** Taken as it is, where the user named one. */
  readonly configured: string | undefined;
  readonly providers: Providers;
  readonly warn: (code: string, message: string) => void;
}

/**
 * The api-version for managedClusters: previews live about a year, and only they carry kubeProxyConfig,
 * so the provider's own list decides which one of ours is still served.
 */
export function clusterApiVersion({
  configured,
  providers,
  warn,
}: ClusterApiVersionOptions): (signal: AbortSignal) => Promise<string> {
  let known = configured;
  return async (signal) => {
    if (known !== undefined) return known;
    const served = await providers.apiVersions('Microsoft.ContainerService', 'managedClusters', signal);
    // Looked at again after the wait: of two who asked at the same time, only one may warn.
    known ??= choose(served, warn);
    return known;
  };
}

function choose(served: readonly string[], warn: ClusterApiVersionOptions['warn']): string {
  const known = KNOWN_CLUSTER_API_VERSIONS.find((version) => served.includes(version));
  if (known !== undefined) return known;
  const newest = served.find((version) => version.endsWith('-preview'));
  const chosen = newest ?? KNOWN_CLUSTER_API_VERSIONS[0] ?? '';
  warn(
    'cluster-api-version',
    newest === undefined
      ? `Azure lists no preview api-version for AKS clusters; ${chosen} is tried all the same.`
      : `Azure serves none of the AKS api-versions that this tool knows; its newest preview, ${chosen}, is used.`,
  );
  return chosen;
}
