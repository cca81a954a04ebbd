import type { AgentPool, Cluster } from './cluster-contract.ts';
import { etagOf } from './arm-request.ts';
import { asRecord, at, field, flag, integer, list, strings, text } from './read-json.ts';

/** A managed cluster as AKS answers it to a preview api-version. */
export function parseCluster(body: unknown): Cluster {
  const properties = field(body, 'properties');
  const network = field(properties, 'networkProfile');
  const omsagent = at(properties, 'addonProfiles', 'omsagent');
  return {
    id: text(body, 'id') ?? '',
    name: text(body, 'name') ?? '',
    location: text(body, 'location') ?? '',
    tags: strings(body, 'tags'),
    etag: etagOf(body),
    // An answer without a state would be a new shape: better to go on looking than to call it done.
    provisioningState: text(properties, 'provisioningState') ?? 'Unknown',
    powerState: text(field(properties, 'powerState'), 'code'),
    fqdn: text(properties, 'fqdn') ?? text(properties, 'privateFQDN'),
    kubernetesVersion: text(properties, 'currentKubernetesVersion') ?? text(properties, 'kubernetesVersion') ?? '',
    nodeResourceGroup: text(properties, 'nodeResourceGroup') ?? '',
    pools: list(properties, 'agentPoolProfiles').map(parsePool),
    networkPlugin: text(network, 'networkPlugin') ?? '',
    podCidr: text(network, 'podCidr'),
    serviceCidr: text(network, 'serviceCidr'),
    dnsServiceIP: text(network, 'dnsServiceIP'),
    kubeProxy: kubeProxyOf(network),
    monitoringWorkspaceId:
      flag(omsagent, 'enabled') === true
        ? text(field(omsagent, 'config'), 'logAnalyticsWorkspaceResourceID')
        : undefined,
    localAccountsDisabled: flag(properties, 'disableLocalAccounts') ?? false,
    entra: asRecord(field(properties, 'aadProfile')) !== undefined,
  };
}

const parsePool = (pool: unknown): AgentPool => ({
  name: text(pool, 'name') ?? '',
  mode: text(pool, 'mode') ?? '',
  vmSize: text(pool, 'vmSize') ?? '',
  count: integer(pool, 'count') ?? 0,
  taints: list(pool, 'nodeTaints').filter((taint) => typeof taint === 'string'),
  provisioningState: text(pool, 'provisioningState') ?? 'Succeeded',
});

/** An old preview answers `{}` for off (azure-rest-api-specs#22208); no object at all means that kube-proxy runs. */
function kubeProxyOf(network: unknown): 'on' | 'off' {
  const config = asRecord(field(network, 'kubeProxyConfig'));
  return config !== undefined && flag(config, 'enabled') !== true ? 'off' : 'on';
}
