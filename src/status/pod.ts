import type { Kubernetes, Manifest } from '../kubernetes/kubernetes.ts';
import type { Blocked } from './scheduling.ts';

/** What we read of a pod. */
export interface Pod {
  readonly name: string;
  readonly namespace: string;
  readonly node: string | undefined;
  readonly phase: string;
  readonly ready: boolean;
  /** RFC 3339, where it is ready. */
  readonly readySince?: string;
  readonly hostNetwork: boolean;
  readonly images: readonly string[];
  readonly containers: readonly ContainerState[];
  /** Why it is not scheduled, where it is not, in the scheduler's words. */
  readonly unschedulable: string | undefined;
  /** What these words come down to, and what is to be done. */
  readonly blocked?: Blocked;
  /** Reason and message of a pod that failed as a whole. */
  readonly failure: string | undefined;
  readonly labels: Readonly<Record<string, string>>;
}

export interface ContainerState {
  readonly name: string;
  readonly running: boolean;
  readonly ready: boolean;
  readonly restarts: number;
  /** `CrashLoopBackOff: back-off 10s restarting failed container`, `ImagePullBackOff: …`. */
  readonly waiting: string | undefined;
}

interface RawContainerStatus {
  readonly name: string;
  readonly ready?: boolean;
  readonly restartCount?: number;
  readonly state?: {
    readonly running?: object;
    readonly waiting?: { readonly reason?: string; readonly message?: string };
    readonly terminated?: { readonly reason?: string; readonly exitCode?: number; readonly message?: string };
  };
}

interface RawPod extends Manifest {
  readonly spec?: {
    readonly nodeName?: string;
    readonly hostNetwork?: boolean;
    readonly containers?: readonly { readonly image?: string }[];
  };
  readonly status?: {
    readonly phase?: string;
    readonly reason?: string;
    readonly message?: string;
    readonly conditions?: readonly {
      readonly type: string;
      readonly status: string;
      readonly reason?: string;
      readonly message?: string;
      readonly lastTransitionTime?: string;
    }[];
    readonly containerStatuses?: readonly RawContainerStatus[];
    readonly initContainerStatuses?: readonly RawContainerStatus[];
  };
}

/** Reasons that say nothing of the workload's own health: the scheduler or the kubelet moved it, and its controller makes another. */
const passingFailures = new Set([
  'TaintToleration',
  'NodeAffinity',
  'NodeLost',
  'Evicted',
  'Shutdown',
  'Preempting',
  'UnexpectedAdmissionError',
]);

const sentence = (reason: string | undefined, message: string | undefined): string | undefined =>
  reason === undefined ? undefined : message === undefined ? reason : `${reason}: ${message}`;

const containerState = (raw: RawContainerStatus): ContainerState => {
  const { waiting, terminated } = raw.state ?? {};
  const failed = terminated !== undefined && terminated.exitCode !== 0;
  return {
    name: raw.name,
    running: raw.state?.running !== undefined,
    ready: raw.ready === true,
    restarts: raw.restartCount ?? 0,
    waiting:
      sentence(waiting?.reason, waiting?.message) ??
      (failed
        ? `exited with code ${terminated.exitCode ?? '?'}${terminated.reason === undefined ? '' : ` (${terminated.reason})`}`
        : undefined),
  };
};

export const parsePod = (manifest: Manifest): Pod => {
  const { metadata, spec, status } = manifest as RawPod;
  const condition = (type: string) => status?.conditions?.find((each) => each.type === type);
  const [scheduled, ready] = [condition('PodScheduled'), condition('Ready')];
  const readySince = ready?.status === 'True' ? ready.lastTransitionTime : undefined;
  const failed = status?.phase === 'Failed' && !passingFailures.has(status.reason ?? '');
  return {
    name: metadata.name,
    namespace: metadata.namespace ?? 'default',
    node: spec?.nodeName,
    phase: status?.phase ?? 'Unknown',
    ready: ready?.status === 'True',
    ...(readySince === undefined ? {} : { readySince }),
    hostNetwork: spec?.hostNetwork === true,
    images: (spec?.containers ?? []).flatMap(({ image }) => image ?? []),
    containers: [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])].map(containerState),
    unschedulable: scheduled?.status === 'False' ? (scheduled.message ?? scheduled.reason) : undefined,
    failure: failed ? (sentence(status.reason, status.message) ?? 'failed') : undefined,
    labels: metadata.labels ?? {},
  };
};

export const listPods = async (
  kubernetes: Kubernetes,
  query: { readonly namespace?: string; readonly labelSelector?: string },
  signal: AbortSignal,
): Promise<readonly Pod[]> =>
  (await kubernetes.list({ apiVersion: 'v1', kind: 'Pod', ...query }, signal)).map(parsePod);
