import type { Kubernetes, Manifest } from '../kubernetes/kubernetes.ts';
import { askCiliumAgent, type CiliumAgent } from './cilium-agent.ts';
import { type Finding, grouped, silentNode } from './finding.ts';
import { kubeProxyPresent } from './kube-proxy.ts';
import { mapLimited } from './map-limited.ts';
import { listPods, type Pod } from './pod.ts';
import { readWorkload, type Workload, workloadFindings } from './workload.ts';

export interface CiliumStatus {
  readonly ok: boolean;
  readonly errors: readonly Finding[];
  readonly warnings: readonly Finding[];
  /** Chart version of the DaemonSet's own label, where it has one. */
  readonly version: string | undefined;
  readonly workloads: readonly Workload[];
  readonly agents: readonly CiliumAgent[];
  /** True only when every agent says `True` and kube-proxy's DaemonSet is gone. */
  readonly kubeProxyReplaced: boolean;
  readonly kubeProxyPresent: boolean;
  /** Pods on the pod network and how many of them have a CiliumEndpoint of their own. */
  readonly endpoints: { readonly pods: number; readonly managed: number; readonly unmanaged: readonly string[] };
  /** Image and how many containers run it. */
  readonly images: Readonly<Record<string, number>>;
}

/** The API server's exec goes through one tunnel to the nodes: more at once only wait there. */
const agentsAtOnce = 20;

/** What the chart always brings, and what it brings where it is on. */
const required = [
  { kind: 'DaemonSet', name: 'cilium' },
  { kind: 'Deployment', name: 'cilium-operator' },
] as const;
const optional = [
  { kind: 'DaemonSet', name: 'cilium-envoy' },
  { kind: 'Deployment', name: 'hubble-relay' },
  { kind: 'Deployment', name: 'hubble-ui' },
  { kind: 'Deployment', name: 'clustermesh-apiserver' },
] as const;

/** Reads the cluster as `cilium status` of the Cilium CLI does, and joins where that only counts. Changes nothing. */
export const ciliumStatus = async (
  kubernetes: Kubernetes,
  options: { readonly namespace: string; readonly node?: string },
  signal: AbortSignal,
): Promise<CiliumStatus> => {
  const { namespace } = options;
  const [wanted, extras, proxy, pods, endpoints] = await Promise.all([
    Promise.all(required.map((ref) => readWorkload(kubernetes, { ...ref, namespace }, signal))),
    Promise.all(optional.map((ref) => readWorkload(kubernetes, { ...ref, namespace }, signal))),
    kubeProxyPresent(kubernetes, signal),
    listPods(kubernetes, {}, signal),
    kubernetes.list({ apiVersion: 'cilium.io/v2', kind: 'CiliumEndpoint' }, signal),
  ]);
  const workloads = [...wanted, ...extras.filter(({ present }) => present)];
  const running = (wanted[0]?.pods ?? []).filter(
    ({ phase, node }) => phase === 'Running' && (options.node === undefined || node === options.node),
  );
  const agents = await mapLimited(running, agentsAtOnce, (pod) => askCiliumAgent(kubernetes, pod, signal));
  const managed = endpointsOf(pods, endpoints);

  const errors = grouped([
    ...workloads.flatMap(workloadFindings),
    ...silentNode('cilium', options.node, agents),
    ...agents.flatMap(({ failures }) => failures),
    ...replacementFindings(agents, proxy),
  ]);
  const warnings = grouped(
    managed.unmanaged.map((name) => ({
      component: 'endpoints',
      message: 'pods are on the network without a CiliumEndpoint: no policy holds for them',
      where: [name],
    })),
  );
  return {
    ok: errors.length === 0,
    errors,
    warnings,
    version: agents.find(({ version }) => version !== undefined)?.version,
    workloads,
    agents,
    kubeProxyReplaced:
      agents.length > 0 && !proxy && agents.every(({ kubeProxyReplacement }) => kubeProxyReplacement === 'True'),
    kubeProxyPresent: proxy,
    endpoints: managed,
    images: countImages(workloads),
  };
};

const replacementFindings = (agents: readonly CiliumAgent[], proxy: boolean): readonly Finding[] => [
  ...agents
    .filter(({ state, kubeProxyReplacement }) => state !== 'unreachable' && kubeProxyReplacement !== 'True')
    .map(({ pod, kubeProxyReplacement }) => ({
      component: 'kube-proxy replacement',
      message: `the agent reports ${kubeProxyReplacement ?? 'nothing'} instead of True`,
      where: [pod],
    })),
  ...(proxy
    ? [{ component: 'kube-proxy replacement', message: 'the DaemonSet kube-proxy still exists', where: [] }]
    : []),
];

const endpointsOf = (pods: readonly Pod[], endpoints: readonly Manifest[]): CiliumStatus['endpoints'] => {
  const known = new Set(endpoints.map(({ metadata }) => `${metadata.namespace ?? ''}/${metadata.name}`));
  const onNetwork = pods
    .filter(({ hostNetwork, phase }) => !hostNetwork && phase === 'Running')
    .map(({ namespace, name }) => `${namespace}/${name}`);
  const unmanaged = onNetwork.filter((name) => !known.has(name));
  return { pods: onNetwork.length, managed: onNetwork.length - unmanaged.length, unmanaged };
};

export const countImages = (workloads: readonly Workload[]): Readonly<Record<string, number>> => {
  const counts: Record<string, number> = {};
  for (const image of workloads.flatMap(({ pods }) => pods.flatMap(({ images }) => images)))
    counts[image] = (counts[image] ?? 0) + 1;
  return Object.fromEntries(Object.entries(counts).sort(([a], [b]) => a.localeCompare(b)));
};
