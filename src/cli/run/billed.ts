import type { Cluster } from '../../azure/cluster-contract.ts';
import type { Config } from '../../config/config.ts';

type Pools = readonly Pick<Cluster['pools'][number], 'name' | 'vmSize' | 'count'>[];

const nodes = ({ name, vmSize, count }: Pools[number]): string =>
  `${count} ${count === 1 ? 'node' : 'nodes'} ${vmSize} (pool ${name})`;

/** The pools that `init` asks for, for a cluster that could not be looked at. */
const plannedPools = ({ cluster }: Config): Pools => [
  { name: 'system', ...cluster.systemPool },
  { name: 'workloads', ...cluster.workloadPool },
];

/**
 * What Azure bills for a deployment in this state, by what is counted, without prices: they differ by region and contract.
 * `cluster` is the cluster as it was seen, `assumed` one that is on its way and could not be looked at.
 */
export const billedParts = (
  config: Config,
  there: { readonly cluster: Cluster | 'assumed' | undefined; readonly workspace: boolean },
): readonly string[] => {
  const { cluster, workspace } = there;
  const seen = cluster === 'assumed' ? undefined : cluster;
  const pools = (seen?.pools ?? plannedPools(config)).filter(({ count }) => count > 0);
  const whole = seen?.provisioningState.toLowerCase() === 'succeeded';
  const stopped = seen?.powerState === 'Stopped';
  return [
    ...(cluster === undefined
      ? []
      : [
          ...(stopped || pools.length === 0
            ? []
            : [`${pools.map(nodes).join(', ')}, with their disks${whole ? '' : ', as far as they are made'}`]),
          ...(config.cluster.tier === 'Free' ? [] : [`the AKS control plane, tier ${config.cluster.tier}`]),
          "the cluster's load balancer and its public IP address",
        ]),
    ...(workspace
      ? [`what arrives in workspace ${config.workspace.name}, by the GB: Log Analytics and Microsoft Sentinel`]
      : []),
  ];
};
