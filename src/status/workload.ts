import type { Kubernetes, Manifest } from '../kubernetes/kubernetes.ts';
import type { Finding } from './finding.ts';
import { type Pod, parsePod } from './pod.ts';
import { explain, listSchedulingNodes, type Placed } from './scheduling.ts';

/** A DaemonSet or Deployment by its own counts, and by the pods that it stands for. */
export interface Workload {
  readonly kind: 'DaemonSet' | 'Deployment';
  readonly namespace: string;
  readonly name: string;
  readonly present: boolean;
  readonly desired: number;
  readonly ready: number;
  readonly available: number;
  readonly updated: number;
  /** True when every desired pod is ready, available and of the newest template, and the controller has seen the newest spec. */
  readonly settled: boolean;
  readonly pods: readonly Pod[];
}

export interface WorkloadRef {
  readonly kind: 'DaemonSet' | 'Deployment';
  readonly namespace: string;
  readonly name: string;
}

interface RawWorkload extends Manifest {
  readonly spec?: {
    readonly replicas?: number;
    readonly selector?: { readonly matchLabels?: Readonly<Record<string, string>> };
  };
  readonly status?: Readonly<Record<string, number | undefined>>;
}

const counts = (
  kind: WorkloadRef['kind'],
  raw: RawWorkload,
): Pick<Workload, 'desired' | 'ready' | 'available' | 'updated'> => {
  const of = (field: string): number => raw.status?.[field] ?? 0;
  return kind === 'DaemonSet'
    ? {
        desired: of('desiredNumberScheduled'),
        ready: of('numberReady'),
        available: of('numberAvailable'),
        updated: of('updatedNumberScheduled'),
      }
    : {
        desired: raw.spec?.replicas ?? 1,
        ready: of('readyReplicas'),
        available: of('availableReplicas'),
        updated: of('updatedReplicas'),
      };
};

export const readWorkload = async (
  kubernetes: Kubernetes,
  ref: WorkloadRef,
  signal: AbortSignal,
): Promise<Workload> => {
  const raw: RawWorkload | undefined = await kubernetes.get({ apiVersion: 'apps/v1', ...ref }, signal);
  if (raw === undefined)
    return { ...ref, present: false, desired: 0, ready: 0, available: 0, updated: 0, settled: false, pods: [] };
  const labels = Object.entries(raw.spec?.selector?.matchLabels ?? {});
  const labelSelector = labels.map(([key, value]) => `${key}=${value}`).join(',');
  const { desired, ready, available, updated } = counts(ref.kind, raw);
  const manifests = await kubernetes.list(
    { apiVersion: 'v1', kind: 'Pod', namespace: ref.namespace, labelSelector },
    signal,
  );
  const pods = await explained(kubernetes, { ...ref, desired, pods: manifests }, signal);
  const seen = (raw.status?.['observedGeneration'] ?? 0) >= (raw.metadata.generation ?? 0);
  const settled = seen && desired > 0 && ready >= desired && available >= desired && updated >= desired;
  return { ...ref, present: true, desired, ready, available, updated, settled, pods };
};

const explained = async (kubernetes: Kubernetes, of: Placed, signal: AbortSignal): Promise<readonly Pod[]> => {
  const pods = of.pods.map((manifest) => ({ manifest, pod: parsePod(manifest) }));
  if (!pods.some(({ pod }) => pod.unschedulable !== undefined)) return pods.map(({ pod }) => pod);
  const nodes = await listSchedulingNodes(kubernetes, signal);
  return pods.map(({ manifest, pod }) => {
    const blocked = pod.unschedulable === undefined ? undefined : explain(pod.unschedulable, manifest, of, nodes);
    return blocked === undefined ? pod : { ...pod, blocked };
  });
};

/** What is wrong with it, from its counts and from each of its pods. */
export const workloadFindings = (workload: Workload): readonly Finding[] => {
  const { kind, name, desired, ready, available, updated } = workload;
  if (!workload.present) return [{ component: name, message: `${kind} ${name} does not exist`, where: [] }];
  const findings: Finding[] = [];
  const say = (message: string, where: readonly string[] = []): void =>
    void findings.push({ component: name, message, where });
  if (desired === 0) say(`${kind} ${name} wants no pods: no node fits it`);
  if (ready < desired) say(`${desired - ready} of ${desired} pods of ${kind} ${name} are not ready`);
  else if (available < desired) say(`${desired - available} of ${desired} pods of ${kind} ${name} are not available`);
  else if (updated < desired) say(`${kind} ${name} is rolling out: ${updated} of ${desired} pods updated`);
  for (const pod of workload.pods) {
    if (pod.failure !== undefined) say(pod.failure, [pod.name]);
    if (pod.unschedulable !== undefined)
      say(`pod is not scheduled: ${pod.blocked?.said ?? pod.unschedulable}`, [pod.name]);
    for (const container of pod.containers) {
      if (container.waiting !== undefined && !/^(PodInitializing|ContainerCreating)/.test(container.waiting)) {
        say(`container ${container.name}: ${container.waiting}`, [pod.name]);
      }
    }
  }
  return findings;
};
