import { asRecord, field, type JsonRecord } from './read-json.ts';

/** What AKS tells but nobody may set; the SDKs leave it out of a PUT, and so do we. `*` is any pool or add-on. */
const READ_ONLY: ReadonlySet<string> = new Set(
  [
    'id',
    'name',
    'type',
    'systemData',
    'etag',
    'identity.principalId',
    'identity.tenantId',
    ...[
      'provisioningState',
      'powerState',
      'currentKubernetesVersion',
      'maxAgentPools',
      'fqdn',
      'privateFQDN',
      'azurePortalFQDN',
      'resourceUID',
      'status',
      'agentPoolProfiles.*.provisioningState',
      'agentPoolProfiles.*.currentOrchestratorVersion',
      'agentPoolProfiles.*.nodeImageVersion',
      'agentPoolProfiles.*.eTag',
      'agentPoolProfiles.*.status',
      'addonProfiles.*.identity',
      'networkProfile.loadBalancerProfile.effectiveOutboundIPs',
      'networkProfile.natGatewayProfile.effectiveOutboundIPs',
      'oidcIssuerProfile.issuerURL',
      'ingressProfile.webAppRouting.identity',
      'privateLinkResources.*.privateLinkServiceID',
    ].map((path) => `properties.${path}`),
  ].map((path) => path.toLowerCase()),
);

/** The body of a PUT that changes nothing of a cluster that was read but kube-proxy. */
export function withoutKubeProxy(cluster: unknown): JsonRecord {
  const body = asRecord(writable(cluster, [])) ?? {};
  const properties = asRecord(field(body, 'properties')) ?? {};
  const network = asRecord(field(properties, 'networkProfile')) ?? {};
  return {
    ...body,
    properties: { ...properties, networkProfile: { ...network, kubeProxyConfig: { enabled: false } } },
  };
}

function writable(value: unknown, path: readonly string[]): unknown {
  if (Array.isArray(value)) return value.map((each: unknown) => writable(each, [...path, '*']));
  const record = asRecord(value);
  if (record === undefined) return value;
  const isMap = path.at(-1)?.toLowerCase() === 'addonprofiles';
  return Object.fromEntries(
    Object.entries(record)
      .map(([name, inner]) => [name, [...path, isMap ? '*' : name], inner] as const)
      .filter(([, at]) => !READ_ONLY.has(at.join('.').toLowerCase()))
      .map(([name, at, inner]) => [name, writable(inner, at)]),
  );
}
