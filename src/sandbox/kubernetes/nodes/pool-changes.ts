import { isDeepStrictEqual } from 'node:util';
import type { ClusterSpec, PoolSpec } from '../host.ts';
import type { Cluster } from './cluster.ts';
import { type Fields, fieldsAt, listAt } from './fields.ts';
import { poolTaints } from './node-objects.ts';
import { NODES } from './resources.ts';

const withoutThose = (taints: readonly Fields[], gone: readonly Fields[]): readonly Fields[] =>
  taints.filter((taint) => !gone.some((one) => one['key'] === taint['key'] && one['effect'] === taint['effect']));

const change = (cluster: Cluster, before: PoolSpec, after: PoolSpec): void => {
  for (const node of cluster.store.list(NODES)) {
    if (node.metadata.labels?.['kubernetes.azure.com/agentpool'] !== after.name) continue;
    const taints = [
      ...withoutThose(withoutThose(listAt(node, 'spec', 'taints'), poolTaints(before)), poolTaints(after)),
      ...poolTaints(after),
    ];
    const kept = Object.entries(node.metadata.labels).filter(([key]) => !(key in before.labels));
    const labels = {
      ...Object.fromEntries(kept),
      'kubernetes.azure.com/mode': after.mode.toLowerCase(),
      ...after.labels,
    };
    cluster.store.replace(NODES, {
      ...node,
      metadata: { ...node.metadata, labels },
      spec: { ...fieldsAt(node, 'spec'), taints },
    });
  }
};

/** AKS puts changed taints and labels of a pool onto its nodes while they run; what others put there stays. */
export const applyPoolChanges = (cluster: Cluster, before: ClusterSpec, after: ClusterSpec): void => {
  for (const pool of after.pools) {
    const known = before.pools.find((one) => one.name === pool.name);
    if (known === undefined) continue;
    const same = isDeepStrictEqual([known.taints, known.labels, known.mode], [pool.taints, pool.labels, pool.mode]);
    if (!same) change(cluster, known, pool);
  }
};
