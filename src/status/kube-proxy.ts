import type { Kubernetes } from '../kubernetes/kubernetes.ts';

/**
 * Whether the cluster runs kube-proxy: the DaemonSet of exactly that name. AKS keeps a `windows-kube-proxy-initializer`
 * with no pods, which tools that match a part of the name take for it.
 */
export const kubeProxyPresent = async (kubernetes: Kubernetes, signal: AbortSignal): Promise<boolean> =>
  (await findKubeProxy(kubernetes, signal)) !== undefined;

/** The same, told apart by who made it: kubeadm and its kin label theirs `k8s-app`, AKS `component`. */
export const findKubeProxy = async (
  kubernetes: Kubernetes,
  signal: AbortSignal,
): Promise<'aks' | 'foreign' | undefined> => {
  const seen = await kubernetes.get(
    { apiVersion: 'apps/v1', kind: 'DaemonSet', namespace: 'kube-system', name: 'kube-proxy' },
    signal,
  );
  if (seen === undefined) return undefined;
  const { 'k8s-app': app, component } = seen.metadata.labels ?? {};
  return app === 'kube-proxy' && component === undefined ? 'foreign' : 'aks';
};
