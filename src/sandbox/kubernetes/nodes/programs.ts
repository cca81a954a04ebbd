import type { KubeObject } from '../objects.ts';
import type { Cluster } from './cluster.ts';

/** What the program in a container does at this moment. Asked at every pass, so it must only look. */
export type Verdict =
  | { readonly kind: 'ready' }
  /** Runs, but its readiness probe says no. */
  | { readonly kind: 'unready'; readonly message: string }
  | {
      readonly kind: 'exit';
      readonly code: number;
      readonly log: readonly string[];
      readonly afterMs: number;
      /** By its kubelet, after a liveness probe that failed: it worked until then, and starts again at once. */
      readonly killed?: boolean;
    };

export interface Running {
  readonly cluster: Cluster;
  readonly pod: KubeObject;
  readonly container: string;
}

/** What the sandbox knows of one program, found by the pod's labels and the container's name. */
export interface Program {
  readonly matches: (pod: KubeObject, container: string) => boolean;
  readonly verdict: (running: Running) => Verdict;
  /** Called once when the container starts: what it reads at its start, it remembers. */
  readonly started?: (running: Running) => void;
}
