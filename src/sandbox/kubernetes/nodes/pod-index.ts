import type { KubeObject, ObjectStore } from '../objects.ts';
import type { Cluster } from './cluster.ts';
import { textAt } from './fields.ts';
import { PODS } from './resources.ts';

const known = new WeakMap<
  ObjectStore,
  { readonly version: number; readonly byNode: ReadonlyMap<string, readonly KubeObject[]> }
>();

/** Pods of each node. Asked many times in a pass: made once for each version of the store. */
export const podsOn = (cluster: Cluster, node: string): readonly KubeObject[] => {
  const { store } = cluster;
  const cached = known.get(store);
  if (cached !== undefined && cached.version === store.version()) return cached.byNode.get(node) ?? [];
  const byNode = new Map<string, KubeObject[]>();
  for (const pod of store.list(PODS)) {
    const name = textAt(pod, 'spec', 'nodeName');
    if (name !== undefined) byNode.set(name, [...(byNode.get(name) ?? []), pod]);
  }
  known.set(store, { version: store.version(), byNode });
  return byNode.get(node) ?? [];
};
