import { CONFIG_MAPS, DAEMON_SETS, DEPLOYMENTS, SERVICES } from '../../../src/sandbox/kubernetes/nodes/resources.ts';
import type { KubeObject } from '../../../src/sandbox/kubernetes/objects.ts';
import { FQDN, type World } from './world.ts';

type Fields = Readonly<Record<string, unknown>>;

const ANY = [{ operator: 'Exists' }];
/** What Cilium's chart gives its operator by default since 1.18. */
export const CHART_DEFAULT_TOLERATIONS = [
  { key: 'node-role.kubernetes.io/control-plane', operator: 'Exists' },
  { key: 'node-role.kubernetes.io/master', operator: 'Exists' },
  { key: 'node.kubernetes.io/not-ready', operator: 'Exists' },
  { key: 'node.cloudprovider.kubernetes.io/uninitialized', operator: 'Exists' },
  { key: 'node.cilium.io/agent-not-ready', operator: 'Exists' },
];

export interface CiliumChoices {
  readonly host?: string;
  readonly port?: string;
  readonly replicas?: number;
  readonly operatorTolerations?: readonly Fields[];
  readonly config?: Readonly<Record<string, string>>;
  readonly checksum?: string;
}

const workload = (
  kind: 'DaemonSet' | 'Deployment',
  name: string,
  labels: Readonly<Record<string, string>>,
  podSpec: Fields,
  more: Fields = {},
  annotations: Fields = {},
): KubeObject => ({
  apiVersion: 'apps/v1',
  kind,
  metadata: { name, namespace: 'kube-system', labels },
  spec: { selector: { matchLabels: labels }, template: { metadata: { labels, annotations }, spec: podSpec }, ...more },
});

export const CILIUM_CONFIG: Readonly<Record<string, string>> = {
  ipam: 'cluster-pool',
  'cluster-pool-ipv4-cidr': '10.244.0.0/16',
  'cluster-pool-ipv4-mask-size': '24',
  'kube-proxy-replacement': 'true',
  'routing-mode': 'tunnel',
  'tunnel-protocol': 'vxlan',
  'enable-hubble': 'true',
  'enable-ipv4-masquerade': 'true',
  'enable-l7-proxy': 'true',
  'external-envoy-proxy': 'true',
  'set-cilium-node-taints': 'true',
  'remove-cilium-node-taints': 'true',
};

/** The objects of Cilium's chart that decide how it behaves. */
export const installCilium = (world: World, choices: CiliumChoices = {}): void => {
  const env = [
    { name: 'KUBERNETES_SERVICE_HOST', value: choices.host ?? FQDN },
    { name: 'KUBERNETES_SERVICE_PORT', value: choices.port ?? '443' },
  ];
  const image = 'quay.io/cilium/cilium:v1.20.0';
  const annotations = choices.checksum === undefined ? {} : { 'cilium.io/cilium-configmap-checksum': choices.checksum };
  const probe = { readinessProbe: { httpGet: { path: '/healthz', port: 9879 } } };
  const anti = (labels: Fields): Fields => ({
    podAntiAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: [
        { labelSelector: { matchLabels: labels }, topologyKey: 'kubernetes.io/hostname' },
      ],
    },
  });
  const agentSpec = {
    hostNetwork: true,
    tolerations: ANY,
    initContainers: [
      { name: 'config', image, env, terminationMessagePolicy: 'FallbackToLogsOnError' },
      { name: 'mount-cgroup', image },
    ],
    containers: [{ name: 'cilium-agent', image, env, ...probe }],
  };
  const operatorLabels = { 'io.cilium/app': 'operator', name: 'cilium-operator' };
  const operatorSpec = {
    hostNetwork: true,
    tolerations: choices.operatorTolerations ?? ANY,
    affinity: anti(operatorLabels),
    containers: [
      {
        name: 'cilium-operator',
        image: 'quay.io/cilium/operator-generic:v1.20.0',
        env,
        ...probe,
        ports: [{ containerPort: 9234, hostPort: 9234 }],
      },
    ],
  };
  const relay = {
    tolerations: [{ key: 'CriticalAddonsOnly', operator: 'Exists' }],
    containers: [
      { name: 'hubble-relay', image: 'quay.io/cilium/hubble-relay:v1.20.0', readinessProbe: { grpc: { port: 4222 } } },
    ],
  };
  world.apply(CONFIG_MAPS, {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'cilium-config', namespace: 'kube-system' },
    data: { ...CILIUM_CONFIG, ...choices.config },
  });
  world.apply(
    DAEMON_SETS,
    workload(
      'DaemonSet',
      'cilium',
      { 'k8s-app': 'cilium' },
      agentSpec,
      { updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 2 } } },
      annotations,
    ),
  );
  world.apply(
    DEPLOYMENTS,
    workload(
      'Deployment',
      'cilium-operator',
      operatorLabels,
      operatorSpec,
      { replicas: choices.replicas ?? 2, strategy: { rollingUpdate: { maxSurge: '25%', maxUnavailable: '50%' } } },
      annotations,
    ),
  );
  world.apply(
    DEPLOYMENTS,
    workload('Deployment', 'hubble-relay', { 'k8s-app': 'hubble-relay' }, relay, { replicas: 1 }),
  );
};

export const TETRAGON_CONFIG: Readonly<Record<string, string>> = {
  'enable-policy-filter': 'true',
  'export-filename': '/var/run/cilium/tetragon/tetragon.log',
  'metrics-server': ':2112',
  'export-allowlist': '{"event_set":["PROCESS_EXEC", "PROCESS_EXIT", "PROCESS_KPROBE"]}',
  'export-denylist': '{"health_check":true}\n{"namespace":["", "cilium", "kube-system"]}',
};

export const installTetragon = (
  world: World,
  choices: {
    readonly operatorTolerations?: readonly Fields[];
    readonly config?: Readonly<Record<string, string>>;
  } = {},
): void => {
  const labels = { 'app.kubernetes.io/name': 'tetragon', 'app.kubernetes.io/instance': 'tetragon' };
  const operatorLabels = { 'app.kubernetes.io/name': 'tetragon-operator', 'app.kubernetes.io/instance': 'tetragon' };
  const volume = (name: string): Fields => ({ name, configMap: { name } });
  const config = (name: string, data: Readonly<Record<string, string>>): KubeObject => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, namespace: 'kube-system' },
    data,
  });
  world.apply(
    CONFIG_MAPS,
    config('tetragon-config', { ...TETRAGON_CONFIG, ...choices.config }),
    config('tetragon-operator-config', {
      'skip-crd-creation': 'false',
      'skip-tracing-policy-crd': 'false',
      'skip-pod-info-crd': 'true',
    }),
  );
  const containers = [
    { name: 'export-stdout', image: 'quay.io/cilium/hubble-export-stdout:v1.1.1' },
    { name: 'tetragon', image: 'quay.io/cilium/tetragon:v1.7.0' },
  ];
  world.apply(
    DAEMON_SETS,
    workload('DaemonSet', 'tetragon', labels, {
      hostNetwork: true,
      tolerations: ANY,
      containers,
      volumes: [volume('tetragon-config')],
    }),
  );
  const operator = {
    tolerations: choices.operatorTolerations ?? ANY,
    volumes: [volume('tetragon-operator-config')],
    containers: [
      {
        name: 'tetragon-operator',
        image: 'quay.io/cilium/tetragon-operator:v1.7.0',
        readinessProbe: { initialDelaySeconds: 5, httpGet: { path: '/readyz', port: 8081 } },
      },
    ],
  };
  world.apply(DEPLOYMENTS, workload('Deployment', 'tetragon-operator', operatorLabels, operator, { replicas: 1 }));
};

export const service = (name: string, selector: Readonly<Record<string, string>>, spec: Fields = {}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name, namespace: 'default' },
  spec: { type: 'ClusterIP', clusterIP: '10.0.12.34', selector, ports: [{ port: 80, targetPort: 8080 }], ...spec },
});

export const deployment = (name: string, podSpec: Fields, more: Fields = {}): KubeObject => ({
  ...workload('Deployment', name, { app: name }, podSpec, { replicas: 1, ...more }),
  metadata: { name, namespace: 'default', labels: { app: name } },
});

export const SERVICE_RESOURCE = SERVICES;
