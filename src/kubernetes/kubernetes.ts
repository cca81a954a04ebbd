/**
 * A cluster's API server as steps and status see it: plain objects of our own, no client type.
 * Every call takes the run's signal last and throws `Problem`; `get` answers undefined for what does not exist.
 */
export interface Kubernetes {
  /** `v1.35.7`. */
  version(signal: AbortSignal): Promise<string>;
  get(ref: ObjectRef, signal: AbortSignal): Promise<Manifest | undefined>;
  list(query: ListQuery, signal: AbortSignal): Promise<readonly Manifest[]>;
  /** Server-side apply under our field manager; a field that another manager owns is a Problem of kind `drift` unless forced. */
  apply(manifest: Manifest, options: { readonly force?: boolean }, signal: AbortSignal): Promise<void>;
  /** Accepts the deletion, of exactly that object where its `uid` is given; one that is gone is fine. */
  delete(ref: ObjectRef & { readonly uid?: string }, signal: AbortSignal): Promise<void>;
  exec(target: ExecTarget, command: readonly string[], signal: AbortSignal): Promise<ExecOutput>;
  /** What a pod answers to a plain HTTP GET of a port, through the API server. A port where nothing listens is a Problem, as is a refusal, the pod's own too. */
  podHttp(target: PodPort, path: string, signal: AbortSignal): Promise<string>;
  /** The last lines of the container's latest run, which may have ended, or of its latest run that has ended. */
  podLog(target: ExecTarget & { readonly previous?: boolean }, lines: number, signal: AbortSignal): Promise<string>;
}

export interface ObjectRef {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly namespace?: string | undefined;
}

export interface ListQuery {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace?: string | undefined;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
}

export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly uid?: string;
    readonly generation?: number;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly creationTimestamp?: string;
    readonly [field: string]: unknown;
  };
  readonly [field: string]: unknown;
}

export interface ExecTarget {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
}

export interface PodPort {
  readonly namespace: string;
  readonly pod: string;
  readonly port: number;
}

export interface ExecOutput {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number;
}

/** Opens a cluster by its kubeconfig; nothing is asked before the first call. `bearer` is asked for each token where Entra guards the cluster. */
export interface Connect {
  (kubeconfig: string): Promise<Kubernetes>;
}
