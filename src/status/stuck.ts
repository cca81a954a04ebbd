import type { ContainerState, Pod } from './pod.ts';
import type { Workload } from './workload.ts';

/**
 * What keeps workloads from coming up though one waits for ever, as one sentence that names the pod and says what to do; undefined where
 * waiting may help. `nodeCount` is how many nodes there are to be: while some are still on their way, a pod without one is no finding.
 */
export const stuckReason = (workloads: readonly Workload[], nodeCount: number): string | undefined => {
  for (const { pods } of workloads) {
    for (const pod of pods) {
      const reason = unplaceable(pod, nodeCount) ?? pod.containers.map((each) => unpullable(pod, each)).find(isText);
      if (reason !== undefined) return reason;
    }
  }
  return undefined;
};

/** `cilium 1/2 (cilium-x: ImagePullBackOff: …)`: how far each of them is, and what the first pod of it waits for. */
export const openDetail = (workloads: readonly Workload[]): string =>
  workloads
    .map((workload) => {
      const why = waitingFor(workload.pods);
      return `${workload.name} ${workload.ready}/${workload.desired}${why === undefined ? '' : ` (${why})`}`;
    })
    .join(', ');

const unplaceable = ({ name, blocked }: Pod, nodeCount: number): string | undefined =>
  blocked?.lasting === true && (blocked.nodes ?? 0) >= nodeCount
    ? `${name} cannot be scheduled: ${blocked.said}.`
    : undefined;

/** The kubelet tries again for ever; a registry that says that there is no such image will say so again. */
const forGood =
  /not found|manifest unknown|no such manifest|does not exist|unauthorized|denied|forbidden|no matching manifest|no match for platform|invalid reference/i;

const unpullable = ({ name }: Pod, { name: container, waiting }: ContainerState): string | undefined => {
  const [reason = ''] = (waiting ?? '').split(':');
  const lasting =
    reason === 'InvalidImageName' ||
    reason === 'ErrImageNeverPull' ||
    ((reason === 'ImagePullBackOff' || reason === 'ErrImagePull') && forGood.test(waiting ?? ''));
  if (!lasting) return undefined;
  return `The image of container ${container} in ${name} cannot be pulled (${waiting ?? ''}). Correct the image in the chart's values, or give the nodes a way to its registry.`;
};

const waitingFor = (pods: readonly Pod[]): string | undefined => {
  for (const { name, node, phase, ready, unschedulable, blocked, failure, containers } of pods) {
    if (ready) continue;
    const waiting = containers.find(
      (each) => each.waiting !== undefined && !/^(PodInitializing|ContainerCreating)/.test(each.waiting),
    );
    const untouched =
      node !== undefined && containers.length === 0 ? `the kubelet of ${node} has not taken it up` : undefined;
    const unready = phase === 'Running' ? `runs on ${node ?? '?'} and is not Ready yet` : undefined;
    const why = failure ?? blocked?.said ?? unschedulable ?? waiting?.waiting ?? untouched ?? unready;
    if (why !== undefined) return `${name}: ${why}`;
  }
  return undefined;
};

const isText = (value: string | undefined): value is string => value !== undefined;
