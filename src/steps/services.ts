import type { Azure } from '../azure/azure.ts';
import type { Config } from '../config/config.ts';
import type { Charts } from '../helm/charts.ts';
import type { Helm } from '../helm/helm.ts';
import type { Kubernetes } from '../kubernetes/kubernetes.ts';
import type { Clock } from '../engine/clock.ts';
import type { ThisProcess } from '../engine/lock.ts';

/** Everything that a step may touch. A step gets these, the outputs that it needs, and nothing else. */
export interface Services {
  readonly azure: Azure;
  readonly config: Config;
  /** UUIDv5 of tenant, subscription, resource group and deployment name: the same from every machine. */
  readonly owner: string;
  readonly configHash: string;
  /** Our own version, for the tags. */
  readonly version: string;
  readonly helm: Helm;
  readonly charts: Charts;
  /** Opens a cluster by its kubeconfig. */
  readonly connect: (kubeconfig: string) => Promise<Kubernetes>;
  readonly clock: Clock;
  readonly process: ThisProcess;
  /** 0700; holds the journal, and for moments what helm needs. */
  readonly stateDir: string;
  /** The user's cache of charts and manifests. */
  readonly cacheDir: string;
  /** What `down` does with what the workspace collected. */
  readonly workspaceData: 'keep' | 'purge';
  /** Folder that holds templates/, charts-values/ and kql/. */
  readonly assets: string;
}
