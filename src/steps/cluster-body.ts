import type { Cluster, ClusterBody } from '../azure/cluster-contract.ts';
import type { Config, PoolConfig } from '../config/config.ts';
import { ourTags } from './ownership.ts';
import type { WorkspaceOutput } from './outputs.ts';
import type { Services } from './services.ts';

const systemTaint = 'CriticalAddonsOnly=true:NoSchedule';

const pool = (name: string, mode: 'System' | 'User', { vmSize, count }: PoolConfig, taints: readonly string[]) => ({
  name,
  mode,
  type: 'VirtualMachineScaleSets',
  osType: 'Linux',
  osSKU: 'Ubuntu',
  vmSize,
  count,
  ...(taints.length === 0 ? {} : { nodeTaints: taints }),
});

/**
 * Both pools, no CNI, no kube-proxy and Container Insights in one request: three operations would cost a quarter of an hour more
 * and race each other into 409s. Sources: facts on ARM's managedClusters, sections 1.1 to 5.
 */
export const clusterBody = (
  services: Pick<Services, 'config' | 'owner' | 'configHash' | 'version'>,
  workspace: WorkspaceOutput,
): ClusterBody => {
  const { cluster, location } = services.config;
  return {
    location,
    tags: ourTags(services),
    sku: { name: 'Base', tier: cluster.tier },
    identity: { type: 'SystemAssigned' },
    properties: {
      dnsPrefix: cluster.dnsPrefix,
      ...(cluster.kubernetesVersion === undefined ? {} : { kubernetesVersion: cluster.kubernetesVersion }),
      agentPoolProfiles: [
        pool('system', 'System', cluster.systemPool, [systemTaint]),
        ...(cluster.workloadPool.count === 0 ? [] : [pool('workloads', 'User', cluster.workloadPool, [])]),
      ],
      networkProfile: {
        networkPlugin: 'none',
        podCidr: cluster.podCidr,
        serviceCidr: cluster.serviceCidr,
        dnsServiceIP: cluster.dnsServiceIP,
        loadBalancerSku: 'standard',
        outboundType: 'loadBalancer',
        kubeProxyConfig: { enabled: false },
      },
      addonProfiles: {
        // Both values are strings; a boolean is refused, and without useAADAuth AKS has once switched clusters by itself.
        omsagent: { enabled: true, config: { logAnalyticsWorkspaceResourceID: workspace.id, useAADAuth: 'true' } },
      },
    },
  };
};

const poolDifferences = (seen: Cluster, name: string, wanted: PoolConfig): readonly string[] => {
  const found = seen.pools.find((each) => each.name.toLowerCase() === name);
  if (found === undefined) return wanted.count === 0 ? [] : [`the agent pool ${name} is missing`];
  return [
    ...(found.vmSize.toLowerCase() === wanted.vmSize.toLowerCase()
      ? []
      : [`agent pool ${name} has ${found.vmSize}, the config says ${wanted.vmSize}`]),
    ...(found.count === wanted.count
      ? []
      : [`agent pool ${name} has ${found.count} nodes, the config says ${wanted.count}`]),
  ];
};

/** What cannot be otherwise if the rest of the run is to work, whoever made the cluster. */
export const unfit = (seen: Cluster): string | undefined => {
  if (seen.networkPlugin !== 'none')
    return `the cluster's network plugin is ${seen.networkPlugin}, and only a cluster made with none takes Cilium of its own`;
  if (seen.powerState === 'Stopped') return 'the cluster is stopped: start it with `az aks start`';
  return undefined;
};

/** How our own cluster differs from what the config asks for; tags and kube-proxy are no part of it. */
export const differences = (seen: Cluster, config: Config, workspace: WorkspaceOutput): readonly string[] => {
  const { cluster } = config;
  const network = (what: string, is: string | undefined, wanted: string): readonly string[] =>
    is === undefined || is === wanted ? [] : [`${what} is ${is}, the config says ${wanted}`];
  return [
    ...poolDifferences(seen, 'system', cluster.systemPool),
    ...poolDifferences(seen, 'workloads', cluster.workloadPool),
    ...network('the pod CIDR', seen.podCidr, cluster.podCidr),
    ...network('the service CIDR', seen.serviceCidr, cluster.serviceCidr),
    ...(cluster.kubernetesVersion === undefined ||
    `${seen.kubernetesVersion}.`.startsWith(`${cluster.kubernetesVersion}.`)
      ? []
      : [`Kubernetes is ${seen.kubernetesVersion}, the config says ${cluster.kubernetesVersion}`]),
    ...monitoringDifferences(seen, workspace),
  ];
};

/** Nodes that our PUT over a failed cluster would take away: a cluster that fails years later may have grown meanwhile. */
export const nodesToLose = (seen: Cluster, { cluster }: Config): boolean =>
  seen.pools.some(({ name, count }) => {
    const wanted = { system: cluster.systemPool, workloads: cluster.workloadPool }[name.toLowerCase()];
    return wanted !== undefined && wanted.count < count;
  });

const monitoringDifferences = (seen: Cluster, workspace: WorkspaceOutput): readonly string[] =>
  seen.monitoringWorkspaceId?.toLowerCase() === workspace.id.toLowerCase()
    ? []
    : [
        `Container Insights ${seen.monitoringWorkspaceId === undefined ? 'is off' : `sends to ${seen.monitoringWorkspaceId}`}`,
      ];

/** Our PUT would make somebody else's cluster into one of ours: what it lacks is theirs to switch on. */
export const unmonitored = (seen: Cluster, resourceGroup: string, workspace: WorkspaceOutput): string | undefined => {
  const [difference] = monitoringDifferences(seen, workspace);
  return difference === undefined
    ? undefined
    : `${difference} on the cluster that was taken over; switch it on with \`az aks enable-addons --addons monitoring --resource-group ${resourceGroup} --name ${seen.name} --workspace-resource-id ${workspace.id}\``;
};
