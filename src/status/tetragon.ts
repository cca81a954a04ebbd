import type { Kubernetes, Manifest } from '../kubernetes/kubernetes.ts';
import { countImages } from './cilium.ts';
import { type Finding, grouped } from './finding.ts';
import { mapLimited } from './map-limited.ts';
import { askTetragonAgent, type TetragonAgent } from './tetragon-agent.ts';
import { readWorkload, type Workload, workloadFindings } from './workload.ts';

export interface TetragonStatus {
  readonly ok: boolean;
  readonly errors: readonly Finding[];
  readonly warnings: readonly Finding[];
  readonly workloads: readonly Workload[];
  readonly agents: readonly TetragonAgent[];
  readonly policies: readonly PolicyStatus[];
  readonly images: Readonly<Record<string, number>>;
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
  options: { readonly namespace: string; readonly node?: string },
  signal: AbortSignal,
): Promise<TetragonStatus> => {
  const { namespace } = options;
  const [daemonSet, operator, policies, namespaced] = await Promise.all([
    readWorkload(kubernetes, { kind: 'DaemonSet', namespace, name: 'tetragon' }, signal),
    readWorkload(kubernetes, { kind: 'Deployment', namespace, name: 'tetragon-operator' }, signal),
    kubernetes.list({ apiVersion: 'cilium.io/v1alpha1', kind: 'TracingPolicy' }, signal),
    kubernetes.list({ apiVersion: 'cilium.io/v1alpha1', kind: 'TracingPolicyNamespaced' }, signal),
  ]);
  const running = daemonSet.pods.filter(
    ({ phase, node }) => phase === 'Running' && (options.node === undefined || node === options.node),
  );
  const agents = await mapLimited(running, agentsAtOnce, (pod) => askTetragonAgent(kubernetes, pod, signal));
  const workloads = [daemonSet, operator];
  const statuses = [...policies, ...namespaced].map((manifest) => policyStatus(manifest, agents));
  const errors = grouped([
    ...workloads.flatMap(workloadFindings),
    ...agents.flatMap(agentFindings),
    ...statuses.flatMap(policyFindings),
  ]);
  const warnings = grouped(agents.flatMap((agent) => strayPolicies(agent, statuses)));
  return {
    ok: errors.length === 0,
    errors,
    warnings,
    workloads,
    agents,
    policies: statuses,
    images: countImages(workloads),
  };
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

/** A policy that an agent holds and the API server does not know was loaded by hand, or its deletion did not arrive. */
const strayPolicies = (agent: TetragonAgent, known: readonly PolicyStatus[]): readonly Finding[] =>
  agent.policies
    .filter((policy) => !known.some(({ name, namespace }) => name === policy.name && namespace === policy.namespace))
    .map(({ name }) => ({
      component: `tracing policy ${name}`,
      message: 'is loaded, but no such object exists in the cluster',
      where: [agent.node ?? agent.pod],
    }));
