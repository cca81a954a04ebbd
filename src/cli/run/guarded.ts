import type { Helm } from '../../helm/helm.ts';
import type { Kubernetes } from '../../kubernetes/kubernetes.ts';

/** The same cluster, whose writes are asked about first: `mayWrite` throws where another run is at work by now. */
export const guardedKubernetes = (kubernetes: Kubernetes, mayWrite: () => void): Kubernetes => ({
  ...kubernetes,
  async apply(manifest, options, signal) {
    mayWrite();
    return kubernetes.apply(manifest, options, signal);
  },
  async delete(ref, signal) {
    mayWrite();
    return kubernetes.delete(ref, signal);
  },
});

export const guardedHelm = (helm: Helm, mayWrite: () => void): Helm => ({
  ...helm,
  async upgradeInstall(access, options) {
    mayWrite();
    return helm.upgradeInstall(access, options);
  },
  async mendPending(access, options) {
    mayWrite();
    return helm.mendPending(access, options);
  },
  async uninstall(access, options) {
    mayWrite();
    return helm.uninstall(access, options);
  },
});
