import type { KubeObject } from '../objects.ts';
import { type Cluster, condition, isTerminating, save } from './cluster.ts';
import { type Fields, at, fieldsAt, flagAt, listAt, numberAt, textAt, textsAt } from './fields.ts';
import { observed } from './pod-conditions.ts';
import { isActive } from './pod-template.ts';
import { quantity } from './quantities.ts';
import { recordEvent } from './record-event.ts';
import { NODES, PODS } from './resources.ts';
import { labelsOf, matchesNode, matchesSelector, requiredPodTerms, taintsOf, untolerated } from './selectors.ts';

interface View {
  readonly nodes: readonly KubeObject[];
  /** Pods that hold a place on a node, by node name. */
  readonly placed: ReadonlyMap<string, readonly KubeObject[]>;
}

const requests = (pod: KubeObject, resource: string): number =>
  listAt(pod, 'spec', 'containers').reduce(
    (sum, one) =>
      sum + quantity(at(one, 'resources', 'requests', resource) ?? at(one, 'resources', 'limits', resource)),
    0,
  );

const hostPorts = (pod: KubeObject): readonly string[] => {
  const hostNetwork = flagAt(pod, 'spec', 'hostNetwork');
  return listAt(pod, 'spec', 'containers').flatMap((one) =>
    listAt(one, 'ports').flatMap((port) => {
      const number = numberAt(port, 'hostPort') ?? (hostNetwork ? numberAt(port, 'containerPort') : undefined);
      return number === undefined ? [] : [`${textAt(port, 'protocol') ?? 'TCP'}/${number}`];
    }),
  );
};

/** Pods that a term of `owner` speaks of: its own namespace unless the term names others. */
const peers = (term: Fields, owner: KubeObject, pods: readonly KubeObject[]): readonly KubeObject[] => {
  const named = textsAt(term, 'namespaces');
  const namespaces = named.length > 0 ? named : [owner.metadata.namespace ?? 'default'];
  return pods.filter(
    (pod) =>
      namespaces.includes(pod.metadata.namespace ?? 'default') &&
      matchesSelector(labelsOf(pod), at(term, 'labelSelector')),
  );
};

const inTopology = (view: View, node: KubeObject, term: Fields): readonly KubeObject[] => {
  const key = textAt(term, 'topologyKey') ?? '';
  const value = labelsOf(node)[key];
  if (value === undefined) return [];
  return view.nodes
    .filter((one) => labelsOf(one)[key] === value)
    .flatMap((one) => view.placed.get(one.metadata.name) ?? []);
};

/** Since 1.35 the scheduler no longer names the taint. */
const untoleratedTaint = (taint: Fields, minor: number): string =>
  minor >= 35
    ? 'node(s) had untolerated taint(s)'
    : `node(s) had untolerated taint {${textAt(taint, 'key')}: ${textAt(taint, 'value') ?? ''}}`;

/** Why this pod cannot go to this node, in kube-scheduler's words; undefined where it can. */
const obstacle = (pod: KubeObject, node: KubeObject, view: View, minor: number): string | undefined => {
  const spec = fieldsAt(pod, 'spec');
  const here = view.placed.get(node.metadata.name) ?? [];
  if (
    flagAt(node, 'spec', 'unschedulable') &&
    !listAt(spec, 'tolerations').some(
      (one) => one['key'] === 'node.kubernetes.io/unschedulable' || (one['operator'] === 'Exists' && !one['key']),
    )
  ) {
    return 'node(s) were unschedulable';
  }
  const taint = untolerated(listAt(spec, 'tolerations'), node);
  if (taint !== undefined) return untoleratedTaint(taint, minor);
  if (!matchesNode(spec, node)) return "node(s) didn't match Pod's node affinity/selector";
  const taken = new Set(here.flatMap(hostPorts));
  if (hostPorts(pod).some((port) => taken.has(port)))
    return "node(s) didn't have free ports for the requested pod ports";
  const limits = fieldsAt(node, 'status', 'allocatable');
  if (here.length + 1 > quantity(limits['pods'])) return 'Too many pods';
  for (const resource of ['cpu', 'memory']) {
    const used = here.reduce((sum, other) => sum + requests(other, resource), 0);
    if (requests(pod, resource) > 0 && used + requests(pod, resource) > quantity(limits[resource]))
      return `Insufficient ${resource}`;
  }
  if (
    requiredPodTerms(spec, 'podAntiAffinity').some((term) => peers(term, pod, inTopology(view, node, term)).length > 0)
  )
    return "node(s) didn't match pod anti-affinity rules";
  const repelled = view.nodes
    .flatMap((one) => view.placed.get(one.metadata.name) ?? [])
    .some((other) =>
      requiredPodTerms(at(other, 'spec'), 'podAntiAffinity').some(
        (term) => peers(term, other, [pod]).length > 0 && inTopology(view, node, term).includes(other),
      ),
    );
  if (repelled) return "node(s) didn't satisfy existing pods anti-affinity rules";
  // The first pod of a group that wants to be with its own kind has nobody to join.
  const lonely = (term: Fields): boolean =>
    peers(term, pod, [pod]).length > 0 && ![...view.placed.values()].some((pods) => peers(term, pod, pods).length > 0);
  if (
    requiredPodTerms(spec, 'podAffinity').some(
      (term) => peers(term, pod, inTopology(view, node, term)).length === 0 && !lonely(term),
    )
  )
    return "node(s) didn't match pod affinity rules";
  return undefined;
};

const explain = (reasons: readonly string[], minor: number): string => {
  if (reasons.length === 0) return 'no nodes available to schedule pods';
  const counts = new Map<string, number>();
  for (const reason of reasons) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  const parts = [...counts].map(([reason, count]) => `${count} ${reason}`).sort();
  const total = reasons.length;
  return `0/${total} nodes are available: ${parts.join(', ')}.${minor >= 34 ? ' no new claims to deallocate,' : ''} preemption: 0/${total} nodes are available: ${total} Preemption is not helpful for scheduling.`;
};

/** Fewest pods first; a node that the pool would rather keep free last. */
const cost = (node: KubeObject, view: View): number =>
  (view.placed.get(node.metadata.name)?.length ?? 0) +
  (taintsOf(node).some((taint) => taint['effect'] === 'PreferNoSchedule') ? 1000 : 0);

/** A bound pod carries its node's region and zone. */
const placeOf = (node: KubeObject): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(labelsOf(node)).filter(([key]) => /^topology\.kubernetes\.io\/(region|zone)$/.test(key)),
  );

const schedule = (cluster: Cluster, pod: KubeObject, view: View): string | undefined => {
  const minor = Number(/^v?1\.(\d+)/.exec(cluster.spec().kubernetesVersion)?.[1] ?? 0);
  const verdicts = view.nodes.map((node) => ({ node, reason: obstacle(pod, node, view, minor) }));
  const [best] = verdicts
    .filter(({ reason }) => reason === undefined)
    .sort((a, b) => cost(a.node, view) - cost(b.node, view));
  const previous = listAt(pod, 'status', 'conditions');
  const others = previous.filter((one) => one['type'] !== 'PodScheduled');
  if (best === undefined) {
    const message = explain(
      verdicts.flatMap(({ reason }) => reason ?? []),
      minor,
    );
    const waiting = condition(cluster, previous, {
      type: 'PodScheduled',
      status: 'False',
      reason: 'Unschedulable',
      message,
      ...observed(pod),
    });
    const saved = save(cluster, PODS, {
      ...pod,
      status: { ...fieldsAt(pod, 'status'), phase: 'Pending', conditions: [...others, waiting] },
    });
    recordEvent(cluster, saved, {
      type: 'Warning',
      reason: 'FailedScheduling',
      message,
      from: 'default-scheduler',
      action: 'Scheduling',
    });
    return undefined;
  }
  const name = best.node.metadata.name;
  const done = condition(cluster, previous, { type: 'PodScheduled', status: 'True', ...observed(pod) });
  // By a Binding: what that changes belongs to no manager.
  const saved = save(cluster.as(undefined), PODS, {
    ...pod,
    metadata: { ...pod.metadata, labels: { ...pod.metadata.labels, ...placeOf(best.node) } },
    spec: { ...fieldsAt(pod, 'spec'), nodeName: name },
    status: { ...fieldsAt(pod, 'status'), phase: 'Pending', conditions: [...others, done] },
  });
  const message = `Successfully assigned ${pod.metadata.namespace ?? 'default'}/${pod.metadata.name} to ${name}`;
  recordEvent(cluster, saved, {
    type: 'Normal',
    reason: 'Scheduled',
    message,
    from: 'default-scheduler',
    action: 'Binding',
  });
  return name;
};

/** Gives each waiting pod a node, the most important first; pods that fit nowhere stay Pending and say why. */
export const reconcileScheduling = (cluster: Cluster): void => {
  const pods = cluster.store.list(PODS);
  const placed = new Map<string, KubeObject[]>();
  for (const pod of pods) {
    const node = textAt(pod, 'spec', 'nodeName');
    if (node !== undefined && (isActive(pod) || isTerminating(pod)))
      placed.set(node, [...(placed.get(node) ?? []), pod]);
  }
  const view = { nodes: cluster.store.list(NODES), placed };
  const waiting = pods.filter((pod) => textAt(pod, 'spec', 'nodeName') === undefined && isActive(pod));
  for (const pod of waiting.sort(
    (a, b) => (numberAt(b, 'spec', 'priority') ?? 0) - (numberAt(a, 'spec', 'priority') ?? 0),
  )) {
    const node = schedule(cluster, pod, view);
    if (node !== undefined) placed.set(node, [...(placed.get(node) ?? []), pod]);
  }
};
