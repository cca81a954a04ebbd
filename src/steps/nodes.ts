import type { Kubernetes } from '../kubernetes/kubernetes.ts';
import { type NodeStatus, readNodes } from '../status/nodes.ts';
import { listPods } from '../status/pod.ts';
import { missingCrds, pastRegistering } from './crds.ts';
import { systemNamespace } from './helm-release.ts';
import { done } from './outputs.ts';
import { step } from './step.ts';

/** The operator registers them at run time: an object of theirs that is applied before is refused. */
const neededCrds = ['ciliumnetworkpolicies.cilium.io', 'ciliumendpoints.cilium.io'] as const;

/** A node turns Ready when its agent has written the CNI configuration: nothing to apply, everything to see. */
export const nodes = step({
  title: 'Wait for the nodes',
  needs: ['cluster', 'cluster-access', 'cilium'],
  expected: { p50: '20s', p90: '2m' },
  timeout: '20m',

  async probe({ clock, out, signal }) {
    const { kubernetes } = out['cluster-access'];
    const [seen, missing] = await Promise.all([
      readNodes(kubernetes, signal),
      missingCrds(kubernetes, neededCrds, signal),
    ]);
    const ready = seen.filter((node) => node.ready);
    // Fewer nodes than agent pools count is a node that has not joined; more is an upgrade's surge.
    const wanted = Math.max(out.cluster.nodeCount, seen.length);
    if (ready.length < wanted) {
      const late = seen.find((node) => !node.ready);
      const why = late === undefined ? unjoined(wanted - seen.length) : await lateness(kubernetes, late, signal);
      return { state: 'converging', detail: `${ready.length} of ${wanted} nodes are Ready (${why})` };
    }
    if (missing.length === 0) return { state: 'ready', out: done };
    const operators = await listPods(kubernetes, { ...inSystem, labelSelector: 'io.cilium/app=operator' }, signal);
    if (!pastRegistering(operators, clock.now()))
      return { state: 'converging', detail: `waiting for ${missing.join(', ')}` };
    return { state: 'failed', reason: gone(missing), recover: 'manual' };
  },

  apply: async () => {},
});

const inSystem = { namespace: systemNamespace };

const unjoined = (count: number): string =>
  count === 1 ? '1 has not joined the cluster yet' : `${count} have not joined the cluster yet`;

/** The kubelet's own words, and how far the agent is that would bring the network: it tells a dead machine from a missing CNI. */
const lateness = async (kubernetes: Kubernetes, { name, reason }: NodeStatus, signal: AbortSignal): Promise<string> => {
  const agents = await listPods(kubernetes, { ...inSystem, labelSelector: 'k8s-app=cilium' }, signal);
  const agent = agents.find(({ node }) => node === name);
  const state =
    agent === undefined
      ? 'no Cilium agent runs on it'
      : `its Cilium agent ${agent.name} is ${agent.ready ? 'Ready' : `not Ready (${agent.phase})`}`;
  return `${name}: ${reason ?? 'not Ready'}; ${state}`;
};

const gone = (crds: readonly string[]): string =>
  `${crds.join(' and ')} ${crds.length === 1 ? 'is' : 'are'} not there, although cilium-operator, which registers them at its start, has long been running: somebody deleted them. Let it start again: kubectl --namespace kube-system rollout restart deployment/cilium-operator daemonset/cilium`;
