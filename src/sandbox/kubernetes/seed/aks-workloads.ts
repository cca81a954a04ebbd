import type { KubeObject } from '../objects.ts';

/** A workload as AKS puts it into kube-system: enough of each for scheduling, selection and status to be like the real one's. */
export interface Workload {
  readonly kind: 'DaemonSet' | 'Deployment';
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Defaults to the labels. */
  readonly selector?: Readonly<Record<string, string>>;
  readonly replicas?: number;
  readonly containers: readonly {
    readonly name: string;
    readonly image: string;
    readonly ports?: readonly number[];
    readonly readinessProbe?: object;
  }[];
  readonly hostNetwork?: boolean;
  readonly nodeSelector?: Readonly<Record<string, string>>;
  readonly priority: 'system-node-critical' | 'system-cluster-critical';
  /** Tolerates everything, as agents on every node do; others tolerate what marks system pools. */
  readonly everywhere?: boolean;
  readonly account?: string;
}

const linux = { 'kubernetes.io/os': 'linux' };
const critical = { key: 'CriticalAddonsOnly', operator: 'Exists' };

/** The Kubernetes object of a workload. */
export const workloadObject = (workload: Workload): KubeObject => {
  const { name, labels, selector = labels, containers, priority } = workload;
  const tolerations =
    workload.everywhere === true
      ? [critical, { operator: 'Exists', effect: 'NoExecute' }, { operator: 'Exists', effect: 'NoSchedule' }]
      : [critical];
  const podSpec = {
    priorityClassName: priority,
    serviceAccountName: workload.account ?? name,
    ...(workload.hostNetwork === true ? { hostNetwork: true } : {}),
    nodeSelector: { ...linux, ...workload.nodeSelector },
    tolerations,
    containers: containers.map(({ ports = [], ...container }) => ({
      ...container,
      ...(ports.length === 0 ? {} : { ports: ports.map((containerPort) => ({ containerPort, protocol: 'TCP' })) }),
      resources: { requests: { cpu: '20m', memory: '50Mi' } },
    })),
  };
  return {
    apiVersion: 'apps/v1',
    kind: workload.kind,
    metadata: { name, namespace: 'kube-system', labels: { ...labels, 'addonmanager.kubernetes.io/mode': 'Reconcile' } },
    spec: {
      ...(workload.kind === 'Deployment' ? { replicas: workload.replicas ?? 1 } : {}),
      selector: { matchLabels: selector },
      template: { metadata: { labels: { ...labels, 'kubernetes.azure.com/managedby': 'aks' } }, spec: podSpec },
    },
  };
};

const oss = 'mcr.microsoft.com/oss/v2/kubernetes';

/** What every AKS cluster runs whatever its network plugin is. */
export const baseWorkloads: readonly Workload[] = [
  {
    kind: 'Deployment',
    name: 'coredns',
    labels: { 'k8s-app': 'kube-dns', 'kubernetes.io/cluster-service': 'true' },
    selector: { 'k8s-app': 'kube-dns' },
    replicas: 2,
    containers: [
      {
        name: 'coredns',
        image: `${oss}/coredns:v1.13.1-2`,
        ports: [53, 9153],
        readinessProbe: { httpGet: { path: '/ready', port: 8181, scheme: 'HTTP' } },
      },
    ],
    priority: 'system-node-critical',
  },
  {
    kind: 'Deployment',
    name: 'coredns-autoscaler',
    labels: { 'k8s-app': 'coredns-autoscaler' },
    containers: [{ name: 'autoscaler', image: `${oss}/autoscaler/cluster-proportional-autoscaler:v1.10.2` }],
    priority: 'system-node-critical',
  },
  {
    kind: 'Deployment',
    name: 'konnectivity-agent',
    labels: { app: 'konnectivity-agent' },
    replicas: 2,
    containers: [{ name: 'konnectivity-agent', image: `${oss}/apiserver-network-proxy/agent:v0.34.0`, ports: [8082] }],
    priority: 'system-cluster-critical',
  },
  {
    kind: 'Deployment',
    name: 'metrics-server',
    labels: { 'k8s-app': 'metrics-server' },
    replicas: 2,
    containers: [
      { name: 'metrics-server-vpa', image: `${oss}/autoscaler/addon-resizer:v1.8.23` },
      {
        name: 'metrics-server',
        image: `${oss}/metrics-server:v0.8.0`,
        ports: [4443],
        readinessProbe: { httpGet: { path: '/readyz', port: 4443, scheme: 'HTTPS' } },
      },
    ],
    priority: 'system-cluster-critical',
  },
  {
    kind: 'DaemonSet',
    name: 'azure-ip-masq-agent',
    labels: { 'k8s-app': 'azure-ip-masq-agent' },
    containers: [{ name: 'azure-ip-masq-agent', image: 'mcr.microsoft.com/aks/ip-masq-agent-v2:v0.1.15' }],
    hostNetwork: true,
    priority: 'system-node-critical',
    everywhere: true,
    account: 'azure-ip-masq-agent',
  },
  {
    kind: 'DaemonSet',
    name: 'cloud-node-manager',
    labels: { 'k8s-app': 'cloud-node-manager' },
    containers: [{ name: 'cloud-node-manager', image: `${oss}/azure-cloud-node-manager:v1.34.2` }],
    hostNetwork: true,
    priority: 'system-node-critical',
    everywhere: true,
  },
  {
    kind: 'DaemonSet',
    name: 'csi-azuredisk-node',
    labels: { app: 'csi-azuredisk-node' },
    containers: [
      { name: 'liveness-probe', image: `${oss}-csi/livenessprobe:v2.17.0` },
      { name: 'node-driver-registrar', image: `${oss}-csi/csi-node-driver-registrar:v2.15.0` },
      { name: 'azuredisk', image: `${oss}-csi/azuredisk-csi:v1.33.5`, ports: [29602] },
    ],
    hostNetwork: true,
    priority: 'system-node-critical',
    everywhere: true,
    account: 'csi-azuredisk-node-sa',
  },
  {
    kind: 'DaemonSet',
    name: 'csi-azurefile-node',
    labels: { app: 'csi-azurefile-node' },
    containers: [
      { name: 'liveness-probe', image: `${oss}-csi/livenessprobe:v2.17.0` },
      { name: 'node-driver-registrar', image: `${oss}-csi/csi-node-driver-registrar:v2.15.0` },
      { name: 'azurefile', image: `${oss}-csi/azurefile-csi:v1.34.1`, ports: [29612] },
    ],
    hostNetwork: true,
    priority: 'system-node-critical',
    everywhere: true,
    account: 'csi-azurefile-node-sa',
  },
  {
    kind: 'DaemonSet',
    // Name-matching tools take this one for kube-proxy (Azure/AKS#4952); no Linux node ever runs it.
    name: 'windows-kube-proxy-initializer',
    labels: { component: 'windows-kube-proxy-initializer', tier: 'node' },
    containers: [{ name: 'pause', image: 'mcr.microsoft.com/oss/kubernetes/pause:3.9-hotfix-20230808' }],
    nodeSelector: { 'kubernetes.io/os': 'windows' },
    priority: 'system-node-critical',
    everywhere: true,
  },
];

/** AKS's own kube-proxy, where the cluster's kubeProxyConfig leaves it on. */
export const kubeProxy: Workload = {
  kind: 'DaemonSet',
  name: 'kube-proxy',
  labels: { component: 'kube-proxy', tier: 'node' },
  containers: [{ name: 'kube-proxy', image: `${oss}/kube-proxy:v1.34.2` }],
  hostNetwork: true,
  priority: 'system-node-critical',
  everywhere: true,
};

const agentImage = 'mcr.microsoft.com/azuremonitor/containerinsights/ciprod:3.3.0';

/** Container Insights' agents, where omsagent is on. */
export const monitoring: readonly Workload[] = [
  {
    kind: 'DaemonSet',
    name: 'ama-logs',
    labels: { component: 'ama-logs-agent', tier: 'node' },
    containers: [
      { name: 'ama-logs', image: agentImage },
      { name: 'ama-logs-prometheus', image: agentImage },
    ],
    priority: 'system-node-critical',
    everywhere: true,
    account: 'ama-logs',
  },
  {
    kind: 'Deployment',
    name: 'ama-logs-rs',
    labels: { rsName: 'ama-logs-rs' },
    containers: [{ name: 'ama-logs', image: agentImage }],
    priority: 'system-cluster-critical',
    account: 'ama-logs',
  },
];
