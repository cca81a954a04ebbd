import type { Kubernetes, Manifest } from '../kubernetes/kubernetes.ts';
import { readNodes } from '../status/nodes.ts';
import { done } from './outputs.ts';
import { step } from './step.ts';

/** The operator registers them at run time: an object of theirs that is applied before is refused. */
const neededCrds = ['ciliumnetworkpolicies.cilium.io', 'ciliumendpoints.cilium.io'] as const;

interface Crd extends Manifest {
  readonly status?: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
}

/** Names of the CRDs that the API server does not serve yet. */
export const missingCrds = async (
  kubernetes: Kubernetes,
  names: readonly string[],
  signal: AbortSignal,
): Promise<readonly string[]> => {
  const found = await Promise.all(
    names.map(async (name) => {
      const crd: Crd | undefined = await kubernetes.get(
        { apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', name },
        signal,
      );
      const established =
        crd?.status?.conditions?.some(({ type, status }) => type === 'Established' && status === 'True') === true;
      return established ? [] : [name];
    }),
  );
  return found.flat();
};

/** A node turns Ready when its agent has written the CNI configuration: nothing to apply, everything to see. */
export const nodes = step({
  title: 'Wait for the nodes',
  needs: ['cluster', 'cluster-access', 'cilium'],
  expected: { p50: '20s', p90: '2m' },
  timeout: '20m',

  async probe({ out, signal }) {
    const { kubernetes } = out['cluster-access'];
    const [seen, missing] = await Promise.all([
      readNodes(kubernetes, signal),
      missingCrds(kubernetes, neededCrds, signal),
    ]);
    const ready = seen.filter((node) => node.ready);
    // Fewer nodes than agent pools count is a node that has not joined; more is an upgrade's surge.
    const wanted = Math.max(out.cluster.nodeCount, seen.length);
    if (ready.length < wanted) {
      const why = seen.find((node) => !node.ready)?.reason;
      return {
        state: 'converging',
        detail: `${ready.length} of ${wanted} nodes are Ready${why === undefined ? '' : ` (${why})`}`,
      };
    }
    if (missing.length > 0) return { state: 'converging', detail: `waiting for ${missing.join(', ')}` };
    return { state: 'ready', out: done };
  },

  apply: async () => {},
});
