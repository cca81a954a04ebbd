import type { Store } from '../../store.ts';

/** What Azure itself puts in the way of everybody, for example on what a managed application runs in. */
export interface DenyAssignment {
  /** GUID. */
  readonly name: string;
  readonly displayName: string;
  readonly description: string;
  readonly scope: string;
  readonly actions: readonly string[];
  readonly notActions: readonly string[];
  /** Object ids; the zero GUID is everybody. */
  readonly principals: readonly string[];
  readonly excluded: readonly string[];
}

export const everybody = '00000000-0000-0000-0000-000000000000';

export interface DenyAssignments {
  list(): readonly DenyAssignment[];
  put(assignment: DenyAssignment): void;
  remove(name: string): void;
}

export const createDenyAssignments = (store: Store): DenyAssignments => {
  const kept = store.collection<DenyAssignment>('deny-assignment');
  return {
    list: () => kept.values(),
    put: (assignment) => kept.set(assignment.name, assignment),
    remove: (name) => kept.delete(name),
  };
};
