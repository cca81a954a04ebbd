import type { Cluster, Submitted } from '../azure/cluster-contract.ts';
import { adoptedTags, madeByUs, mustAdopt, stillOurs } from './ownership.ts';
import { clusterBody, differences, nodesToLose, unfit, unmonitored } from './cluster-body.ts';
import type { ClusterOutput } from './outputs.ts';
import { awaitFeature, needsFeature } from './preview-feature.ts';
import { step } from './step.ts';

/** The AKS cluster, in one PUT that is sent once: `If-None-Match: *` makes a second one a look. */
export const cluster = step({
  title: 'Create the AKS cluster',
  needs: ['resource-group', 'workspace'],
  expected: { p50: '8m30s', p90: '14m' },
  timeout: '40m',

  async probe({ azure, config, out, signal, ...services }) {
    const seen = await azure.clusters.find(config.resourceGroup, config.cluster.name, signal);
    if (seen === undefined) return { state: 'absent' };
    const adopt = mustAdopt(`AKS cluster ${seen.name}`, seen.tags, { config, ...services });
    switch (seen.provisioningState) {
      case 'Succeeded': {
        const problem = unfit(seen);
        if (problem !== undefined) return { state: 'failed', reason: problem, recover: 'manual' };
        if (adopt) return { state: 'absent', detail: 'exists and is to be taken over' };
        if (!madeByUs(seen.tags, services)) {
          const silent = unmonitored(seen, config.resourceGroup, out.workspace);
          if (silent !== undefined) return { state: 'failed', reason: silent, recover: 'manual' };
          return { state: 'ready', out: summary(seen, config.cluster.podCidr) };
        }
        const diff = differences(seen, config, out.workspace);
        return diff.length === 0
          ? { state: 'ready', out: summary(seen, config.cluster.podCidr) }
          : { state: 'drifted', diff };
      }
      case 'Failed':
      case 'Canceled':
        if (madeByUs(seen.tags, services) && nodesToLose(seen, config))
          return {
            state: 'drifted',
            diff: [`the cluster is ${seen.provisioningState}`, ...differences(seen, config, out.workspace)],
          };
        // The same PUT again is AKS's own cure; what failed is in the operation, not in the resource.
        return {
          state: 'failed',
          reason: `the cluster is ${seen.provisioningState}`,
          recover: madeByUs(seen.tags, services) ? 'retry' : 'manual',
        };
      default:
        // AKS has used states that no document names: whatever is not final is under way.
        return { state: 'converging', detail: `the cluster is ${seen.provisioningState}` };
    }
  },

  async apply(context) {
    const { azure, config, out, seen, token, save, progress, signal, ...services } = context;
    const { name } = config.cluster;
    if (token !== undefined) return azure.clusters.watch(token, progress, signal);

    /** Ours is left to the next probe; another's was agreed to be taken over, or the probe would have stopped. */
    const takeOver = async (there: Cluster | undefined): Promise<void> => {
      if (there === undefined || !mustAdopt(`AKS cluster ${name}`, there.tags, { config, ...services })) return;
      await azure.clusters.tag(
        config.resourceGroup,
        name,
        adoptedTags({ config, ...services }, there.tags),
        there.etag,
        signal,
      );
    };
    const before = await azure.clusters.find(config.resourceGroup, name, signal);
    // What exists is never met with our whole body, on the word of a precondition alone.
    if (seen.state === 'absent' && before !== undefined) return takeOver(before);
    const submit = async (): Promise<Submitted> => {
      const body = clusterBody({ config, ...services }, out.workspace);
      if (seen.state === 'absent') return azure.clusters.create(config.resourceGroup, name, body, signal);
      return azure.clusters.update(config.resourceGroup, name, body, before?.etag, signal);
    };
    const operation = await submit().catch(async (error: unknown) => {
      if (!needsFeature(error)) throw error;
      await awaitFeature(context);
      return submit();
    });
    // Somebody was first, between our look and our request.
    if (operation.kind === 'exists') return takeOver(await azure.clusters.find(config.resourceGroup, name, signal));
    if (operation.token === undefined) return;
    save(operation.token); // Before the first wait: from here on any run can take over.
    await azure.clusters.watch(operation.token, progress, signal);
  },

  async removal({ azure, config, owner, progress, signal: looking }) {
    const { name } = config.cluster;
    const seen = await azure.clusters.find(config.resourceGroup, name, looking);
    if (seen === undefined) return undefined;
    const ours = madeByUs(seen.tags, { owner });
    const cluster = `AKS cluster ${seen.name}`;
    const what = !ours
      ? cluster
      : azure.clustersOutliveDeletion
        ? `${cluster} (the real cluster behind it stays, with everything that was installed in it)`
        : `${cluster} with everything in it`;
    let operation: string | undefined;
    return {
      what,
      ...(ours ? {} : { kept: 'this deployment did not make it' }),
      async remove(signal) {
        const now = await azure.clusters.find(config.resourceGroup, name, signal);
        if (now === undefined) return;
        stillOurs(what, now.tags, { owner });
        const accepted = await azure.clusters.delete(config.resourceGroup, name, signal);
        operation = accepted.kind === 'accepted' ? accepted.token : undefined;
      },
      async gone(signal) {
        // Only the operation tells why a deletion failed; the cluster itself would stay for ever without a word.
        if (operation !== undefined) await azure.clusters.watch(operation, progress, signal);
        operation = undefined;
        return (await azure.clusters.find(config.resourceGroup, name, signal)) === undefined;
      },
    };
  },
});

const summary = (seen: Cluster, podCidr: string): ClusterOutput => ({
  id: seen.id,
  fqdn: seen.fqdn ?? '',
  // A cluster that was made without one answers none: then the config's is as good as any that does not overlap.
  podCidr: seen.podCidr ?? podCidr,
  nodeCount: seen.pools.reduce((sum, { count }) => sum + count, 0),
  // With Entra a user's kubeconfig asks kubelogin, whether or not local accounts are left on.
  entra: seen.entra,
  kubeProxy: seen.kubeProxy,
});
