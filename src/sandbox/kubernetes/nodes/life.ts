import type { KubeObject } from '../objects.ts';
import type { Cluster } from './cluster.ts';
import type { Fields } from './fields.ts';
import type { Program } from './programs.ts';

/** What is told of a container's life, for those who watch processes. */
export interface LifeWatcher {
  started(pod: KubeObject, container: Fields): void;
  ended(pod: KubeObject, container: Fields, exitCode: number): void;
}

export interface Life {
  readonly cluster: Cluster;
  readonly programs: readonly Program[];
  readonly watcher: LifeWatcher;
  /** `node/image` of what a node holds already. */
  readonly pulled: Set<string>;
}
