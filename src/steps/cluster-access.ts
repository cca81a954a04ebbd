import { Problem } from '../errors/problem.ts';
import type { Services } from './services.ts';
import type { ClusterOutput } from './outputs.ts';
import { step } from './step.ts';
import { withBearer } from './kubeconfig-bearer.ts';

/** In memory only. */
export const kubeconfigOf = async (
  { azure, config }: Pick<Services, 'azure' | 'config'>,
  cluster: Pick<ClusterOutput, 'entra'>,
  signal: AbortSignal,
): Promise<string> => {
  const text = await azure.clusters.kubeconfig(config.resourceGroup, config.cluster.name, signal);
  // An Entra kubeconfig runs kubelogin, which may not be here: the token that it would ask for is asked for by us.
  return cluster.entra ? withBearer(text, await azure.clusters.entraToken(signal)) : text;
};

/** The way to the cluster's API server: a kubeconfig that stays in memory, and an answer that proves it. */
export const clusterAccess = step({
  title: 'Reach the API server',
  needs: ['cluster'],
  expected: { p50: '2s', p90: '30s' },
  timeout: '15m',

  async probe({ azure, config, out, connect, signal }) {
    const kubeconfig = await kubeconfigOf({ azure, config }, out.cluster, signal);
    const kubernetes = await connect(kubeconfig);
    try {
      await kubernetes.version(signal);
    } catch (error) {
      signal.throwIfAborted();
      // A new API server's name takes its time to be known everywhere.
      if (error instanceof Problem && error.kind === 'transient') return { state: 'converging', detail: error.message };
      throw error;
    }
    return { state: 'ready', out: { kubernetes, kubeconfig } };
  },

  // Nothing to do but ask again: the API server comes with the cluster.
  apply: async () => {},
});
