import type { Cluster } from '../cluster.ts';
import { type CustomKind, hasCrd, registerKind } from '../custom-kinds.ts';

const kind = (
  name: string,
  version: string,
  namespaced: boolean,
  shortNames: readonly string[],
  plural = `${name.toLowerCase()}s`,
): CustomKind => ({
  group: 'cilium.io',
  kind: name,
  plural,
  version,
  namespaced,
  shortNames,
  categories: ['cilium'],
  statusSubresource: [
    'CiliumNode',
    'CiliumNetworkPolicy',
    'CiliumClusterwideNetworkPolicy',
    'CiliumLoadBalancerIPPool',
    'CiliumL2AnnouncementPolicy',
    'CiliumBGPClusterConfig',
    'CiliumBGPNodeConfig',
    'CiliumEndpoint',
    'CiliumLocalRedirectPolicy',
    'CiliumGatewayClassConfig',
  ].includes(name),
});

/** What Cilium 1.20's operator registers when it starts. */
export const CILIUM_KINDS: readonly CustomKind[] = [
  kind('CiliumNetworkPolicy', 'v2', true, ['cnp', 'ciliumnp'], 'ciliumnetworkpolicies'),
  kind('CiliumClusterwideNetworkPolicy', 'v2', false, ['ccnp'], 'ciliumclusterwidenetworkpolicies'),
  kind('CiliumCIDRGroup', 'v2', false, ['ccg']),
  kind('CiliumEndpoint', 'v2', true, ['cep', 'ciliumep']),
  kind('CiliumIdentity', 'v2', false, ['ciliumid'], 'ciliumidentities'),
  kind('CiliumNode', 'v2', false, ['cn', 'ciliumn']),
  kind('CiliumNodeConfig', 'v2', true, []),
  kind('CiliumEnvoyConfig', 'v2', true, ['cec']),
  kind('CiliumClusterwideEnvoyConfig', 'v2', false, ['ccec']),
  kind('CiliumLocalRedirectPolicy', 'v2', true, ['clrp'], 'ciliumlocalredirectpolicies'),
  kind('CiliumEgressGatewayPolicy', 'v2', false, ['cegp'], 'ciliumegressgatewaypolicies'),
  kind('CiliumLoadBalancerIPPool', 'v2', false, ['ippools', 'ippool', 'lbippool', 'lbippools']),
  kind('CiliumBGPClusterConfig', 'v2', false, ['cbgpcluster']),
  kind('CiliumBGPPeerConfig', 'v2', false, ['cbgppeer']),
  kind('CiliumBGPAdvertisement', 'v2', false, ['cbgpadvert']),
  kind('CiliumBGPNodeConfig', 'v2', false, ['cbgpnode']),
  kind('CiliumBGPNodeConfigOverride', 'v2', false, ['cbgpnodeoverride']),
  kind('CiliumEndpointSlice', 'v2alpha1', false, ['ces']),
  kind('CiliumL2AnnouncementPolicy', 'v2alpha1', false, ['l2announcement'], 'ciliuml2announcementpolicies'),
  kind('CiliumPodIPPool', 'v2alpha1', false, ['cpip']),
  kind('CiliumGatewayClassConfig', 'v2alpha1', true, ['cgcc']),
  kind('CiliumVTEPConfig', 'v2alpha1', false, []),
];

const SCHEMA_VERSION = '1.33.11';

export const registerCiliumKinds = (cluster: Cluster): void => {
  for (const one of CILIUM_KINDS) registerKind(cluster, one, { 'io.cilium.k8s.crd.schema.version': SCHEMA_VERSION });
};

/** Those that an agent waits for and does not see. */
export const missingCiliumKinds = (cluster: Cluster): readonly string[] =>
  [
    'ciliumnodes',
    'ciliumidentities',
    'ciliumendpoints',
    'ciliumnetworkpolicies',
    'ciliumclusterwidenetworkpolicies',
    'ciliumcidrgroups',
    'ciliumpodippools',
  ].flatMap((plural) => {
    const one = CILIUM_KINDS.find((each) => each.plural === plural);
    return one === undefined || hasCrd(cluster, one) ? [] : [`crd:${plural}.cilium.io`];
  });
