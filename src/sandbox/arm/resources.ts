import { createHash, randomUUID } from 'node:crypto';
import type { SandboxClock } from '../clock.ts';
import type { JsonObject } from '../json.ts';
import type { Store } from '../store.ts';

/** Somebody as `systemData` names them: an application by its id, a person by name. */
export interface Author {
  readonly name: string;
  readonly type: 'Application' | 'User';
}

/** A resource as ARM keeps it; what a client is shown is made from this for its api-version. */
export interface ResourceRecord {
  /** As the first PUT spelled it; compared without case. */
  readonly id: string;
  /** `Microsoft.ContainerService/managedClusters`. */
  readonly type: string;
  readonly name: string;
  readonly group: string | undefined;
  readonly location?: string;
  readonly tags?: JsonObject;
  readonly kind?: string;
  readonly sku?: JsonObject;
  readonly identity?: JsonObject;
  readonly properties: JsonObject;
  /** What no client is shown. */
  readonly internal: JsonObject;
  /** Who made it, and who changed it last; nobody where Azure did it by itself. */
  readonly createdBy?: Author;
  readonly changedBy?: Author;
  readonly etag: string;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  readonly changedAt: number;
  /** Before this time reads may not find it yet. */
  readonly visibleAt: number;
}

export type ResourceDraft = Omit<ResourceRecord, 'etag' | 'createdAt' | 'changedAt' | 'visibleAt' | 'internal'> & {
  /** Whose request this is; what AKS and its like do later changes no author. */
  readonly by?: Author;
  readonly internal?: JsonObject;
  readonly visibleAt?: number;
};

export interface Resources {
  get(id: string): ResourceRecord | undefined;
  /** Creates or replaces, with a new etag; creation time and visibility stay what they were. */
  put(draft: ResourceDraft): ResourceRecord;
  /** Changes some members of a resource that may be gone by now. */
  patch(id: string, change: (record: ResourceRecord) => Partial<ResourceDraft>): ResourceRecord | undefined;
  /** Removes a resource and everything below it. */
  remove(id: string): void;
  list(matches: (record: ResourceRecord) => boolean): readonly ResourceRecord[];
  ofType(type: string): readonly ResourceRecord[];
}

export const createResources = (store: Store, clock: SandboxClock): Resources => {
  const records = store.collection<ResourceRecord>('resource');
  const put = ({ by, ...draft }: ResourceDraft): ResourceRecord => {
    const key = draft.id.toLowerCase();
    const before = records.get(key);
    const now = clock.now();
    const createdBy = before === undefined ? (draft.createdBy ?? by) : before.createdBy;
    const changedBy = by ?? before?.changedBy ?? draft.changedBy;
    const record: ResourceRecord = {
      ...draft,
      ...(createdBy === undefined ? {} : { createdBy }),
      ...(changedBy === undefined ? {} : { changedBy }),
      id: before?.id ?? draft.id,
      internal: draft.internal ?? before?.internal ?? {},
      etag: randomUUID(),
      createdAt: before?.createdAt ?? now,
      changedAt: now,
      visibleAt: before?.visibleAt ?? draft.visibleAt ?? now,
    };
    records.set(key, record);
    return record;
  };
  return {
    get: (id) => records.get(id.toLowerCase()),
    put,
    patch(id, change) {
      const record = records.get(id.toLowerCase());
      return record === undefined ? undefined : put({ ...record, ...change(record) });
    },
    remove(id) {
      const key = id.toLowerCase();
      for (const [other] of records.entries()) {
        if (other === key || other.startsWith(`${key}/`)) records.delete(other);
      }
    },
    list: (matches) => records.values().filter(matches),
    ofType: (type) => records.values().filter((record) => record.type.toLowerCase() === type.toLowerCase()),
  };
};

/** Members `createdBy` … `lastModifiedAt` as ARM reports them; those of somebody only where somebody asked for it. */
export const systemData = ({ createdBy, changedBy, createdAt, changedAt }: ResourceRecord): JsonObject => ({
  ...(createdBy === undefined ? {} : { createdBy: createdBy.name, createdByType: createdBy.type }),
  createdAt: new Date(createdAt).toISOString(),
  ...(changedBy === undefined ? {} : { lastModifiedBy: changedBy.name, lastModifiedByType: changedBy.type }),
  lastModifiedAt: new Date(changedAt).toISOString(),
});

/** Hexadecimal digits that are always the same for the same text. */
export const hexOf = (text: string, digits: number): string =>
  createHash('sha256').update(text.toLowerCase()).digest('hex').slice(0, digits);

/** A new draft of a record with some of its properties changed. */
export const withProperties = (record: ResourceRecord, change: JsonObject): ResourceDraft => ({
  ...record,
  properties: { ...record.properties, ...change },
});
