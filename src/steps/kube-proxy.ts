import { kubeProxyPresent } from '../status/kube-proxy.ts';
import { done } from './outputs.ts';
import { awaitFeature, needsFeature } from './preview-feature.ts';
import { step } from './step.ts';

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
      kubeProxyPresent(out['cluster-access'].kubernetes, signal),
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
    if (running) return { state: 'converging', detail: 'switched off, but the DaemonSet kube-proxy is still there' };
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
