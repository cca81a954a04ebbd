import { arrayAt, at, isObject, numberAt, textAt } from '../../json.ts';
import type { JsonObject } from '../../json.ts';
import type { Arm } from '../context.ts';
import { aksError } from '../errors.ts';
import type { ResourceRecord } from '../resources.ts';
import { mergeCluster } from './cluster-body.ts';
import type { ClusterIdentity } from './cluster-body.ts';
import { kubernetesVersions } from './kubernetes-versions.ts';
import type { MinorVersion } from './kubernetes-versions.ts';

const type = 'Microsoft.ContainerService/managedClusters';

/** What AKS offers here: its own versions, or the one that a real cluster behind this sandbox has. */
export const offeredVersions = (arm: Arm): readonly MinorVersion[] => {
  const real = arm.clusterHost.real?.();
  if (real === undefined) return kubernetesVersions;
  const patch = real.kubernetesVersion;
  return [
    {
      version: patch.split('.').slice(0, 2).join('.'),
      patches: [patch],
      isDefault: true,
      supportPlans: ['KubernetesOfficial', 'AKSLongTermSupport'],
    },
  ];
};

/** mergeCluster, with what is so of a real cluster in place of what AKS would have made up. @throws ArmError where it cannot become what is asked */
export const mergedCluster = (
  request: JsonObject,
  before: ResourceRecord | undefined,
  cluster: ClusterIdentity,
  arm: Arm,
): JsonObject => {
  const offered = offeredVersions(arm);
  const real = arm.clusterHost.real?.();
  if (real === undefined) return mergeCluster(request, before, cluster, offered);
  const truth = { fqdn: real.host, currentKubernetesVersion: real.kubernetesVersion };
  const now = before === undefined ? undefined : { ...before, properties: { ...before.properties, ...truth } };
  const merged: JsonObject = { ...mergeCluster(request, now, cluster, offered), ...truth };
  refuseSecond(cluster, arm);
  if (textAt(merged, 'networkProfile', 'networkPlugin') !== 'none')
    throw unfit(`networkPlugin can only be none`, 'networkProfile.networkPlugin');
  const proxy = at(merged, 'networkProfile', 'kubeProxyConfig');
  if (!isObject(proxy) || proxy['enabled'] === true)
    throw unfit('it runs no kube-proxy, so kubeProxyConfig has to switch it off', 'networkProfile.kubeProxyConfig');
  if (at(merged, 'aadProfile') !== undefined || merged['disableLocalAccounts'] === true)
    throw unfit('its users do not come from Entra ID', 'aadProfile');
  return merged;
};

const unfit = (why: string, target: string): Error =>
  aksError(
    400,
    'InvalidParameter',
    `The cluster behind this sandbox is a real one that was there before: ${why}.`,
    target,
  );

const refuseSecond = (cluster: ClusterIdentity, arm: Arm): void => {
  const other = arm.resources
    .ofType(type)
    .find(
      ({ name, group }) =>
        name.toLowerCase() !== cluster.name.toLowerCase() || group?.toLowerCase() !== cluster.group.toLowerCase(),
    );
  if (other === undefined) return;
  throw aksError(
    400,
    'QuotaExceeded',
    `One real cluster is behind this sandbox, and the managed cluster '${other.name}' in resource group '${other.group ?? ''}' stands for it. Delete that one, or start a sandbox in another folder.`,
  );
};

/** 400 where the pools ask for more nodes than a real cluster has. */
export const checkRealNodes = (pools: readonly JsonObject[], arm: Arm): void => {
  const real = arm.clusterHost.real?.();
  const wanted = pools
    .filter((pool) => pool['provisioningState'] !== 'Deleting')
    .reduce((sum, pool) => sum + (numberAt(pool, 'count') ?? 1), 0);
  if (real === undefined || wanted <= real.nodes) return;
  const asked = arrayAt({ pools }, 'pools').map(
    (pool) => `${textAt(pool, 'name') ?? ''} ${numberAt(pool, 'count') ?? 1}`,
  );
  throw aksError(
    400,
    'QuotaExceeded',
    `The real cluster behind this sandbox has ${real.nodes} ${real.nodes === 1 ? 'node' : 'nodes'}, the agent pools ask for ${wanted} (${asked.join(', ')}).`,
    'agentPoolProfiles',
  );
};
