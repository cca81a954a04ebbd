import type { Config } from '../../config/config.ts';
import { Problem } from '../../errors/problem.ts';

/** Why nobody answers at a cluster that exists; `why` is what the last try said. */
export const unreachable = (
  { cluster, resourceGroup }: { readonly cluster: Pick<Config['cluster'], 'name'>; readonly resourceGroup: string },
  powerState: string | undefined,
  why: string | undefined,
): Problem =>
  powerState === 'Stopped'
    ? new Problem(`The cluster ${cluster.name} is stopped, so its API server does not answer.`, {
        kind: 'failed',
        code: 'cluster-stopped',
        hint: `Start it with \`az aks start --resource-group ${resourceGroup} --name ${cluster.name}\`.`,
      })
    : new Problem(
        `The API server of ${cluster.name} does not answer${why === undefined ? '' : `: ${why.replace(/\.$/, '')}`}.`,
        {
          kind: 'failed',
          code: 'api-server',
          hint: 'Check that this machine may reach it (authorized IP ranges, private cluster, proxy).',
        },
      );
