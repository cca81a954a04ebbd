import { listAt, textAt } from '../fields.ts';
import { uuidFrom } from '../hashes.ts';
import { nodeAddress } from '../node-lifecycle.ts';
import { parseNetwork, sizeOf } from '../networks.ts';
import { CILIUM_NODES, NODES } from '../resources.ts';
import type { Fields } from '../fields.ts';
import type { AgentView } from './agent-view.ts';
import { CILIUM_KINDS } from './crds.ts';
import { kubeProxyReplacement } from './kube-proxy-replacement.ts';

const VERSION = '1.20.0';
export const AGENT_VERSION = `${VERSION} (v${VERSION}-c5f01391)`;

const on = (view: AgentView, key: string): boolean => view.config[key] === 'true';

const startedAt = (view: AgentView): number =>
  Date.parse(
    textAt(
      listAt(view.pod, 'status', 'containerStatuses').find((one) => one['name'] === 'cilium-agent'),
      'state',
      'running',
      'startedAt',
    ) ?? '',
  ) || view.cluster.clock.now();

/** Seconds since the agent's start, of the time that the sandbox imitates. */
const uptime = (view: AgentView): number =>
  Math.max(1, Math.floor(((view.cluster.clock.now() - startedAt(view)) * view.cluster.clock.speed) / 1000));

const controllers = (view: AgentView): readonly Fields[] => {
  const last = new Date(view.cluster.clock.now()).toISOString();
  const runs = Math.max(1, Math.floor(uptime(view) / 60));
  const names = [
    'cilium-health-ep',
    'dns-garbage-collector-job',
    'endpoint-gc',
    'endpoint-periodic-regeneration',
    'ep-bpf-prog-watchdog',
    'ipcache-inject-labels',
    'k8s-heartbeat',
    'link-cache',
    'sync-policymap-1',
    'write-cni-file',
  ];
  return names.map((name) => {
    const error = name === 'cilium-health-ep' ? view.trouble : undefined;
    const status =
      error === undefined
        ? {
            'last-failure-timestamp': '0001-01-01T00:00:00.000Z',
            'last-success-timestamp': last,
            'success-count': runs,
          }
        : {
            'consecutive-failure-count': runs,
            'failure-count': runs,
            'last-failure-msg': error,
            'last-failure-timestamp': last,
            'last-success-timestamp': '0001-01-01T00:00:00.000Z',
          };
    return {
      configuration: { 'error-retry': true, interval: '1m0s' },
      name,
      status,
      uuid: uuidFrom(`${view.node}/${name}`),
    };
  });
};

const ipam = (view: AgentView): Fields => {
  const range = parseNetwork(view.range);
  const own = { [view.routerAddress]: 'router', [view.healthAddress]: 'health' };
  const allocations = {
    ...own,
    ...Object.fromEntries(
      view.pods.map((pod) => [
        textAt(pod, 'status', 'podIP') ?? '',
        `${pod.metadata.namespace ?? 'default'}/${pod.metadata.name}`,
      ]),
    ),
  };
  const free = range === undefined ? 0 : sizeOf(range) - 2;
  return {
    allocations,
    ipv4: Object.keys(allocations).sort(),
    status: `IPv4: ${Object.keys(allocations).length}/${free} allocated from ${view.range}, `,
  };
};

const nodeList = (view: AgentView): readonly Fields[] =>
  view.cluster.store.list(CILIUM_NODES).map((one) => {
    const node = view.cluster.store.get(NODES, undefined, one.metadata.name);
    const health = textAt(one, 'spec', 'health', 'ipv4') ?? '';
    return {
      'health-endpoint-address': { ipv4: { enabled: true, ip: health }, ipv6: {} },
      'ingress-address': { ipv4: {}, ipv6: {} },
      name: `${view.config['cluster-name'] ?? 'default'}/${one.metadata.name}`,
      'primary-address': { ipv4: { enabled: true, ip: node === undefined ? '' : nodeAddress(node) }, ipv6: {} },
      'secondary-addresses': null,
      source: one.metadata.name === view.node ? 'local' : 'custom-resource',
    };
  });

const hubble = (view: AgentView): Fields => {
  if (!on(view, 'enable-hubble')) return { state: 'Disabled' };
  const seen = uptime(view) * 7 * (view.pods.length + 2);
  return {
    metrics: { state: view.config['hubble-metrics'] === undefined ? 'Disabled' : 'Ok' },
    observer: {
      'current-flows': Math.min(4095, seen),
      'max-flows': 4095,
      'seen-flows': seen,
      uptime: uptime(view) * 1_000_000_000,
    },
    state: 'Ok',
  };
};

const encryption = (view: AgentView): Fields => {
  if (on(view, 'enable-wireguard')) {
    const peers = nodeList(view).length - 1;
    return {
      mode: 'Wireguard',
      wireguard: {
        interfaces: [{ 'listen-port': 51871, name: 'cilium_wg0', 'peer-count': peers }],
        'node-encryption': on(view, 'encrypt-node') ? 'Enabled' : 'Disabled',
      },
    };
  }
  return { mode: on(view, 'enable-ipsec') ? 'IPsec' : 'Disabled' };
};

/** `cilium-dbg status -o json`: models.StatusResponse of the agent's REST API. */
export const statusResponse = (view: AgentView): Fields => {
  const tunnel = view.config['routing-mode'] !== 'native';
  const { kubernetesVersion } = view.cluster.spec();
  const [major = '1', minor = '0'] = kubernetesVersion.replace(/^v/, '').split('.');
  return {
    'auth-certificate-provider': { state: 'Disabled' },
    'bandwidth-manager': on(view, 'enable-bandwidth-manager')
      ? { 'congestion-control': on(view, 'enable-bbr') ? 'bbr' : 'cubic', devices: ['eth0'], enabled: true }
      : { 'congestion-control': 'cubic', devices: null, enabled: false },
    'bpf-maps': { 'dynamic-size-ratio': Number(view.config['bpf-map-dynamic-size-ratio'] ?? '0.0025'), maps: [] },
    cilium: { msg: AGENT_VERSION, state: 'Ok' },
    'clock-source': { mode: 'ktime' },
    cluster: {
      ciliumHealth:
        view.trouble === undefined
          ? { state: 'Ok' }
          : { msg: 'Health endpoint of this node is not reachable', state: 'Failure' },
      nodes: nodeList(view),
      self: `${view.config['cluster-name'] ?? 'default'}/${view.node}`,
    },
    'cluster-mesh': { 'num-global-services': 0 },
    'cni-chaining': { mode: 'none' },
    'cni-file': {
      msg: 'successfully wrote CNI configuration file to /host/etc/cni/net.d/05-cilium.conflist',
      state: 'Ok',
    },
    'container-runtime': {},
    controllers: controllers(view),
    'datapath-mode': view.config['datapath-mode'] ?? 'veth',
    encryption: encryption(view),
    'host-firewall': { devices: null, mode: on(view, 'enable-host-firewall') ? 'Enabled' : 'Disabled' },
    hubble: hubble(view),
    'hubble-metrics': { state: view.config['hubble-metrics'] === undefined ? 'Disabled' : 'Ok' },
    'identity-range': { 'max-identity': 65535, 'min-identity': 256 },
    ipam: ipam(view),
    'ipv4-big-tcp': { enabled: on(view, 'enable-ipv4-big-tcp') },
    'ipv6-big-tcp': { enabled: on(view, 'enable-ipv6-big-tcp') },
    'kube-proxy-replacement': kubeProxyReplacement(view),
    kubernetes: {
      'k8s-api-versions': [
        'EndpointSliceOrEndpoint',
        'core/v1::Namespace',
        'core/v1::Pods',
        'core/v1::Service',
        'networking.k8s.io/v1::NetworkPolicy',
        ...CILIUM_KINDS.filter((one) => one.version === 'v2').map((one) => `cilium/v2::${one.kind}`),
      ].sort(),
      msg: `${major}.${minor} (v${kubernetesVersion.replace(/^v/, '')}) [linux/amd64]`,
      state: 'Ok',
    },
    kvstore: { state: 'Disabled' },
    masquerading: {
      enabled: on(view, 'enable-ipv4-masquerade'),
      enabledProtocols: {
        ipv4: on(view, 'enable-ipv4-masquerade'),
        ipv6: on(view, 'enable-ipv6-masquerade') && on(view, 'enable-ipv6'),
      },
      mode: on(view, 'enable-bpf-masquerade') ? 'BPF' : 'IPTables',
      'snat-exclusion-cidr-v4': view.range,
    },
    nodeMonitor: { cpus: 4, npages: 64, pagesize: 4096 },
    proxy: on(view, 'enable-l7-proxy')
      ? {
          'envoy-deployment-mode': on(view, 'external-envoy-proxy') ? 'external' : 'embedded',
          ip: view.routerAddress,
          'port-range': '10000-20000',
          redirects: null,
          'total-ports': 0,
          'total-redirects': 0,
        }
      : {},
    routing: {
      'inter-host-routing-mode': tunnel ? 'Tunnel' : 'Native',
      'intra-host-routing-mode':
        on(view, 'enable-bpf-masquerade') && on(view, 'kube-proxy-replacement') ? 'BPF' : 'Legacy',
      ...(tunnel ? { 'tunnel-protocol': view.config['tunnel-protocol'] ?? 'vxlan' } : {}),
    },
    srv6: {},
    stale: {},
  };
};
