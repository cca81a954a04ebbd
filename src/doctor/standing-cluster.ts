import type { Cluster } from '../azure/cluster-contract.ts';
import { parseCidr } from '../config/cidr.ts';
import type { Config } from '../config/config.ts';
import { nodesIn } from '../config/together.ts';
import { Problem } from '../errors/problem.ts';

/**
 * A cluster that is there has its own nodes and its own pod range, whatever --nodes and --pod-cidr say: what was asked of the config
 * before is asked of them. Asks Azure nothing. @throws Problem `preflight`
 */
export const checkStandingCluster = (there: Cluster, { cluster, demo }: Config): void => {
  const nodes = there.pools.reduce((sum, { count }) => sum + count, 0);
  const podCidr = there.podCidr ?? cluster.podCidr;
  const pods = parseCidr(podCidr);
  const room = pods === undefined ? undefined : nodesIn(pods);
  if (room !== undefined && room < nodes)
    throw new Problem(
      `AKS cluster ${there.name} has ${nodes} nodes, and the pod range ${podCidr} has room for ${room}: every node takes a /24`,
      {
        kind: 'preflight',
        code: 'pod-range-small',
        hint:
          there.podCidr === undefined
            ? 'Give a larger range with --pod-cidr.'
            : 'Take a cluster with a larger pod range, or scale this one down: AKS never changes the range of a cluster.',
      },
    );
  const takesWorkloads = there.pools.some(({ count, taints }) => count > 0 && taints.length === 0);
  if (demo.enabled && !takesWorkloads)
    throw new Problem(`--demo needs a node for workloads, and every node of AKS cluster ${there.name} is tainted`, {
      kind: 'preflight',
      code: 'demo-without-node',
      hint: 'Add an agent pool of mode User with `az aks nodepool add`, or give --no-demo.',
    });
};
