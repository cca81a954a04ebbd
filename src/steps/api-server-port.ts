import type { Kubernetes, Manifest } from '../kubernetes/kubernetes.ts';

interface EndpointSlice extends Manifest {
  readonly ports?: readonly { readonly name?: string | null; readonly port?: number | null }[];
}

/** AKS's, and that of every managed Kubernetes. */
const usual = 443;

/**
 * The port at which nodes reach the API server: ARM tells its host alone, and the cluster itself knows the port, behind the Service
 * `kubernetes` that every API server keeps.
 */
export const apiServerPort = async (kubernetes: Kubernetes, signal: AbortSignal): Promise<number> => {
  const slices: readonly EndpointSlice[] = await kubernetes.list(
    {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      namespace: 'default',
      labelSelector: 'kubernetes.io/service-name=kubernetes',
    },
    signal,
  );
  const ports = slices.flatMap((slice) => slice.ports ?? []);
  return ports.find(({ name }) => name === 'https')?.port ?? usual;
};
