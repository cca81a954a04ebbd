import type { KubeObject } from '../objects.ts';
import type { ClusterSpec } from '../host.ts';

const object = (
  apiVersion: string,
  kind: string,
  name: string,
  rest: object = {},
  namespace?: string,
  labels?: Readonly<Record<string, string>>,
): KubeObject => ({
  apiVersion,
  kind,
  metadata: { name, ...(namespace === undefined ? {} : { namespace }), ...(labels === undefined ? {} : { labels }) },
  ...rest,
});

const rbac = 'rbac.authorization.k8s.io/v1';
const bootstrap = { 'kubernetes.io/bootstrapping': 'rbac-defaults' };

const clusterRole = (name: string, rules: readonly object[]): KubeObject =>
  object(rbac, 'ClusterRole', name, { rules }, undefined, bootstrap);
const clusterBinding = (name: string, role: string, subjects: readonly object[]): KubeObject =>
  object(
    rbac,
    'ClusterRoleBinding',
    name,
    { roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: role }, subjects },
    undefined,
    bootstrap,
  );
const group = (name: string): object => ({ apiGroup: 'rbac.authorization.k8s.io', kind: 'Group', name });

const everything = [
  { apiGroups: ['*'], resources: ['*'], verbs: ['*'] },
  { nonResourceURLs: ['*'], verbs: ['*'] },
];
const readable = [
  'configmaps',
  'endpoints',
  'events',
  'persistentvolumeclaims',
  'pods',
  'pods/log',
  'pods/status',
  'replicationcontrollers',
  'resourcequotas',
  'serviceaccounts',
  'services',
  'namespaces',
];
const groups = ['apps', 'autoscaling', 'batch', 'discovery.k8s.io', 'networking.k8s.io', 'policy'];
const view = [
  { apiGroups: [''], resources: readable, verbs: ['get', 'list', 'watch'] },
  { apiGroups: groups, resources: ['*'], verbs: ['get', 'list', 'watch'] },
];
const edit = [
  ...view,
  {
    apiGroups: [''],
    resources: [...readable, 'secrets', 'pods/exec', 'pods/eviction', 'serviceaccounts/token'],
    verbs: ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'],
  },
  { apiGroups: groups, resources: ['*'], verbs: ['create', 'delete', 'deletecollection', 'patch', 'update'] },
];

const storageClass = (
  name: string,
  provisioner: string,
  parameters: Readonly<Record<string, string>>,
  isDefault = false,
): KubeObject => ({
  apiVersion: 'storage.k8s.io/v1',
  kind: 'StorageClass',
  metadata: {
    name,
    labels: { 'addonmanager.kubernetes.io/mode': 'EnsureExists', 'kubernetes.io/cluster-service': 'true' },
    ...(isDefault ? { annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' } } : {}),
  },
  provisioner,
  parameters,
  reclaimPolicy: 'Delete',
  allowVolumeExpansion: true,
  volumeBindingMode: provisioner.startsWith('disk') ? 'WaitForFirstConsumer' : 'Immediate',
});

export const namespaceObjects: readonly KubeObject[] = ['default', 'kube-node-lease', 'kube-public', 'kube-system'].map(
  (name) =>
    object('v1', 'Namespace', name, { spec: { finalizers: ['kubernetes'] }, status: { phase: 'Active' } }, undefined, {
      'kubernetes.io/metadata.name': name,
    }),
);

/** Gives the groups that the cluster names as its administrators everything, under the name that AKS gives it. */
export const entraBinding = 'aks-cluster-admin-binding-aad';
export const entraObjects = ({ entra }: ClusterSpec): readonly KubeObject[] =>
  entra === undefined || entra.adminGroups.length === 0
    ? []
    : [clusterBinding(entraBinding, 'cluster-admin', entra.adminGroups.map(group))];

/** What is not about workloads: roles, priorities, storage, and the two Services every cluster has. */
export const clusterObjects = (spec: ClusterSpec): readonly KubeObject[] => [
  clusterRole('cluster-admin', everything),
  clusterRole('admin', [
    ...edit,
    { apiGroups: ['rbac.authorization.k8s.io'], resources: ['rolebindings', 'roles'], verbs: ['*'] },
  ]),
  clusterRole('edit', edit),
  clusterRole('view', view),
  clusterBinding('cluster-admin', 'cluster-admin', [group('system:masters')]),
  object('scheduling.k8s.io/v1', 'PriorityClass', 'system-cluster-critical', {
    value: 2000000000,
    description:
      'Used for system critical pods that must run in the cluster, but can be moved to another node if necessary.',
  }),
  object('scheduling.k8s.io/v1', 'PriorityClass', 'system-node-critical', {
    value: 2000001000,
    description: 'Used for system critical pods that must not be moved from their current node.',
  }),
  storageClass('default', 'disk.csi.azure.com', { skuname: 'StandardSSD_LRS' }, true),
  storageClass('managed-csi', 'disk.csi.azure.com', { skuname: 'StandardSSD_LRS' }),
  storageClass('managed-csi-premium', 'disk.csi.azure.com', { skuname: 'Premium_LRS' }),
  storageClass('azurefile-csi', 'file.csi.azure.com', { skuName: 'Standard_LRS' }),
  storageClass('azurefile-csi-premium', 'file.csi.azure.com', { skuName: 'Premium_LRS' }),
  ...['disk.csi.azure.com', 'file.csi.azure.com'].map((name) =>
    object('storage.k8s.io/v1', 'CSIDriver', name, {
      spec: { attachRequired: name.startsWith('disk'), podInfoOnMount: true },
    }),
  ),
  object(
    'v1',
    'Service',
    'kubernetes',
    {
      spec: {
        type: 'ClusterIP',
        clusterIP: firstAddress(spec.serviceCidr),
        clusterIPs: [firstAddress(spec.serviceCidr)],
        ports: [{ name: 'https', port: 443, protocol: 'TCP', targetPort: 443 }],
      },
      status: { loadBalancer: {} },
    },
    'default',
    { component: 'apiserver', provider: 'kubernetes' },
  ),
  object(
    'v1',
    'Service',
    'kube-dns',
    {
      spec: {
        type: 'ClusterIP',
        clusterIP: spec.dnsServiceIP,
        clusterIPs: [spec.dnsServiceIP],
        selector: { 'k8s-app': 'kube-dns' },
        ports: [
          { name: 'dns', port: 53, protocol: 'UDP', targetPort: 53 },
          { name: 'dns-tcp', port: 53, protocol: 'TCP', targetPort: 53 },
        ],
      },
      status: { loadBalancer: {} },
    },
    'kube-system',
    {
      'k8s-app': 'kube-dns',
      'kubernetes.io/cluster-service': 'true',
      'kubernetes.io/name': 'CoreDNS',
      'addonmanager.kubernetes.io/mode': 'Reconcile',
    },
  ),
  object(
    'v1',
    'ConfigMap',
    'coredns',
    {
      data: {
        Corefile:
          '.:53 {\n    errors\n    ready\n    health\n    kubernetes cluster.local in-addr.arpa ip6.arpa\n    forward . /etc/resolv.conf\n    cache 30\n    loadbalance\n}\n',
      },
    },
    'kube-system',
  ),
  object('v1', 'ConfigMap', 'extension-apiserver-authentication', { data: {} }, 'kube-system'),
];

/** The first address of a service range: the API server's own. */
export const firstAddress = (cidr: string): string => {
  const octets = (cidr.split('/')[0] ?? '10.0.0.0').split('.').map(Number);
  return [...octets.slice(0, 3), (octets[3] ?? 0) + 1].join('.');
};
