import { findKubeProxy } from '../status/kube-proxy.ts';
import { done } from './outputs.ts';
import { awaitFeature, needsFeature } from './preview-feature.ts';
import { step } from './step.ts';

const foreign =
  'the DaemonSet kube-proxy in kube-system is not one of AKS, so that AKS does not remove it, and two would answer for every Service. Remove it (`kubectl --namespace kube-system delete daemonset kube-proxy`), or make the cluster without it (kind: `kubeProxyMode: none`).';

/**
 * Proves that kube-proxy is off, by the control plane and in the cluster; a cluster that has it is changed.
 * Our own is made without it, so that there nothing is left to do but to look.
 */
export const kubeProxy = step({
  title: 'Make sure kube-proxy is off',
  needs: ['cluster', 'cluster-access'],
  expected: { p50: '3s', p90: '6m' },
  timeout: '40m',

  async probe({ azure, config, out, signal }) {
    const [seen, running] = await Promise.all([
      azure.clusters.find(config.resourceGroup, config.cluster.name, signal),
      findKubeProxy(out['cluster-access'].kubernetes, signal),
    ]);
    if (seen === undefined) return { state: 'failed', reason: 'the cluster is gone', recover: 'manual' };
    if (seen.kubeProxy === 'on') {
      switch (seen.provisioningState) {
        case 'Succeeded':
          return { state: 'absent', detail: 'the control plane still runs kube-proxy' };
        case 'Failed':
        case 'Canceled':
          // A PUT that failed is cured by the same PUT.
          return { state: 'failed', reason: `the cluster is ${seen.provisioningState}`, recover: 'retry' };
        default:
          return { state: 'converging', detail: `the cluster is ${seen.provisioningState}` };
      }
    }
    // Nobody but who made it takes this one away.
    if (running === 'foreign') return { state: 'failed', reason: foreign, recover: 'manual' };
    if (running === 'aks')
      return { state: 'converging', detail: 'switched off, but the DaemonSet kube-proxy is still there' };
    return { state: 'ready', out: done };
  },

  async apply(context) {
    const { azure, config, token, save, progress, signal } = context;
    if (token !== undefined) return azure.clusters.watch(token, progress, signal);
    const submit = () => azure.clusters.disableKubeProxy(config.resourceGroup, config.cluster.name, signal);
    const operation = await submit().catch(async (error: unknown) => {
      if (!needsFeature(error)) throw error;
      await awaitFeature(context);
      return submit();
    });
    if (operation.kind === 'exists' || operation.token === undefined) return;
    save(operation.token);
    await azure.clusters.watch(operation.token, progress, signal);
  },
});
