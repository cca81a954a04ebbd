import type { Api } from './api.ts';
import type { ExecAnswer, PodAnswers, PodTarget } from './pod-answers.ts';

type Config = Readonly<Record<string, string>>;

const version = '1.20.0 (v1.20.0-c5f01391)';

/** What the chart has configured; empty where Cilium is not installed. */
export const ciliumConfig = async (api: Api): Promise<Config> => {
  const answer = await api.ask('GET', '/api/v1/namespaces/kube-system/configmaps/cilium-config');
  return answer.status === 200 ? ((JSON.parse(answer.body) as { data?: Config }).data ?? {}) : {};
};

/**
 * `models.StatusResponse` of an agent with this configuration that has nothing to complain of, as
 * `cilium-dbg status -o json` writes it. A test that wants an agent unwell changes a part and answers with that.
 */
export const ciliumStatus = (config: Config, node: string): Readonly<Record<string, unknown>> => ({
  'auth-certificate-provider': { state: 'Disabled' },
  'bandwidth-manager': {
    'congestion-control': 'cubic',
    devices: null,
    enabled: config['enable-bandwidth-manager'] === 'true',
  },
  cilium: { msg: version, state: 'Ok' },
  cluster: { ciliumHealth: { state: 'Ok' }, nodes: [], self: `${config['cluster-name'] ?? 'default'}/${node}` },
  'cni-file': {
    msg: 'successfully wrote CNI configuration file to /host/etc/cni/net.d/05-cilium.conflist',
    state: 'Ok',
  },
  'container-runtime': {},
  controllers: ['cilium-health-ep', 'endpoint-gc', 'ipcache-inject-labels', 'k8s-heartbeat', 'write-cni-file'].map(
    (name) => ({
      configuration: { 'error-retry': true, interval: '1m0s' },
      name,
      status: { 'last-failure-timestamp': '0001-01-01T00:00:00.000Z', 'success-count': 1 },
    }),
  ),
  encryption: {
    mode:
      config['enable-wireguard'] === 'true' ? 'Wireguard' : config['enable-ipsec'] === 'true' ? 'IPsec' : 'Disabled',
  },
  hubble:
    config['enable-hubble'] === 'true'
      ? { observer: { 'current-flows': 4095, 'max-flows': 4095, 'seen-flows': 21_406 }, state: 'Ok' }
      : { state: 'Disabled' },
  'kube-proxy-replacement':
    config['kube-proxy-replacement'] === 'true'
      ? { deviceList: [{ name: 'eth0' }], devices: ['eth0'], mode: 'True' }
      : { mode: 'False' },
  kubernetes: { msg: '1.35 (v1.35.4) [linux/amd64]', state: 'Ok' },
  kvstore: { state: 'Disabled' },
  routing:
    config['routing-mode'] === 'native'
      ? { 'inter-host-routing-mode': 'Native', 'intra-host-routing-mode': 'Legacy' }
      : {
          'inter-host-routing-mode': 'Tunnel',
          'intra-host-routing-mode': 'Legacy',
          'tunnel-protocol': config['tunnel-protocol'] ?? 'vxlan',
        },
});

export const isCiliumAgent = ({ namespace, labels }: Pick<PodTarget, 'namespace' | 'labels'>): boolean =>
  namespace === 'kube-system' && labels['k8s-app'] === 'cilium';

const silent: ExecAnswer = {
  stdout: '',
  stderr:
    'Error: Cannot get agent status: Get "http://localhost/v1/healthz": dial unix /var/run/cilium/cilium.sock: connect: no such file or directory\nIs the agent running?\n',
  exitCode: 1,
};

/** Cilium's agents: what they are asked about themselves. One that is not Ready does not answer. */
export const ciliumAnswers = (api: Api): PodAnswers => {
  // An agent reads its configuration when it starts: what is changed later it does not know.
  const configs = new Map<string, Promise<Config>>();
  const configOf = ({ uid }: PodTarget): Promise<Config> => {
    const known = configs.get(uid) ?? ciliumConfig(api);
    configs.set(uid, known);
    return known;
  };
  return {
    async exec(pod, container, [program = '', ...words]) {
      if (!isCiliumAgent(pod) || container !== 'cilium-agent' || !/^cilium(-dbg)?$/.test(program)) return undefined;
      if (!pod.ready) return silent;
      if (words.join(' ') !== 'status -o json')
        return { stdout: '', stderr: `Error: unknown command "${words.join(' ')}" for "${program}"\n`, exitCode: 1 };
      return { stdout: `${JSON.stringify(ciliumStatus(await configOf(pod), pod.node), undefined, 2)}\n` };
    },
  };
};
