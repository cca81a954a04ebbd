import { ruleNameNow } from './data-collection.ts';
import { done } from './outputs.ts';
import { step } from './step.ts';

/** The agent looks for the association under exactly this name. */
const associationName = 'ContainerInsightsExtension';

/** Ties the data collection rule to the cluster; without it every row is dropped and nothing says so. */
export const association = step({
  title: 'Associate the cluster with the data collection rule',
  needs: ['cluster', 'data-collection'],
  expected: { p50: '5s', p90: '20s' },
  timeout: '10m',

  async probe({ azure, out, signal }) {
    const seen = await azure.associations.find(out.cluster.id, associationName, signal);
    if (seen === undefined) return { state: 'absent' };
    const wanted = out['data-collection'].id;
    return seen.dataCollectionRuleId.toLowerCase() === wanted.toLowerCase()
      ? { state: 'ready', out: done }
      : { state: 'drifted', diff: [`the cluster is associated with ${seen.dataCollectionRuleId}`] };
  },

  async apply({ azure, out, seen, signal }) {
    const before = await azure.associations.find(out.cluster.id, associationName, signal);
    // Somebody made one since the probe: whether it is the right one is for the next look to say.
    if (seen.state === 'absent' && before !== undefined) return;
    await azure.associations.put(
      out.cluster.id,
      associationName,
      {
        dataCollectionRuleId: out['data-collection'].id,
        description: 'Made by aks-ebpf-sentinel: container logs to Microsoft Sentinel.',
      },
      before,
      signal,
    );
  },

  // As long as it stands, Azure makes it hard to delete either end.
  async removal({ azure, config, out, signal: looking }) {
    const clusterId =
      out.cluster?.id ?? (await azure.clusters.find(config.resourceGroup, config.cluster.name, looking))?.id;
    if (clusterId === undefined) return undefined;
    const seen = await azure.associations.find(clusterId, associationName, looking);
    if (seen === undefined) return undefined;
    const rule =
      out['data-collection']?.id ??
      `/resourceGroups/${config.resourceGroup}/providers/Microsoft.Insights/dataCollectionRules/${await ruleNameNow({ azure, config }, looking)}`;
    const ours = seen.dataCollectionRuleId.toLowerCase().endsWith(rule.toLowerCase());
    return {
      what: `data collection rule association ${associationName}`,
      ...(ours ? {} : { kept: 'it belongs to another data collection rule' }),
      remove: (signal) => azure.associations.delete(clusterId, associationName, signal),
      gone: async (signal) => (await azure.associations.find(clusterId, associationName, signal)) === undefined,
    };
  },
});
