import type { KubeObject } from '../../objects.ts';
import { uid } from '../cluster.ts';
import { textAt } from '../fields.ts';
import { parseNetwork } from '../networks.ts';
import { podsOn } from '../pod-index.ts';
import { configMapData, recall, remember } from '../processes.ts';
import type { Program, Running, Verdict } from '../programs.ts';
import { NODES } from '../resources.ts';
import { AGENT, ciliumAgentUp, isContainerReady, nodePodNetwork } from './agents.ts';
import { apiServer, serviceTrouble } from './connectivity.ts';
import { missingCiliumKinds } from './crds.ts';
import { exporterTrouble } from './flow-exporters.ts';
import { logLine } from './log-line.ts';

export const OPERATOR = 'cilium-operator';

const CRD_TIMEOUT_MS = 300_000;
const BOOT_MS = 4_000;

const nodeName = (pod: KubeObject): string => textAt(pod, 'spec', 'nodeName') ?? '';
const namespaceOf = (pod: KubeObject): string => pod.metadata.namespace ?? 'kube-system';

/** The process ends because it cannot reach the API server; undefined where it can. */
const unreachable = ({ cluster, pod, container }: Running, program: string): Verdict | undefined => {
  const { url, trouble, afterMs } = apiServer(cluster, pod, container);
  if (trouble === undefined) return undefined;
  return {
    kind: 'exit',
    code: 1,
    afterMs,
    log: [
      'Running',
      logLine(cluster, 'info', 'Establishing connection to apiserver', { host: url, subsys: 'k8s-client' }),
      logLine(cluster, 'error', 'Unable to contact k8s api-server', {
        error: trouble,
        ipAddr: url,
        subsys: 'k8s-client',
      }),
      logLine(cluster, 'error', 'Start hook failed', {
        error: trouble,
        function: 'client.(*compositeClientset).onStart',
        subsys: 'hive',
      }),
      logLine(cluster, 'info', 'Stopping', { subsys: 'hive' }),
      program === 'config'
        ? `Error: Build config failed: failed to start: ${trouble}`
        : logLine(cluster, 'fatal', 'failed to start', { error: trouble, subsys: program }),
    ],
  };
};

const readConfig = ({ cluster, pod, container }: Running): void =>
  remember(cluster, pod, container, configMapData(cluster, namespaceOf(pod), 'cilium-config') ?? {});

const is =
  (label: string, value: string, name: string) =>
  (pod: KubeObject, container: string): boolean =>
    container === name && pod.metadata.labels?.[label] === value;

const buildConfig: Program = {
  matches: is('k8s-app', 'cilium', 'config'),
  verdict(running) {
    const failed = unreachable(running, 'config');
    if (failed !== undefined) return failed;
    const missing = configMapData(running.cluster, namespaceOf(running.pod), 'cilium-config') === undefined;
    const error = `Error: Build config failed: failed to resolve config: failed to read ConfigMap ${namespaceOf(running.pod)}/cilium-config: configmaps "cilium-config" not found`;
    return missing
      ? { kind: 'exit', code: 1, afterMs: 1_000, log: [error] }
      : { kind: 'exit', code: 0, afterMs: 800, log: [] };
  },
  // What this container writes to a shared volume is all that the agent will ever read.
  started({ cluster, pod }) {
    readConfig({ cluster, pod, container: AGENT });
  },
};

/** Settings without which the agent ends at once, in its own words. */
const invalidConfig = (config: Readonly<Record<string, string>>): string | undefined => {
  const [kpr, routing, tunnel] = [
    config['kube-proxy-replacement'] ?? 'false',
    config['routing-mode'] ?? 'tunnel',
    config['tunnel-protocol'] ?? 'vxlan',
  ];
  if (!['true', 'false'].includes(kpr)) return `invalid value for --kube-proxy-replacement: "${kpr}"`;
  if (!['tunnel', 'native'].includes(routing))
    return `invalid routing mode "${routing}", valid modes = ["native" "tunnel"]`;
  if (!['vxlan', 'geneve'].includes(tunnel)) return `invalid tunnel protocol "${tunnel}"`;
  return exporterTrouble(config);
};

const agent: Program = {
  matches: is('k8s-app', 'cilium', AGENT),
  verdict(running) {
    const { cluster, pod } = running;
    const failed = unreachable(running, 'daemon');
    if (failed !== undefined) return failed;
    const config = recall(cluster, pod, AGENT);
    const invalid = invalidConfig(config);
    if (invalid !== undefined)
      return {
        kind: 'exit',
        code: 1,
        afterMs: 1_000,
        log: [logLine(cluster, 'fatal', 'Error while creating daemon', { error: invalid, subsys: 'daemon' })],
      };
    const missing = missingCiliumKinds(cluster);
    if (missing.length > 0) {
      const words = `Unable to find all Cilium CRDs necessary within 5m0s timeout. Please ensure that Cilium Operator is running, as it's responsible for registering all the Cilium CRDs. The following CRDs were not found: [${missing.join(' ')}]`;
      return {
        kind: 'exit',
        code: 1,
        afterMs: CRD_TIMEOUT_MS,
        log: [logLine(cluster, 'fatal', words, { subsys: 'k8s' })],
      };
    }
    const refused = {
      kind: 'unready',
      message: 'Get "http://127.0.0.1:9879/healthz": dial tcp 127.0.0.1:9879: connect: connection refused',
    } as const;
    const range =
      config['ipam'] === 'kubernetes'
        ? textAt(cluster.store.get(NODES, undefined, nodeName(pod)), 'spec', 'podCIDR')
        : nodePodNetwork(cluster, nodeName(pod));
    if (range === undefined) return refused;
    if (isContainerReady(pod, AGENT) || cluster.delays.passed(uid(pod), `boot/${AGENT}`, BOOT_MS))
      return { kind: 'ready' };
    return refused;
  },
  started({ cluster, pod }) {
    const config = recall(cluster, pod, AGENT);
    const lines: readonly (readonly [string, Readonly<Record<string, string>>])[] = [
      ['Memory available for map entries (0.003% of 16331460608B)', { subsys: 'config' }],
      [`Cilium 1.20.0 go version go1.25.0 linux/amd64`, { subsys: 'daemon' }],
      ['Establishing connection to apiserver', { host: apiServer(cluster, pod, AGENT).url, subsys: 'k8s-client' }],
      [
        `Datapath configuration: routing-mode=${config['routing-mode'] ?? ''} kube-proxy-replacement=${config['kube-proxy-replacement'] ?? ''}`,
        { subsys: 'daemon' },
      ],
      ['Waiting until all Cilium CRDs are available', { subsys: 'k8s' }],
    ];
    cluster.logs.write(uid(pod), AGENT, ...lines.map(([message, fields]) => logLine(cluster, 'info', message, fields)));
  },
};

/** Why the operator cannot hand out ranges of these pools. */
const poolTrouble = (config: Readonly<Record<string, string>>): string | undefined => {
  if (config['ipam'] !== 'cluster-pool') return undefined;
  const pools = (config['cluster-pool-ipv4-cidr'] ?? '').split(/[\s,]+/).filter((cidr) => cidr !== '');
  if (pools.length === 0) return 'IPv4CIDR must be provided when using ClusterPool';
  const mask = Number(config['cluster-pool-ipv4-mask-size'] ?? '24');
  for (const cidr of pools) {
    const pool = parseNetwork(cidr);
    if (pool === undefined) return `invalid CIDR address: ${cidr}`;
    if (!Number.isInteger(mask) || mask < pool.bits || mask > 32)
      return `mask size ${mask} does not fit into CIDR ${cidr}`;
  }
  return undefined;
};

const operator: Program = {
  matches: is('io.cilium/app', 'operator', OPERATOR),
  verdict(running) {
    const failed = unreachable(running, 'cilium-operator-generic');
    if (failed !== undefined) return failed;
    const error = poolTrouble(recall(running.cluster, running.pod, OPERATOR));
    if (error === undefined) return { kind: 'ready' };
    return {
      kind: 'exit',
      code: 1,
      afterMs: 2_000,
      log: [
        logLine(running.cluster, 'fatal', 'Unable to init cluster-pool allocator', {
          error,
          subsys: 'cilium-operator-generic',
        }),
      ],
    };
  },
  started: readConfig,
};

const envoy: Program = {
  matches: is('k8s-app', 'cilium-envoy', 'cilium-envoy'),
  // It runs on its own; its agent only gives it something to do.
  verdict: () => ({ kind: 'ready' }),
};

const relay: Program = {
  matches: is('k8s-app', 'hubble-relay', 'hubble-relay'),
  verdict({ cluster, pod }) {
    const node = nodeName(pod);
    const trouble = serviceTrouble(cluster, node);
    const peers = cluster.store
      .list(NODES)
      .filter(
        (one) =>
          ciliumAgentUp(cluster, one.metadata.name) &&
          podsOn(cluster, one.metadata.name).some((each) => recall(cluster, each, AGENT)['enable-hubble'] === 'true'),
      );
    if (trouble === undefined && peers.length > 0) return { kind: 'ready' };
    return { kind: 'unready', message: 'service unhealthy (responded with "NOT_SERVING")' };
  },
};

export const ciliumPrograms: readonly Program[] = [buildConfig, agent, operator, envoy, relay];
