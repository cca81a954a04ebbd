import type { Api } from './api.ts';

/** A pod as whoever answers for it sees it. */
export interface PodTarget {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly node: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly ready: boolean;
}

/** How a command in a container ended; `failure`: it could not even be started. */
export type ExecAnswer =
  { readonly stdout: string; readonly stderr?: string; readonly exitCode?: number } | { readonly failure: string };

/** A line with a time of its own; one without has the container's start. */
export interface LogLine {
  /** RFC 3339, as a kubelet writes it: with nine digits. */
  readonly time: string;
  readonly text: string;
}

export interface HttpAnswer {
  readonly status: number;
  readonly body: string;
}

/** What runs in pods, in place of programs. Each may answer, or leave it to the next by undefined. */
export interface PodAnswers {
  exec?(
    pod: PodTarget,
    container: string,
    command: readonly string[],
  ): Promise<ExecAnswer | undefined> | ExecAnswer | undefined;
  /** The lines that the container has written; whoever follows its log asks again and again. */
  log?(pod: PodTarget, container: string): readonly (string | LogLine)[] | undefined;
  /** What answers HTTP at this port; undefined: nothing listens there. */
  listens?(
    pod: PodTarget,
    port: number,
  ): ((path: string) => Promise<HttpAnswer | undefined> | HttpAnswer | undefined) | undefined;
}

export interface RawPod {
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly uid: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly ownerReferences?: readonly { readonly kind: string }[];
    readonly deletionTimestamp?: string;
  };
  readonly spec: {
    readonly nodeName?: string;
    readonly hostNetwork?: boolean;
    readonly serviceAccountName?: string;
    readonly containers: readonly {
      readonly name: string;
      readonly env?: readonly { readonly name: string; readonly value?: string }[];
    }[];
  };
  readonly status: {
    readonly phase?: string;
    readonly podIP?: string;
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
    readonly containerStatuses?: readonly {
      readonly name: string;
      readonly state?: {
        readonly running?: { readonly startedAt?: string };
        readonly waiting?: { readonly reason?: string };
      };
    }[];
  };
}

export const isPodReady = ({ metadata, status }: RawPod): boolean =>
  metadata.deletionTimestamp === undefined &&
  (status.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True') ?? false);

export const targetOf = (pod: RawPod): PodTarget => ({
  namespace: pod.metadata.namespace,
  name: pod.metadata.name,
  uid: pod.metadata.uid,
  node: pod.spec.nodeName ?? '',
  labels: pod.metadata.labels ?? {},
  ready: isPodReady(pod),
});

export const podAt = async (api: Api, namespace: string, name: string): Promise<RawPod | undefined> => {
  const answer = await api.ask('GET', `/api/v1/namespaces/${namespace}/pods/${name}`);
  return answer.status === 200 ? (JSON.parse(answer.body) as RawPod) : undefined;
};

/** More than one only where they share the host's network. */
export const podsWithAddress = async (api: Api, address: string): Promise<readonly RawPod[]> => {
  const query = new URLSearchParams({ fieldSelector: `status.podIP=${address}` });
  return (await api.json<{ items: readonly RawPod[] }>('GET', `/api/v1/pods?${query.toString()}`)).items;
};
