import { arrayAt, compact, isObject, objectAt, textAt } from '../../json.ts';
import type { JsonObject } from '../../json.ts';
import type { Arm } from '../context.ts';
import type { ResourceRecord } from '../resources.ts';
import { systemData } from '../resources.ts';
import { clusterEtag } from './conditions.ts';

/** AKS lower-cases `resourcegroups` and writes its type with a capital M, whatever the client wrote. */
export const clusterId = (record: ResourceRecord, arm: Arm): string =>
  `/subscriptions/${arm.identity.subscriptionId}/resourcegroups/${record.group ?? ''}/providers/Microsoft.ContainerService/managedClusters/${record.name}`;

/** A cluster as an api-version shows it: kube-proxy's settings exist in previews only. */
export const clusterView = (record: ResourceRecord, apiVersion: string, arm: Arm): JsonObject => {
  const { properties } = record;
  const fqdn = textAt(properties, 'fqdn') ?? '';
  const pools = arrayAt(properties, 'agentPoolProfiles').filter(isObject);
  return compact({
    id: clusterId(record, arm),
    location: record.location,
    name: record.name,
    tags: record.tags,
    type: 'Microsoft.ContainerService/ManagedClusters',
    kind: record.kind ?? 'Base',
    properties: {
      ...properties,
      azurePortalFQDN: fqdn.replace('.hcp.', '.portal.hcp.'),
      agentPoolProfiles: pools,
      networkProfile: networkView(objectAt(properties, 'networkProfile'), apiVersion),
    },
    identity: record.identity,
    sku: record.sku,
    eTag: clusterEtag(record),
    systemData: systemData(record),
  });
};

const networkView = (network: JsonObject, apiVersion: string): JsonObject => {
  const { kubeProxyConfig, podCidr, ...rest } = network;
  // Before 2026-01-01 a cluster without a CNI of AKS's showed no pod range, even one that it was given.
  const showsPods = textAt(network, 'networkPlugin') !== 'none' || apiVersion >= '2026-01-01';
  const pods = showsPods && podCidr !== undefined ? { podCidr, podCidrs: [podCidr] } : {};
  const preview = apiVersion.endsWith('-preview') && kubeProxyConfig !== undefined ? { kubeProxyConfig } : {};
  return { ...rest, ...pods, serviceCidrs: [network['serviceCidr']], ...preview };
};

/** A pool as a resource of its own. */
export const agentPoolView = (pool: JsonObject, record: ResourceRecord, arm: Arm): JsonObject => {
  const { name, ...properties } = pool;
  return {
    id: `${clusterId(record, arm)}/agentPools/${String(name)}`,
    name,
    type: 'Microsoft.ContainerService/managedClusters/agentPools',
    properties,
  };
};
