import { onTestFinished } from 'vitest';
import { connect } from '../../src/kubernetes/connect.ts';
import type { Kubernetes } from '../../src/kubernetes/kubernetes.ts';
import { wallClock } from '../../src/sandbox/clock.ts';
import { createClusterHost } from '../../src/sandbox/kubernetes/cluster-host.ts';
import type { ClusterSpec } from '../../src/sandbox/kubernetes/host.ts';
import { startNodes } from '../../src/sandbox/kubernetes/nodes/start-nodes.ts';

export const labCluster: ClusterSpec = {
  id: '/subscriptions/s/resourceGroups/rg/providers/Microsoft.ContainerService/managedClusters/lab',
  name: 'lab',
  location: 'uksouth',
  fqdn: 'lab-1a2b3c4d.hcp.uksouth.azmk8s.io',
  kubernetesVersion: '1.35.4',
  networkPlugin: 'none',
  podCidr: '10.244.0.0/16',
  serviceCidr: '10.0.0.0/16',
  dnsServiceIP: '10.0.0.10',
  kubeProxy: false,
  logAnalyticsWorkspaceId: undefined,
  localAccounts: true,
  pools: [
    {
      name: 'system',
      mode: 'System',
      count: 1,
      vmSize: 'Standard_D4s_v5',
      osSku: 'Ubuntu',
      taints: ['CriticalAddonsOnly=true:NoSchedule'],
      labels: {},
    },
    { name: 'user', mode: 'User', count: 2, vmSize: 'Standard_D4s_v5', osSku: 'Ubuntu', taints: [], labels: {} },
  ],
};

/** One cluster of the sandbox, without ARM, until the test ends. `speed` divides the durations of Kubernetes. */
export async function sandboxCluster(
  dir: string,
  speed: number,
): Promise<{ kubeconfig: string; kubernetes: Kubernetes }> {
  const host = createClusterHost({ dir, clock: wallClock(speed), log: () => undefined, startNodes });
  onTestFinished(() => host.close());
  await host.ensure(labCluster);
  const kubeconfig = host.kubeconfig(labCluster.id, 'clusterUser');
  return { kubeconfig, kubernetes: await connect(kubeconfig) };
}
