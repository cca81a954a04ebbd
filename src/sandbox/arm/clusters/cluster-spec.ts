import { arrayAt, at, isObject, numberAt, objectAt, textAt } from '../../json.ts';
import type { ClusterSpec, PoolSpec } from '../../kubernetes/host.ts';
import type { ResourceRecord } from '../resources.ts';

/** Whether the group with the cluster's machines was deleted; AKS does not make another. */
export const machinesGone = ({ internal }: ResourceRecord): boolean => internal['machinesGone'] === true;

/** What the Kubernetes side of the sandbox is told of a cluster. */
export const specOf = (record: ResourceRecord): ClusterSpec => {
  const { properties } = record;
  const network = objectAt(properties, 'networkProfile');
  const proxy = at(network, 'kubeProxyConfig');
  const monitoring = objectAt(properties, 'addonProfiles', 'omsagent');
  return {
    id: record.id,
    name: record.name,
    location: record.location ?? '',
    fqdn: textAt(properties, 'fqdn') ?? '',
    kubernetesVersion: textAt(properties, 'currentKubernetesVersion') ?? '',
    networkPlugin: textAt(network, 'networkPlugin') ?? '',
    podCidr: textAt(network, 'podCidr'),
    serviceCidr: textAt(network, 'serviceCidr') ?? '',
    dnsServiceIP: textAt(network, 'dnsServiceIP') ?? '',
    // An object without `enabled` is how AKS itself writes "off".
    kubeProxy: !isObject(proxy) || proxy['enabled'] === true,
    logAnalyticsWorkspaceId:
      monitoring['enabled'] === true ? textAt(monitoring, 'config', 'logAnalyticsWorkspaceResourceID') : undefined,
    localAccounts: properties['disableLocalAccounts'] !== true,
    ...entraOf(at(properties, 'aadProfile')),
    pools: arrayAt(properties, 'agentPoolProfiles')
      .filter(isObject)
      .filter((pool) => pool['provisioningState'] !== 'Deleting')
      .map(poolSpec)
      .map((pool) => (machinesGone(record) ? { ...pool, count: 0 } : pool)),
  };
};

const entraOf = (profile: unknown): Pick<ClusterSpec, 'entra'> =>
  isObject(profile)
    ? {
        entra: {
          adminGroups: arrayAt(profile, 'adminGroupObjectIDs').map(String),
          azureRbac: profile['enableAzureRBAC'] === true,
        },
      }
    : {};

const poolSpec = (pool: Readonly<Record<string, unknown>>): PoolSpec => ({
  name: textAt(pool, 'name') ?? '',
  mode: textAt(pool, 'mode') === 'System' ? 'System' : 'User',
  count: numberAt(pool, 'count') ?? 1,
  vmSize: textAt(pool, 'vmSize') ?? '',
  osSku: textAt(pool, 'osSKU') ?? 'Ubuntu',
  taints: arrayAt(pool, 'nodeTaints').map(String),
  labels: Object.fromEntries(
    Object.entries(objectAt(pool, 'nodeLabels')).map(([name, value]) => [name, String(value)]),
  ),
});
