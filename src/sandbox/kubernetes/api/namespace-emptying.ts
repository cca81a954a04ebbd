import type { KubeObject, ObjectStore } from '../objects.ts';
import type { Catalog } from './catalog.ts';
import { qualified } from './api-error.ts';
import { listAt, objectAt, textAt } from './json.ts';

/** What is left in a namespace that goes: how many of which resource, and which finalizers hold them. */
export interface Leftovers {
  readonly resources: ReadonlyMap<string, number>;
  readonly finalizers: ReadonlyMap<string, number>;
}

/** Removes what can go at once and tells what stays. */
export const emptyNamespace = (store: ObjectStore, catalog: Catalog, namespace: string): Leftovers => {
  const resources = new Map<string, number>();
  const finalizers = new Map<string, number>();
  const add = (counts: Map<string, number>, key: string): void => void counts.set(key, (counts.get(key) ?? 0) + 1);
  for (const resource of catalog.all()) {
    if (!resource.namespaced) continue;
    for (const { metadata } of store.list(resource, namespace)) {
      store.remove(resource, namespace, metadata.name);
      const left = store.get(resource, namespace, metadata.name);
      if (left === undefined) continue;
      add(resources, resource.group === '' ? `${resource.plural}.` : qualified(resource));
      for (const finalizer of left.metadata.finalizers ?? []) add(finalizers, finalizer);
    }
  }
  return { resources, finalizers };
};

const told = (counts: ReadonlyMap<string, number>, noun: string): string =>
  [...counts]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, count]) => `${name} ${noun} ${count} resource instances`)
    .join(', ');

/** The conditions of a namespace whose content does not go; each keeps its time while its status stays. */
export const leftoverConditions = (live: KubeObject, left: Leftovers, now: string): readonly object[] => {
  const before = listAt(live, 'status', 'conditions');
  const condition = (type: string, status: string, reason: string, message: string): object => {
    const old = before.find((one) => textAt(one, 'type') === type && textAt(one, 'status') === status);
    return { type, status, lastTransitionTime: textAt(old, 'lastTransitionTime') ?? now, reason, message };
  };
  const { resources, finalizers } = left;
  return [
    condition(
      'NamespaceDeletionDiscoveryFailure',
      'False',
      'ResourcesDiscovered',
      'All resources successfully discovered',
    ),
    condition(
      'NamespaceDeletionGroupVersionParsingFailure',
      'False',
      'ParsedGroupVersions',
      'All legacy kube types successfully parsed',
    ),
    condition(
      'NamespaceDeletionContentFailure',
      'False',
      'ContentDeleted',
      'All content successfully deleted, may be waiting on finalization',
    ),
    resources.size === 0
      ? condition('NamespaceContentRemaining', 'False', 'ContentRemoved', 'All content successfully removed')
      : condition(
          'NamespaceContentRemaining',
          'True',
          'SomeResourcesRemain',
          `Some resources are remaining: ${told(resources, 'has')}`,
        ),
    finalizers.size === 0
      ? condition(
          'NamespaceFinalizersRemaining',
          'False',
          'ContentHasNoFinalizers',
          'All content-preserving finalizers finished',
        )
      : condition(
          'NamespaceFinalizersRemaining',
          'True',
          'SomeFinalizersRemain',
          `Some content in the namespace has finalizers remaining: ${told(finalizers, 'in')}`,
        ),
  ];
};

/** The namespace with these conditions in its status. */
export const withConditions = (live: KubeObject, conditions: readonly object[]): KubeObject => ({
  ...live,
  status: { ...objectAt(live, 'status'), conditions },
});
