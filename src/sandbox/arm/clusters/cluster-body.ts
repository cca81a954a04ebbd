import { arrayAt, compact, isObject, objectAt, textAt } from '../../json.ts';
import type { JsonObject } from '../../json.ts';
import { aksError } from '../errors.ts';
import { hexOf } from '../resources.ts';
import type { ResourceRecord } from '../resources.ts';
import { mayBecome, resolveVersion } from './kubernetes-versions.ts';
import { poolVersion } from './pool-versions.ts';
import type { MinorVersion } from './kubernetes-versions.ts';

/** What a PUT may not change on an existing cluster. */
const immutable: readonly (readonly string[])[] = [
  ['dnsPrefix'],
  ['nodeResourceGroup'],
  ['networkProfile', 'networkPlugin'],
  ['networkProfile', 'podCidr'],
  ['networkProfile', 'serviceCidr'],
  ['networkProfile', 'dnsServiceIP'],
];

export interface ClusterIdentity {
  readonly subscriptionId: string;
  readonly group: string;
  readonly name: string;
  readonly location: string;
  readonly tenantId: string;
}

/** Null is absent, as it is for Go's decoder behind AKS. */
export const withoutNulls = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, member]) => member !== null)
      .map(([name, member]) => [name, withoutNulls(member)]),
  );
};

/**
 * The properties that a PUT leaves behind: the request's over AKS's defaults. Of what a request omits AKS keeps
 * the kube-proxy setting, the version and the names; the rest goes back to its default.
 */
export const mergeCluster = (
  request: JsonObject,
  before: ResourceRecord | undefined,
  cluster: ClusterIdentity,
  offered: readonly MinorVersion[],
): JsonObject => {
  const old = before?.properties ?? {};
  const network = objectAt(request, 'networkProfile');
  const plan = textAt(request, 'supportPlan') ?? 'KubernetesOfficial';
  const asked = textAt(request, 'kubernetesVersion');
  const current = textAt(old, 'currentKubernetesVersion');
  const version =
    (asked === undefined || asked === '') && current !== undefined ? current : resolveVersion(asked, plan, offered);
  if (version === undefined) {
    throw aksError(
      400,
      'K8sVersionNotSupported',
      `Managed cluster ${cluster.name} is on version ${asked ?? ''}, which is not supported in this region or is only available for Long-Term Support (LTS). If you intend to onboard to LTS, please ensure the cluster is in Premium tier and LTS support plan. Please use [az aks get-versions] command to get the supported version list in this region. For more information, please check https://aka.ms/supported-version-list`,
    );
  }
  if (current !== undefined && !mayBecome(current, version)) {
    throw aksError(
      400,
      'OperationNotAllowed',
      `Upgrading Kubernetes version ${current} to ${version} is not allowed. Available upgrades can be listed with [az aks get-upgrades].`,
      'kubernetesVersion',
    );
  }
  const dnsPrefix = textAt(request, 'dnsPrefix') ?? textAt(old, 'dnsPrefix') ?? textAt(request, 'fqdnSubdomain') ?? '';
  const merged: JsonObject = {
    ...stable(request),
    dnsPrefix,
    kubernetesVersion:
      asked === undefined || asked === '' ? (textAt(old, 'kubernetesVersion') ?? minorOf(version)) : asked,
    currentKubernetesVersion: version,
    powerState: { code: 'Running' },
    fqdn: textAt(old, 'fqdn') ?? fqdnOf(dnsPrefix, cluster),
    nodeResourceGroup: textAt(request, 'nodeResourceGroup') ?? textAt(old, 'nodeResourceGroup') ?? nodeGroupOf(cluster),
    enableRBAC: request['enableRBAC'] ?? true,
    supportPlan: plan,
    disableLocalAccounts: request['disableLocalAccounts'] ?? false,
    networkProfile: mergeNetwork(network, objectAt(old, 'networkProfile')),
    agentPoolProfiles: mergePools(
      request,
      old,
      version,
      textAt(network, 'networkPlugin') ?? textAt(old, 'networkProfile', 'networkPlugin'),
    ),
    servicePrincipalProfile: { clientId: 'msi' },
    maxAgentPools: 100,
    identityProfile: old['identityProfile'],
    resourceUID: textAt(old, 'resourceUID') ?? hexOf(`${cluster.subscriptionId}/${cluster.group}/${cluster.name}`, 24),
    oidcIssuerProfile: { enabled: false, ...objectAt(request, 'oidcIssuerProfile') },
    securityProfile: { ...objectAt(request, 'securityProfile') },
    storageProfile: mergeStorage(request),
    workloadAutoScalerProfile: { ...objectAt(request, 'workloadAutoScalerProfile') },
    autoUpgradeProfile: { nodeOSUpgradeChannel: 'NodeImage', ...objectAt(request, 'autoUpgradeProfile') },
    metricsProfile: { costAnalysis: { enabled: false }, ...objectAt(request, 'metricsProfile') },
    nodeProvisioningProfile: { mode: 'Manual', defaultNodePools: 'Auto' },
    bootstrapProfile: { artifactSource: 'Direct' },
  };
  if (before !== undefined) refuseChanges(old, merged, request);
  return compact(merged);
};

/** Members of a request that AKS keeps as they are. */
const stable = (request: JsonObject): JsonObject =>
  Object.fromEntries(
    Object.entries(request).filter(
      ([name]) =>
        !['provisioningState', 'azurePortalFQDN', 'status', 'agentPoolProfiles', 'networkProfile'].includes(name),
    ),
  );

const refuseChanges = (old: JsonObject, merged: JsonObject, request: JsonObject): void => {
  for (const path of immutable) {
    const asked = textAt(request, ...path);
    const kept = textAt(old, ...path);
    if (asked !== undefined && kept !== undefined && textAt(merged, ...path) !== kept) {
      const name = path.join('.');
      throw aksError(400, 'PropertyChangeNotAllowed', `Changing property 'properties.${name}' is not allowed.`, name);
    }
  }
};

const mergeNetwork = (network: JsonObject, old: JsonObject): JsonObject => {
  const plugin = textAt(network, 'networkPlugin') ?? textAt(old, 'networkPlugin') ?? 'azure';
  return compact({
    networkPlugin: plugin,
    networkPluginMode: network['networkPluginMode'] ?? old['networkPluginMode'],
    networkPolicy: plugin === 'none' ? undefined : (network['networkPolicy'] ?? old['networkPolicy'] ?? 'none'),
    networkDataplane:
      plugin === 'none' ? undefined : (network['networkDataplane'] ?? old['networkDataplane'] ?? 'azure'),
    loadBalancerSku: textAt(network, 'loadBalancerSku') ?? 'standard',
    loadBalancerProfile: network['loadBalancerProfile'] ?? {
      managedOutboundIPs: { count: 1 },
      backendPoolType: 'nodeIPConfiguration',
    },
    // With no CNI of its own AKS makes up no pod range: what was not asked for is not there.
    podCidr: network['podCidr'] ?? old['podCidr'] ?? (plugin === 'none' ? undefined : '10.244.0.0/16'),
    serviceCidr: network['serviceCidr'] ?? old['serviceCidr'] ?? '10.0.0.0/16',
    dnsServiceIP: network['dnsServiceIP'] ?? old['dnsServiceIP'] ?? '10.0.0.10',
    outboundType: network['outboundType'] ?? old['outboundType'] ?? 'loadBalancer',
    ipFamilies: network['ipFamilies'] ?? old['ipFamilies'] ?? ['IPv4'],
    kubeProxyConfig: network['kubeProxyConfig'] ?? old['kubeProxyConfig'],
  });
};

const mergePools = (
  request: JsonObject,
  old: JsonObject,
  version: string,
  plugin: string | undefined,
): readonly JsonObject[] => {
  const before = arrayAt(old, 'agentPoolProfiles').filter(isObject);
  const asked = arrayAt(request, 'agentPoolProfiles').filter(isObject);
  if (asked.length === 0) return before;
  const missing = before.filter((pool) => !asked.some((other) => other['name'] === pool['name']));
  if (missing.length > 0) {
    throw aksError(
      400,
      'InvalidParameter',
      `Agent pool '${textAt(missing[0], 'name') ?? ''}' cannot be removed by an update of the managed cluster: delete the agent pool itself.`,
      'agentPoolProfiles',
    );
  }
  return asked.map((pool) =>
    mergePool(
      pool,
      before.find((other) => other['name'] === pool['name']),
      version,
      plugin,
    ),
  );
};

/** One pool over its defaults; `before` is what it was. */
export const mergePool = (
  pool: JsonObject,
  before: JsonObject | undefined,
  version: string,
  plugin: string | undefined,
): JsonObject => {
  const vmSize = textAt(pool, 'vmSize');
  const current = poolVersion(pool, before, version);
  return compact({
    count: 1,
    osDiskSizeGB: 128,
    osDiskType: 'Managed',
    kubeletDiskType: 'OS',
    // AKS's own limit is 110 with its CNIs; 250 was recorded with none.
    maxPods: plugin === 'none' ? 250 : 110,
    type: 'VirtualMachineScaleSets',
    enableAutoScaling: false,
    scaleDownMode: 'Delete',
    mode: 'User',
    enableEncryptionAtHost: false,
    enableUltraSSD: false,
    osType: 'Linux',
    osSKU: 'Ubuntu',
    upgradeSettings: { maxSurge: '10%', maxUnavailable: '0' },
    enableFIPS: false,
    securityProfile: { enableVTPM: false, enableSecureBoot: false },
    ...pool,
    // An unset size is AKS's to choose since May 2025.
    vmSize: vmSize === undefined || vmSize === '' ? (textAt(before, 'vmSize') ?? 'Standard_D4ads_v5') : vmSize,
    powerState: { code: 'Running' },
    orchestratorVersion: textAt(pool, 'orchestratorVersion') ?? minorOf(current),
    currentOrchestratorVersion: current,
    nodeImageVersion: textAt(before, 'nodeImageVersion') ?? 'AKSUbuntu-2404gen2containerd-202611.09.0',
    provisioningState: before === undefined ? 'Creating' : 'Updating',
    id: undefined,
    eTag: undefined,
  });
};

const mergeStorage = (request: JsonObject): JsonObject => ({
  diskCSIDriver: { enabled: true },
  fileCSIDriver: { enabled: true },
  snapshotController: { enabled: true },
  ...objectAt(request, 'storageProfile'),
});

const minorOf = (version: string): string => version.split('.').slice(0, 2).join('.');

const fqdnOf = (dnsPrefix: string, cluster: ClusterIdentity): string =>
  `${dnsPrefix.toLowerCase()}-${hexOf(`${cluster.subscriptionId}/${cluster.group}/${cluster.name}`, 8)}.hcp.${cluster.location}.azmk8s.io`;

const nodeGroupOf = (cluster: ClusterIdentity): string => {
  const name = `MC_${cluster.group}_${cluster.name}_${cluster.location}`;
  if (name.length <= 80) return name;
  throw aksError(
    400,
    'InvalidParameter',
    `The length of the node resource group name is too long. The maximum length is 80 and the length of the value provided is ${name.length}: set nodeResourceGroup.`,
    'nodeResourceGroup',
  );
};
