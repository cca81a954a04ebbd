import type { KubeObject } from './objects.ts';

/** A helm release that another process has begun to write and will not end. */
export interface AbandonedRelease {
  /** By which it is known again when it is to disappear. */
  readonly id: string;
  readonly release: string;
  readonly namespace: string;
  readonly status: 'pending-install' | 'pending-upgrade' | 'pending-rollback';
  /** Seconds since it was last written. */
  readonly age: number;
}

/** What is wrong in a cluster besides what its objects say. Asked at every look, so it must only look. */
export interface Troubles {
  /** Nobody listens where the API server is. */
  readonly unreachable: () => boolean;
  /** Whether a node's container runtime is down; `last` is the last machine of the cluster. */
  readonly nodeBroken: (name: string, last: boolean) => boolean;
  /** What ails a container whatever its program would do. */
  readonly container: (pod: KubeObject, name: string) => 'crashes' | 'unready' | undefined;
  /** The next release that is to be found half written; given once. */
  readonly takeRelease: () => AbandonedRelease | undefined;
  /** Called after every change; `removed` is what was taken away: an id, or `all`. Returns a function that ends it. */
  readonly subscribe: (listener: (removed: string | undefined) => void) => () => void;
}

export const noTroubles: Troubles = {
  unreachable: () => false,
  nodeBroken: () => false,
  container: () => undefined,
  takeRelease: () => undefined,
  subscribe: () => () => undefined,
};
