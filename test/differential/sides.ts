import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { wallClock } from '../../src/sandbox/clock.ts';
import { createClusterHost } from '../../src/sandbox/kubernetes/cluster-host.ts';
import type { ClusterSpec } from '../../src/sandbox/kubernetes/host.ts';
import { startNodes } from '../../src/sandbox/kubernetes/nodes/start-nodes.ts';
import { labCluster } from '../support/sandbox-cluster.ts';
import { containers, playing } from './containers.ts';

export interface Side {
  /** Path of a kubeconfig of cluster admin's. */
  readonly kubeconfig: string;
  /** Lets etcd, or what stands for it, forget what has been. */
  compact(): Promise<void>;
  close(): Promise<void>;
}

/** One system node and two user nodes on both sides. */
export const nodes = { system: 1, user: 2 } as const;

const spec: ClusterSpec = {
  ...labCluster,
  location: 'westeurope',
  // Nodes that are Ready without a network of ours: what is compared is Kubernetes, not Cilium.
  networkPlugin: 'azure',
  kubeProxy: true,
  pools: labCluster.pools.map((pool) => ({ ...pool, name: `${pool.name}pool` })),
};

/** The sandbox's Kubernetes, with its controllers, scheduler and kubelets. */
export const sandboxSide = async (dir: string): Promise<Side> => {
  const host = createClusterHost({
    dir,
    clock: wallClock(60),
    log: () => undefined,
    startNodes(options) {
      const started = startNodes(options);
      return { ...started, kubelet: playing(started.kubelet, containers()) };
    },
  });
  await host.ensure(spec);
  const kubeconfig = join(dir, 'sandbox.kubeconfig');
  writeFileSync(kubeconfig, host.kubeconfig(spec.id, 'clusterAdmin'), { mode: 0o600 });
  return {
    kubeconfig,
    compact: () => Promise.resolve(host.compact?.(spec.id)),
    close: () => host.close(),
  };
};

/**
 * A real control plane of this test's own; `DIFFERENTIAL_KUBECONFIG` names one that runs already, which saves its start
 * to whoever mends the sandbox; its pods do not play then, and nobody compacts its etcd.
 */
export const realSide = async (dir: string): Promise<Side> => {
  const running = process.env['DIFFERENTIAL_KUBECONFIG'] ?? '';
  if (running !== '') return { kubeconfig: running, compact: () => Promise.resolve(), close: () => Promise.resolve() };
  const { startPlane } = await import('../cluster/plane/start-plane.ts');
  const plane = await startPlane({ dir, form: 'plain', nodes });
  plane.answer(containers());
  return plane;
};

/** Why a real control plane cannot run here; undefined where it can. */
export const whyNot = async (): Promise<string | undefined> => {
  if ((process.env['DIFFERENTIAL_KUBECONFIG'] ?? '') !== '') return undefined;
  const { planeSkip } = await import('../cluster/plane/start-plane.ts');
  return planeSkip();
};
