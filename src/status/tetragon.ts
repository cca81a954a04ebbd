import type { Kubernetes, Manifest } from '../kubernetes/kubernetes.ts';
import { countImages } from './cilium.ts';
import { type Finding, grouped, silentNode } from './finding.ts';
import { mapLimited } from './map-limited.ts';
import { askTetragonAgent, type TetragonAgent } from './tetragon-agent.ts';
import type { Pod } from './pod.ts';
import {
  lostCount,
  type MetricsPort,
  metricsPort,
  readCounters,
  summed,
  type TetragonCounters,
} from './tetragon-counters.ts';
import { readWorkload, type Workload, workloadFindings } from './workload.ts';

export interface TetragonStatus {
  readonly ok: boolean;
  readonly errors: readonly Finding[];
  readonly warnings: readonly Finding[];
  readonly workloads: readonly Workload[];
  readonly agents: readonly TetragonAgent[];
  readonly policies: readonly PolicyStatus[];
  readonly images: Readonly<Record<string, number>>;
  /** All agents that could be read together; undefined where none could, or nobody asked. */
  readonly counters?: TetragonCounters | undefined;
}

/** One TracingPolicy object and what became of it on every node. */
export interface PolicyStatus {
  readonly kind: 'TracingPolicy' | 'TracingPolicyNamespaced';
  readonly name: string;
  readonly namespace: string | undefined;
  /** Agents on which it is enabled, of all agents that answered. */
  readonly enabled: number;
  readonly agents: number;
  readonly mode: string | undefined;
  readonly problems: readonly { readonly node: string; readonly state: string; readonly error: string | undefined }[];
}

const agentsAtOnce = 20;

/** Agents, operator, the export container, and every tracing policy on every node: `kubectl` shows a policy that no kernel took as made. */
export const tetragonStatus = async (
  kubernetes: Kubernetes,
  options: { readonly namespace: string; readonly node?: string; readonly counters?: boolean },
  signal: AbortSignal,
): Promise<TetragonStatus> => {
  const { namespace } = options;
  const [daemonSet, operator, policies, namespaced, port] = await Promise.all([
    readWorkload(kubernetes, { kind: 'DaemonSet', namespace, name: 'tetragon' }, signal),
    readWorkload(kubernetes, { kind: 'Deployment', namespace, name: 'tetragon-operator' }, signal),
    kubernetes.list({ apiVersion: 'cilium.io/v1alpha1', kind: 'TracingPolicy' }, signal),
    kubernetes.list({ apiVersion: 'cilium.io/v1alpha1', kind: 'TracingPolicyNamespaced' }, signal),
    options.counters === true ? metricsPort(kubernetes, namespace, signal) : undefined,
  ]);
  const running = daemonSet.pods.filter(
    ({ phase, node }) => phase === 'Running' && (options.node === undefined || node === options.node),
  );
  const agents = await mapLimited(running, agentsAtOnce, (pod) => askAgent(kubernetes, pod, port, signal));
  const workloads = [daemonSet, operator];
  const statuses = [...policies, ...namespaced].map((manifest) => policyStatus(manifest, agents));
  const errors = grouped([
    ...workloads.flatMap(workloadFindings),
    ...silentNode('tetragon', options.node, agents),
    ...agents.flatMap(agentFindings),
    ...statuses.flatMap(policyFindings),
  ]);
  const warnings = grouped(agents.flatMap((agent) => [...strayPolicies(agent, statuses), ...counterFindings(agent)]));
  return {
    ok: errors.length === 0,
    errors,
    warnings,
    workloads,
    agents,
    policies: statuses,
    images: countImages(workloads),
    ...(options.counters === true ? { counters: summed(agents.flatMap(({ counters }) => counters ?? [])) } : {}),
  };
};

const askAgent = async (
  kubernetes: Kubernetes,
  pod: Pod,
  port: MetricsPort | undefined,
  signal: AbortSignal,
): Promise<TetragonAgent> => {
  const [agent, answer] = await Promise.all([
    askTetragonAgent(kubernetes, pod, signal),
    port === undefined ? undefined : readCounters(kubernetes, pod, port, signal),
  ]);
  return answer === undefined ? agent : { ...agent, counters: answer.counters, countersUnreadable: answer.unreadable };
};

const policyStatus = (manifest: Manifest, agents: readonly TetragonAgent[]): PolicyStatus => {
  const { name } = manifest.metadata;
  const kind = manifest.kind === 'TracingPolicyNamespaced' ? manifest.kind : 'TracingPolicy';
  const namespace = kind === 'TracingPolicyNamespaced' ? manifest.metadata.namespace : undefined;
  const answering = agents.filter(({ unreachable }) => unreachable === undefined);
  const found = answering.map((agent) => ({
    node: agent.node ?? agent.pod,
    loaded: agent.policies.find((policy) => policy.name === name && policy.namespace === namespace),
  }));
  return {
    kind,
    name,
    namespace,
    enabled: found.filter(({ loaded }) => loaded?.state === 'enabled').length,
    agents: answering.length,
    mode: found.find(({ loaded }) => loaded?.mode !== undefined)?.loaded?.mode,
    problems: found
      .filter(({ loaded }) => loaded?.state !== 'enabled')
      .map(({ node, loaded }) => ({ node, state: loaded?.state ?? 'not loaded', error: loaded?.error })),
  };
};

const policyFindings = (policy: PolicyStatus): readonly Finding[] =>
  policy.problems.map(({ node, state, error }) => ({
    component: `tracing policy ${policy.name}`,
    message: error === undefined ? `is ${state}` : `is ${state}: ${error}`,
    where: [node],
  }));

const agentFindings = (agent: TetragonAgent): readonly Finding[] => [
  ...(agent.unreachable === undefined
    ? []
    : [{ component: 'tetragon', message: `the agent does not answer: ${agent.unreachable}`, where: [agent.pod] }]),
  ...(agent.exporting
    ? []
    : [
        {
          component: 'tetragon',
          message: 'container export-stdout does not run: no event leaves this node',
          where: [agent.pod],
        },
      ]),
];

/** What is missing from the events, or not known of them. An agent that does not answer at all is an error already. */
const counterFindings = (agent: TetragonAgent): readonly Finding[] => {
  const { counters, countersUnreadable, unreachable } = agent;
  const where = [agent.node ?? agent.pod];
  const finding = (message: string): Finding => ({ component: 'tetragon', message, where });
  if (countersUnreadable !== undefined && unreachable === undefined)
    return [finding(`its event counters cannot be read: ${countersUnreadable}`)];
  if (counters === undefined) return [];
  const { lost, rateLimited } = counters;
  const reasons = Object.entries({
    'by the kernel': lost.kernel,
    'in the ring buffer': lost.ringBuffer,
    'in the queue': lost.queue,
    'before the exporter': lost.listener,
  }).flatMap(([place, count]) => (count > 0 ? [`${count} ${place}`] : []));
  return [
    ...(reasons.length === 0
      ? []
      : [finding(`lost ${lostCount(lost)} events since it started (${reasons.join(', ')})`)]),
    ...(rateLimited === 0
      ? []
      : [finding(`dropped ${rateLimited} events that came faster than tetragon.exportRateLimit allows`)]),
  ];
};

/** A policy that an agent holds and the API server does not know was loaded by hand, or its deletion did not arrive. */
const strayPolicies = (agent: TetragonAgent, known: readonly PolicyStatus[]): readonly Finding[] =>
  agent.policies
    .filter((policy) => !known.some(({ name, namespace }) => name === policy.name && namespace === policy.namespace))
    .map(({ name }) => ({
      component: `tracing policy ${name}`,
      message: 'is loaded, but no such object exists in the cluster',
      where: [agent.node ?? agent.pod],
    }));
