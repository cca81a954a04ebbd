import { createHash, createHmac, randomBytes, randomUUID } from 'node:crypto';
import type { SandboxClock } from '../clock.ts';
import { durations } from '../durations.ts';
import type { JsonObject } from '../json.ts';
import type { Store } from '../store.ts';

export type OperationStatus = 'InProgress' | 'Deleting' | 'Succeeded' | 'Failed' | 'Canceled';

export interface OperationRecord {
  readonly id: string;
  /** What the service calls it in its 409s: `update managed cluster`, `PutExtensionAddonHandler`. */
  readonly kind: string;
  readonly resourceId: string;
  readonly location: string;
  readonly status: OperationStatus;
  readonly startedAt: number;
  readonly endedAt?: number;
  readonly error?: JsonObject;
  /** Status of the final GET of `location`. */
  readonly resultStatus: number;
  readonly lost?: boolean;
}

export interface Operations {
  start(
    options: Pick<OperationRecord, 'kind' | 'resourceId' | 'location'> & {
      readonly resultStatus?: number;
      readonly status?: OperationStatus;
    },
  ): OperationRecord;
  get(id: string): OperationRecord | undefined;
  finish(id: string, status: 'Succeeded' | 'Failed' | 'Canceled', error?: JsonObject): void;
  lose(id: string): void;
  /** The operation that still runs on a resource or on what is below it. */
  running(resourceId: string): OperationRecord | undefined;
  latest(resourceId: string): OperationRecord | undefined;
  /** An absolute URL with the signature that ARM adds: about 4 KB in 2025. */
  sign(url: string, id: string): string;
  /** A code over a text with the key that operation URLs are signed with. */
  mac(text: string): string;
  /** Whether a URL's signature came back as it was given. */
  signed(query: URLSearchParams, id: string): boolean;
}

const final = new Set<OperationStatus>(['Succeeded', 'Failed', 'Canceled']);

export const createOperations = (store: Store, clock: SandboxClock): Operations => {
  const records = store.collection<OperationRecord>('operation');
  const keys = store.collection<string>('operation-key');
  const key = keys.get('hmac') ?? randomBytes(32).toString('hex');
  keys.set('hmac', key);
  const expired = (record: OperationRecord): boolean =>
    record.endedAt !== undefined && record.endedAt + durations.operationRecordKept / clock.speed < clock.now();
  const newestFirst = (a: OperationRecord, b: OperationRecord): number => b.startedAt - a.startedAt;

  const signature = (id: string): Record<'t' | 'c' | 's' | 'h', string> => {
    const startedAt = records.get(id)?.startedAt ?? 0;
    const mac = (part: string, bytes: number): string =>
      expand(createHmac('sha256', key).update(`${part}:${id}`).digest(), bytes);
    return {
      t: String(621_355_968_000_000_000n + BigInt(startedAt) * 10_000n),
      c: `MII${mac('c', 2400)}`,
      s: mac('s', 256),
      h: mac('h', 32),
    };
  };

  return {
    start(options) {
      const record: OperationRecord = {
        status: 'InProgress',
        resultStatus: 200,
        ...options,
        id: randomUUID(),
        startedAt: clock.now(),
      };
      for (const old of records.values()) if (expired(old)) records.delete(old.id);
      records.set(record.id, record);
      return record;
    },
    get(id) {
      const record = records.get(id.toLowerCase());
      return record === undefined || record.lost === true || expired(record) ? undefined : record;
    },
    finish(id, status, error) {
      const record = records.get(id);
      if (record === undefined || final.has(record.status)) return;
      records.set(id, { ...record, status, endedAt: clock.now(), ...(error === undefined ? {} : { error }) });
    },
    lose(id) {
      const record = records.get(id);
      if (record !== undefined) records.set(id, { ...record, lost: true });
    },
    running(resourceId) {
      const own = resourceId.toLowerCase();
      return records
        .values()
        .filter((record) => !final.has(record.status) && `${record.resourceId.toLowerCase()}/`.startsWith(`${own}/`))
        .sort(newestFirst)[0];
    },
    latest: (resourceId) =>
      records
        .values()
        .filter((record) => record.resourceId.toLowerCase() === resourceId.toLowerCase())
        .sort(newestFirst)[0],
    sign(url, id) {
      const query = new URLSearchParams(signature(id)).toString();
      return `${url}${url.includes('?') ? '&' : '?'}${query}`;
    },
    mac: (text) => createHmac('sha256', key).update(`text:${text}`).digest('base64url'),
    signed(query, id) {
      const expected = signature(id);
      return (['t', 'c', 's', 'h'] as const).every((name) => query.get(name) === expected[name]);
    },
  };
};

/** As many base64url bytes as wanted, the same for the same seed. */
const expand = (seed: Buffer, bytes: number): string => {
  const chunks: Buffer[] = [];
  for (let block = 0; block * 32 < bytes; block += 1)
    chunks.push(createHash('sha256').update(seed).update(String(block)).digest());
  return Buffer.concat(chunks).subarray(0, bytes).toString('base64url');
};

/** The status body's `name`: .NET writes a GUID's first three fields in the other byte order than the URL does. */
export const swapped = (guid: string): string => {
  const reverse = (hex: string): string => (hex.match(/../gu) ?? []).reverse().join('');
  const [a = '', b = '', c = '', ...rest] = guid.split('-');
  return [reverse(a), reverse(b), reverse(c), ...rest].join('-');
};
