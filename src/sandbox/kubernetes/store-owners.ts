import type { KubeObject, Resource } from './objects.ts';

interface Place {
  readonly resource: Resource;
  readonly namespace: string | undefined;
  readonly name: string;
}

/** Who owns whom, so that deleting one object need not read all the others. */
export interface OwnerIndex {
  put(resource: Resource, object: KubeObject): void;
  forget(object: KubeObject): void;
  /** What loses its last living owner with this uid. */
  orphanedBy(uid: string): readonly Place[];
}

export const createOwnerIndex = (): OwnerIndex => {
  const alive = new Set<string>();
  const ownersOf = new Map<string, readonly string[]>();
  const dependents = new Map<string, Map<string, Place>>();

  const unlink = (uid: string): void => {
    for (const owner of ownersOf.get(uid) ?? []) dependents.get(owner)?.delete(uid);
    ownersOf.delete(uid);
  };

  return {
    put(resource, object) {
      const { uid, namespace, name, ownerReferences } = object.metadata;
      if (uid === undefined) return;
      unlink(uid);
      alive.add(uid);
      if (ownerReferences === undefined || ownerReferences.length === 0) return;
      ownersOf.set(
        uid,
        ownerReferences.map((owner) => owner.uid),
      );
      for (const owner of ownerReferences) {
        const known = dependents.get(owner.uid) ?? new Map<string, Place>();
        dependents.set(owner.uid, known.set(uid, { resource, namespace, name }));
      }
    },
    forget(object) {
      const { uid } = object.metadata;
      if (uid === undefined) return;
      unlink(uid);
      alive.delete(uid);
    },
    orphanedBy(uid) {
      return [...(dependents.get(uid) ?? [])]
        .filter(([child]) => !(ownersOf.get(child) ?? []).some((owner) => alive.has(owner)))
        .map(([, place]) => place);
    },
  };
};
