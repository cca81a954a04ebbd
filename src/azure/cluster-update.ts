import { asRecord, field, text, type JsonRecord } from './read-json.ts';

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

/**
 * The body of a PUT that changes of a cluster that was read only what is wanted: a PUT takes away what it does not name, and a team's
 * address ranges, tags and node pools are not ours to take.
 */
export const changed = (cluster: unknown, wanted: unknown): JsonRecord =>
  asRecord(over(writable(cluster, []), wanted)) ?? {};

function over(seen: unknown, wanted: unknown): unknown {
  if (Array.isArray(wanted) && Array.isArray(seen) && isNamed(wanted) && isNamed(seen)) return poolsOver(seen, wanted);
  const [below, above] = [asRecord(seen), asRecord(wanted)];
  if (below === undefined || above === undefined) return wanted;
  const left = Object.entries(below).filter(([name]) => field(above, name) === undefined);
  return Object.fromEntries([
    ...left,
    ...Object.entries(above).map(([name, value]) => [name, over(field(below, name), value)]),
  ]);
}

const isNamed = (values: readonly unknown[]): boolean => values.every((each) => text(each, 'name') !== undefined);

const poolsOver = (seen: readonly unknown[], wanted: readonly unknown[]): readonly unknown[] => {
  const nameOf = (each: unknown): string | undefined => text(each, 'name')?.toLowerCase();
  const others = seen.filter((each) => wanted.every((ours) => nameOf(ours) !== nameOf(each)));
  const merged = wanted.map((ours) =>
    over(
      seen.find((each) => nameOf(each) === nameOf(ours)),
      ours,
    ),
  );
  return [...merged, ...others];
};

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
