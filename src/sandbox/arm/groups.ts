import type { JsonObject } from '../json.ts';
import type { Store } from '../store.ts';

export interface GroupRecord {
  readonly name: string;
  readonly location: string;
  readonly tags?: JsonObject;
  /** Resource id of the cluster whose node resource group this is. */
  readonly managedBy?: string;
  readonly provisioningState: 'Succeeded' | 'Deleting';
}

export interface Groups {
  get(name: string): GroupRecord | undefined;
  put(record: GroupRecord): void;
  remove(name: string): void;
  list(): readonly GroupRecord[];
}

export const createGroups = (store: Store): Groups => {
  const records = store.collection<GroupRecord>('resource-group');
  return {
    get: (name) => records.get(name.toLowerCase()),
    put: (record) => records.set(record.name.toLowerCase(), record),
    remove: (name) => records.delete(name.toLowerCase()),
    list: () => [...records.values()].sort((a, b) => (a.name < b.name ? -1 : 1)),
  };
};
