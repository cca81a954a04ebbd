import type { Order } from './cell.ts';

/** How a step's own requests are told from all others. */
export interface Aim {
  readonly step: string;
  readonly does: 'look' | 'write';
  readonly service: 'arm' | 'kubernetes';
  readonly method: string;
  readonly path: string;
}

const arm = (step: string, does: Aim['does'], method: string, path: string): Aim => ({
  step,
  does,
  service: 'arm',
  method,
  path,
});

const kubernetes = (step: string, does: Aim['does'], method: string, path: string): Aim => ({
  step,
  does,
  service: 'kubernetes',
  method,
  path,
});

/** Every step's looks and writes, in run order. */
export const aims: readonly Aim[] = [
  arm('preflight', 'look', 'GET', '/providers/Microsoft.Compute/skus'),
  arm('providers', 'look', 'GET', '/providers/Microsoft.SecurityInsights'),
  arm('providers', 'write', 'POST', '/providers/Microsoft.SecurityInsights/register'),
  arm('preview-feature', 'look', 'GET', '/features/KubeProxyConfigurationPreview'),
  arm('preview-feature', 'write', 'POST', '/features/KubeProxyConfigurationPreview/register'),
  arm('resource-group', 'write', 'PUT', '/resourcegroups/rg-ebpf-sentinel'),
  arm('workspace', 'look', 'GET', '/deletedWorkspaces'),
  arm('workspace', 'write', 'PUT', '/workspaces/log-ebpf-sentinel'),
  arm('log-table', 'look', 'GET', '/tables/ContainerLogV2'),
  arm('log-table', 'write', 'PUT', '/tables/ContainerLogV2'),
  arm('sentinel', 'look', 'GET', '/onboardingStates/default'),
  arm('sentinel', 'write', 'PUT', '/onboardingStates/default'),
  arm('data-collection', 'look', 'GET', '/dataCollectionRules/MSCI-'),
  arm('data-collection', 'write', 'PUT', '/dataCollectionRules/MSCI-'),
  arm('cluster', 'look', 'GET', '/locations/uksouth/operations/'),
  arm('cluster', 'write', 'PUT', '/managedClusters/aks-ebpf-sentinel'),
  arm('cluster-access', 'write', 'POST', '/listClusterUserCredential'),
  kubernetes('cluster-access', 'look', 'GET', '/version'),
  kubernetes('kube-proxy', 'look', 'GET', '/daemonsets/kube-proxy'),
  kubernetes('cilium', 'look', 'GET', '/daemonsets/cilium-envoy'),
  kubernetes('cilium', 'write', 'PATCH', '/daemonsets/cilium'),
  kubernetes('nodes', 'look', 'GET', '/customresourcedefinitions/ciliumendpoints.cilium.io'),
  kubernetes('tetragon', 'look', 'GET', '/deployments/tetragon-operator'),
  kubernetes('tetragon', 'write', 'PATCH', '/daemonsets/tetragon'),
  kubernetes('log-settings', 'look', 'GET', '/configmaps/container-azm-ms-agentconfig'),
  kubernetes('log-settings', 'write', 'PATCH', '/configmaps/container-azm-ms-agentconfig'),
  arm('association', 'look', 'GET', '/dataCollectionRuleAssociations/'),
  arm('association', 'write', 'PUT', '/dataCollectionRuleAssociations/'),
  kubernetes('tracing-policies', 'look', 'GET', '/customresourcedefinitions/tracingpolicies.cilium.io'),
  kubernetes('tracing-policies', 'write', 'PATCH', '/tracingpolicies/'),
  arm('functions', 'look', 'GET', '/savedSearches/'),
  arm('functions', 'write', 'PUT', '/savedSearches/'),
  arm('rules', 'look', 'GET', '/alertRules'),
  arm('rules', 'write', 'PUT', '/alertRules/'),
  kubernetes('demo-app', 'look', 'GET', '/namespaces/pets'),
  kubernetes('demo-app', 'write', 'PATCH', '/namespaces/pets'),
];

export const orderAt = ({ service, method, path }: Aim, order: Omit<Order, 'method' | 'path' | 'service'>): Order => ({
  ...order,
  name: String(order['name']),
  // Some faults are ARM's alone, and are told no service.
  ...(service === 'arm' ? {} : { service }),
  method,
  path,
});

/** In words for the table. */
export const placeOf = ({ method, path }: Aim): string => `${method} …${path}`;
