import type { Observed } from '../engine/step.ts';
import type { Kubernetes, Manifest } from '../kubernetes/kubernetes.ts';
import { openDetail, stuckReason } from '../status/stuck.ts';
import { readWorkload } from '../status/workload.ts';
import { demoManifests, demoNamespace } from './demo-manifest.ts';
import { crashed } from './helm-release.ts';
import { managedBy } from './ownership.ts';
import { done, type Done } from './outputs.ts';
import { labelledRemoval, stayingCluster } from './staying.ts';
import { step } from './step.ts';

const missing = async (
  kubernetes: Kubernetes,
  manifests: readonly Manifest[],
  signal: AbortSignal,
): Promise<readonly Manifest[]> => {
  const found = await Promise.all(
    manifests.map(async (manifest) => {
      const { apiVersion, kind, metadata } = manifest;
      const there = await kubernetes.get(
        { apiVersion, kind, name: metadata.name, namespace: metadata.namespace },
        signal,
      );
      return there === undefined ? [manifest] : [];
    }),
  );
  return found.flat();
};

/** A small shop to watch and to attack: only where it is asked for. */
export const demoApp = step({
  title: 'Install the demo shop',
  needs: ['cluster', 'cluster-access', 'tetragon'],
  expected: { p50: '1m30s', p90: '4m' },
  timeout: '20m',

  async probe({ assets, cacheDir, out, signal }): Promise<Observed<Done>> {
    const { kubernetes } = out['cluster-access'];
    const { manifests } = await demoManifests(assets, cacheDir);
    const open = await missing(kubernetes, manifests, signal);
    if (open.length > 0)
      return { state: 'absent', detail: `${open.length} of ${manifests.length} objects of the demo are missing` };
    const deployments = manifests.filter(({ kind }) => kind === 'Deployment');
    const workloads = await Promise.all(
      deployments.map(({ metadata }) =>
        readWorkload(kubernetes, { kind: 'Deployment', namespace: demoNamespace, name: metadata.name }, signal),
      ),
    );
    const waiting = workloads.filter(({ settled }) => !settled);
    if (waiting.length === 0) return { state: 'ready', out: done };
    const stuck = stuckReason(waiting, out.cluster.nodeCount);
    return stuck === undefined ? { state: 'converging', detail: openDetail(waiting) } : crashed(stuck);
  },

  async apply({ assets, cacheDir, out, warn, signal }) {
    const { kubernetes } = out['cluster-access'];
    const { from, manifests } = await demoManifests(assets, cacheDir);
    if (from === 'stand-in')
      warn(
        'demo-stand-in',
        'the AKS store demo is not in the cache: a small stand-in of ours with the same names is installed',
      );
    // A namespace of that name that is there already stays somebody else's.
    const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: demoNamespace, labels: managedBy } };
    const there = await kubernetes.get({ apiVersion: 'v1', kind: 'Namespace', name: demoNamespace }, signal);
    if (there === undefined) await kubernetes.apply(namespace, {}, signal);
    for (const manifest of manifests) await kubernetes.apply(manifest, {}, signal);
  },

  async removal({ azure, config, owner, connect, signal }) {
    const kubernetes = await stayingCluster({ azure, config, owner, connect }, signal);
    if (kubernetes === undefined) return undefined;
    const inside = { namespace: demoNamespace };
    const kinds = [
      { apiVersion: 'apps/v1', kind: 'Deployment', ...inside },
      { apiVersion: 'apps/v1', kind: 'StatefulSet', ...inside },
      { apiVersion: 'v1', kind: 'Service', ...inside },
      { apiVersion: 'v1', kind: 'ConfigMap', ...inside },
      { apiVersion: 'v1', kind: 'Secret', ...inside },
    ];
    return labelledRemoval(kubernetes, kinds, () => 'the demo shop in the cluster', signal);
  },
});
