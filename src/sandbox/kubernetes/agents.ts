import type { KubeObject } from './objects.ts';

/** What a kubelet would answer for `exec` and `logs`: the API server streams it, the node side of the sandbox makes it up from what was really installed. */
export interface Kubelet {
  exec(pod: KubeObject, container: string, command: readonly string[]): Promise<ExecResult>;
  /** The log so far of the container's latest run, or of the run before it, one entry a line. */
  logs(pod: KubeObject, container: string, run?: 'latest' | 'previous'): readonly LogLine[];
  /** Called for each new line; returns a function that ends it. */
  follow(pod: KubeObject, container: string, listener: (line: LogLine) => void): () => void;
  /** A GET of a port at the pod's address; undefined where nothing listens. */
  http(pod: KubeObject, port: number, path: string): Promise<HttpAnswer | undefined>;
}

export interface HttpAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

export interface ExecResult {
  readonly stdout: string;
  readonly stderr: string;
  /** 126 or 127 stand for what a shell would say of a missing program. */
  readonly exitCode: number;
}

export interface LogLine {
  readonly time: number;
  readonly text: string;
}
