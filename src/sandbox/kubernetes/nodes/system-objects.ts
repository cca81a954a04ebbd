import type { ClusterSpec } from '../host.ts';
import type { KubeObject } from '../objects.ts';
import type { Fields } from './fields.ts';

const NAMESPACE = 'kube-system';
const REGISTRY = 'mcr.microsoft.com/oss';

interface Workload {
  readonly kind: 'DaemonSet' | 'Deployment';
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly containers: readonly Fields[];
  readonly hostNetwork?: boolean;
  readonly replicas?: number;
  readonly nodeSelector?: Readonly<Record<string, string>>;
  readonly tolerations?: readonly Fields[];
}

const container = (name: string, image: string, more: Fields = {}): Fields => ({
  name,
  image,
  imagePullPolicy: 'IfNotPresent',
  resources: { requests: { cpu: '20m', memory: '40Mi' } },
  ...more,
});

const probe = (path: string, port: number): Fields => ({
  readinessProbe: {
    httpGet: { path, port, scheme: 'HTTP' },
    periodSeconds: 10,
    failureThreshold: 3,
    successThreshold: 1,
    timeoutSeconds: 1,
  },
});

/** What lets AKS' own Deployments onto a system pool that is tainted for add-ons. */
const ADDON: readonly Fields[] = [{ key: 'CriticalAddonsOnly', operator: 'Exists' }];

const object = ({
  kind,
  name,
  labels,
  containers,
  hostNetwork,
  replicas,
  nodeSelector,
  tolerations,
}: Workload): KubeObject => ({
  apiVersion: 'apps/v1',
  kind,
  metadata: {
    name,
    namespace: NAMESPACE,
    labels: { ...labels, 'addonmanager.kubernetes.io/mode': 'Reconcile', 'kubernetes.azure.com/managedby': 'aks' },
  },
  spec: {
    ...(kind === 'Deployment'
      ? {
          replicas: replicas ?? 1,
          strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%', maxUnavailable: 1 } },
        }
      : { updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 1, maxSurge: 0 } } }),
    revisionHistoryLimit: 10,
    selector: { matchLabels: labels },
    template: {
      metadata: { labels },
      spec: {
        containers,
        ...(hostNetwork === true ? { hostNetwork } : {}),
        nodeSelector: { 'kubernetes.io/os': 'linux', ...nodeSelector },
        priorityClassName: kind === 'DaemonSet' ? 'system-node-critical' : 'system-cluster-critical',
        restartPolicy: 'Always',
        tolerations: tolerations ?? (kind === 'DaemonSet' ? [{ operator: 'Exists' }] : ADDON),
      },
    },
  },
});

const logAgent = (name: string): Fields =>
  container(name, `mcr.microsoft.com/azuremonitor/containerinsights/ciprod:3.3.0`, {
    env: [{ name: 'AKS_RESOURCE_ID', value: '' }],
  });

const logAgents = (): readonly KubeObject[] => [
  object({
    kind: 'DaemonSet',
    name: 'ama-logs',
    labels: { component: 'ama-logs-agent', tier: 'node' },
    containers: [logAgent('ama-logs'), logAgent('ama-logs-prometheus')],
  }),
  object({
    kind: 'Deployment',
    name: 'ama-logs-rs',
    labels: { rsName: 'ama-logs-rs' },
    containers: [logAgent('ama-logs')],
  }),
];

const kubeProxy = (version: string): KubeObject =>
  object({
    kind: 'DaemonSet',
    name: 'kube-proxy',
    labels: { component: 'kube-proxy', tier: 'node' },
    hostNetwork: true,
    containers: [container('kube-proxy', `${REGISTRY}/kubernetes/kube-proxy:v${version}`)],
  });

/** The workloads that AKS puts into kube-system by itself for such a cluster. */
export const systemWorkloads = (spec: ClusterSpec): readonly KubeObject[] => [
  object({
    kind: 'Deployment',
    name: 'coredns',
    labels: { 'k8s-app': 'kube-dns', version: 'v20' },
    replicas: 2,
    containers: [
      container('coredns', `${REGISTRY}/v2/kubernetes/coredns:v1.12.1-2`, {
        ports: [{ name: 'dns', containerPort: 53, protocol: 'UDP' }],
        ...probe('/ready', 8181),
      }),
    ],
  }),
  object({
    kind: 'Deployment',
    name: 'coredns-autoscaler',
    labels: { 'k8s-app': 'coredns-autoscaler' },
    containers: [
      container('autoscaler', `${REGISTRY}/v2/kubernetes/autoscaler/cluster-proportional-autoscaler:v1.9.0-3`),
    ],
  }),
  object({
    kind: 'Deployment',
    name: 'konnectivity-agent',
    labels: { app: 'konnectivity-agent' },
    replicas: 2,
    containers: [
      container(
        'konnectivity-agent',
        `${REGISTRY}/v2/kubernetes/apiserver-network-proxy/agent:v0.31.4-1`,
        probe('/readyz', 8082),
      ),
    ],
  }),
  object({
    kind: 'Deployment',
    name: 'metrics-server',
    labels: { 'k8s-app': 'metrics-server' },
    replicas: 2,
    containers: [
      container('metrics-server', `${REGISTRY}/v2/kubernetes/metrics-server:v0.7.2-6`, probe('/readyz', 4443)),
    ],
  }),
  object({
    kind: 'DaemonSet',
    name: 'cloud-node-manager',
    labels: { 'k8s-app': 'cloud-node-manager' },
    hostNetwork: true,
    containers: [container('cloud-node-manager', `${REGISTRY}/v2/kubernetes/azure-cloud-node-manager:v1.35.0`)],
  }),
  object({
    kind: 'DaemonSet',
    name: 'csi-azuredisk-node',
    labels: { app: 'csi-azuredisk-node' },
    hostNetwork: true,
    containers: [container('azuredisk', `${REGISTRY}/v2/kubernetes-csi/azuredisk-csi:v1.33.5`)],
  }),
  object({
    kind: 'DaemonSet',
    name: 'csi-azurefile-node',
    labels: { app: 'csi-azurefile-node' },
    hostNetwork: true,
    containers: [container('azurefile', `${REGISTRY}/v2/kubernetes-csi/azurefile-csi:v1.34.1`)],
  }),
  // Desired 0 on a Linux cluster, and the reason why a search for "kube-proxy" in names finds something everywhere.
  object({
    kind: 'DaemonSet',
    name: 'windows-kube-proxy-initializer',
    labels: { component: 'windows-kube-proxy-initializer' },
    hostNetwork: true,
    nodeSelector: { 'kubernetes.io/os': 'windows' },
    containers: [container('kube-proxy-initializer', `mcr.microsoft.com/windows/nanoserver:ltsc2022`)],
  }),
  ...(spec.kubeProxy ? [kubeProxy(spec.kubernetesVersion.replace(/^v/, ''))] : []),
  ...(spec.logAnalyticsWorkspaceId === undefined ? [] : logAgents()),
];

const service = (
  name: string,
  selector: Readonly<Record<string, string>>,
  clusterIP: string,
  ports: readonly Fields[],
): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name, namespace: NAMESPACE, labels: { ...selector, 'kubernetes.io/cluster-service': 'true' } },
  spec: {
    type: 'ClusterIP',
    clusterIP,
    clusterIPs: [clusterIP],
    internalTrafficPolicy: 'Cluster',
    ipFamilies: ['IPv4'],
    ipFamilyPolicy: 'SingleStack',
    sessionAffinity: 'None',
    selector,
    ports,
  },
});

export const systemServices = (spec: ClusterSpec): readonly KubeObject[] => [
  service('kube-dns', { 'k8s-app': 'kube-dns' }, spec.dnsServiceIP, [
    { name: 'dns', port: 53, protocol: 'UDP', targetPort: 53 },
    { name: 'dns-tcp', port: 53, protocol: 'TCP', targetPort: 53 },
  ]),
];
