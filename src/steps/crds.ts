import type { Kubernetes, Manifest } from '../kubernetes/kubernetes.ts';
import type { Pod } from '../status/pod.ts';

interface Crd extends Manifest {
  readonly status?: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
}

/** Names of the CRDs that the API server does not serve, or not for long: one that is being deleted takes its objects with it. */
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
      return established && crd?.metadata['deletionTimestamp'] === undefined ? [] : [name];
    }),
  );
  return found.flat();
};

/** An operator registers its CRDs in the first seconds after its start, and only then. */
const registeringMs = 60_000;

/** True where an operator has been at work for so long that CRDs that are missing now were taken away, and will not come back. */
export const pastRegistering = (operators: readonly Pod[], now: number): boolean =>
  operators.some(({ readySince }) => readySince !== undefined && now - Date.parse(readySince) > registeringMs);
