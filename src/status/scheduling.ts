import type { Kubernetes, Manifest } from '../kubernetes/kubernetes.ts';
import { isLasting, type Taint, taintText, type Toleration, untolerated } from './taints.ts';

/** Why no node takes a pod: each kind of obstacle with what is to be done about it. */
export interface Blocked {
  /** How many nodes the scheduler looked at; undefined where it did not say. */
  readonly nodes: number | undefined;
  /** True where every obstacle on every node is one that no waiting takes away. */
  readonly lasting: boolean;
  /** One sentence without its full stop, fit to stand after a colon. */
  readonly said: string;
}

interface Obstacle {
  readonly said: string;
  readonly lasting: boolean;
  readonly advice?: string;
}

interface RawPod extends Manifest {
  readonly spec?: {
    readonly nodeName?: string;
    readonly nodeSelector?: Readonly<Record<string, string>>;
    readonly tolerations?: readonly Toleration[];
  };
}

interface RawNode extends Manifest {
  readonly spec?: { readonly taints?: readonly Taint[] };
}

/** The workload that the pod is of, as far as it matters here. */
export interface Placed {
  readonly kind: 'DaemonSet' | 'Deployment';
  readonly name: string;
  readonly desired: number;
  /** All of its pods, old and new. */
  readonly pods: readonly Manifest[];
}

/** Where a chart's values decide on what a workload tolerates and how often it runs. */
const valuesKeys: Readonly<Record<string, string>> = {
  'cilium-operator': 'operator',
  'cilium-envoy': 'envoy',
  'hubble-relay': 'hubble.relay',
  'hubble-ui': 'hubble.ui',
  'clustermesh-apiserver': 'clustermesh.apiserver',
  'tetragon-operator': 'tetragonOperator',
};

const bringsNetwork = new Set(['cilium', 'cilium-operator', 'cilium-envoy']);

/**
 * The scheduler counts reasons and, since Kubernetes 1.35, no longer names the taints: what it means is read from the nodes.
 * Undefined for a sentence that is not the scheduler's verdict over the nodes.
 */
export const explain = (
  message: string,
  pod: Manifest,
  of: Placed,
  nodes: readonly Manifest[],
): Blocked | undefined => {
  const verdict = /^\d+\/(\d+) nodes are available: (.*?)\.(?:\s|$)/s.exec(message);
  if (verdict === null) return undefined;
  const reasons = (verdict[2] ?? '')
    .split(/, (?=\d+ )/)
    .map((each) => /^(\d+) (.*)$/s.exec(each))
    .flatMap((match) => (match === null ? [] : [{ count: Number(match[1]), reason: match[2] ?? '' }]))
    // A DaemonSet's pod is meant for one node: that the others are not it is no obstacle.
    .filter(({ reason }) => of.kind !== 'DaemonSet' || !/affinity\/selector|plugin\(s\) \[NodeAffinity\]/.test(reason));
  if (reasons.length === 0) return undefined;
  const obstacles = reasons.map(({ count, reason }) =>
    obstacle(count, reason, pod as RawPod, of, nodes as readonly RawNode[]),
  );
  const advice = [...new Set(obstacles.flatMap((each) => each.advice ?? []))];
  return {
    nodes: Number(verdict[1]),
    lasting: obstacles.every(({ lasting }) => lasting),
    said: `${obstacles.map(({ said }) => said).join('; ')}${advice.length === 0 ? '' : `. ${advice.join('; or ')}`}`,
  };
};

const obstacle = (count: number, reason: string, pod: RawPod, of: Placed, nodes: readonly RawNode[]): Obstacle => {
  const key = valuesKeys[of.name];
  const values = (field: string): string =>
    key === undefined ? `its ${field}` : `${key}.${field} of the chart's values`;
  if (/untolerated taint|had taint/.test(reason)) return taintObstacle(count, pod, of, nodes, values('tolerations'));
  if (/affinity\/selector/.test(reason)) {
    const wanted = Object.entries(pod.spec?.nodeSelector ?? {}).map(([label, value]) => `${label}=${value}`);
    return {
      said: `${counted(count)} not what it asks for (${wanted.length === 0 ? 'its node affinity' : wanted.join(', ')})`,
      lasting: true,
      advice: `Correct ${values('nodeSelector')} and affinity, or label a node so`,
    };
  }
  if (/free ports|anti-affinity/.test(reason)) return crowded(count, pod, of, values('replicas'));
  const short = /^Insufficient (\S+)/.exec(reason)?.[1];
  if (short !== undefined)
    return {
      said: `${counted(count)} too full for it (${short})`,
      lasting: false,
      advice: 'Add nodes, or choose larger ones',
    };
  return { said: `${count} ${reason}`, lasting: false };
};

const taintObstacle = (
  count: number,
  pod: RawPod,
  { name }: Placed,
  nodes: readonly RawNode[],
  tolerations: string,
): Obstacle => {
  const kept = nodes
    .filter(({ metadata }) =>
      Object.entries(pod.spec?.nodeSelector ?? {}).every(([label, value]) => metadata.labels?.[label] === value),
    )
    .map(({ spec }) => untolerated(spec?.taints ?? [], pod.spec?.tolerations ?? []))
    .filter((taints) => taints.length > 0);
  const last = (taint: Taint): boolean => isLasting(taint, bringsNetwork.has(name));
  // What is there for good is named first: the rest goes by itself, or with it.
  const all = [...new Map(kept.flat().map((taint) => [taintText(taint), taint])).values()];
  const lasting = all.filter(last);
  const named = (lasting.length > 0 ? lasting : all).map(taintText);
  const which = named.length === 0 ? 'a taint' : `the taint${named.length === 1 ? '' : 's'} ${named.join(' and ')}`;
  return {
    said: `${count === 1 ? '1 node has' : `${count} nodes have`} ${which}, which ${name} does not tolerate`,
    lasting: kept.length > 0 && kept.every((taints) => taints.some(last)),
    ...(lasting.length === 0
      ? {}
      : { advice: `Add the toleration to ${tolerations}, or add nodes without that taint` }),
  };
};

/** Two that may not share a node: of the same workload, or of another that has taken the port. */
const crowded = (count: number, pod: RawPod, of: Placed, replicas: string): Obstacle => {
  const placed = of.pods.filter(
    (each) => (each as RawPod).spec?.nodeName !== undefined && each.metadata.uid !== pod.metadata.uid,
  );
  const own = new Set(placed.map((each) => (each as RawPod).spec?.nodeName)).size >= count;
  if (!own)
    return {
      said: `on ${count === 1 ? '1 node' : `${count} nodes`} another pod has a port of the node that it needs`,
      lasting: false,
    };
  return {
    said: `${count === 1 ? '1 node runs' : `${count} nodes run`} another ${of.name} already, and two may not share a node`,
    // While pods are being replaced, the old ones make room.
    lasting: of.pods.length <= of.desired,
    advice: `It asks for ${of.desired} replicas: set ${replicas} to the number of nodes that take one, or add nodes`,
  };
};

const counted = (count: number): string => (count === 1 ? '1 node is' : `${count} nodes are`);

/** Nodes are only asked for where something is unscheduled: a status of thousands of them does not pay for it. */
export const listSchedulingNodes = (kubernetes: Kubernetes, signal: AbortSignal): Promise<readonly Manifest[]> =>
  kubernetes.list({ apiVersion: 'v1', kind: 'Node' }, signal);
