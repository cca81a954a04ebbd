import type { Kubernetes } from '../kubernetes/kubernetes.ts';

/**
 * Whether the cluster runs kube-proxy: the DaemonSet of exactly that name. AKS keeps a `windows-kube-proxy-initializer`
 * with no pods, which tools that match a part of the name take for it.
 */
export const kubeProxyPresent = async (kubernetes: Kubernetes, signal: AbortSignal): Promise<boolean> =>
  (await kubernetes.get(
    { apiVersion: 'apps/v1', kind: 'DaemonSet', namespace: 'kube-system', name: 'kube-proxy' },
    signal,
  )) !== undefined;
