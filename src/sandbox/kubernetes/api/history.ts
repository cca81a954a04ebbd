import type { SandboxClock } from '../../clock.ts';
import type { ObjectStore, Resource, StoreEvent } from '../objects.ts';
import { tooOld } from './api-error.ts';

/** One write as watchers may still ask for it. */
export interface PastEvent {
  readonly version: number;
  readonly event: StoreEvent;
  /** The object as it was before, so that a watch with a selector can tell "left the selection" from "never was in it". */
  readonly before: StoreEvent['object'] | undefined;
}

export interface History {
  /** Events after a resourceVersion, oldest first; 410 where they are no longer known. */
  since(version: number): readonly PastEvent[];
  /** Before this version etcd knows nothing any more; what the API server has in its cache is not touched by that. */
  compacted(): number;
  compact(version: number): void;
  subscribe(listener: (past: PastEvent) => void): () => void;
  close(): void;
}

const kept = 2000;
const compactionMinutes = 5;

/** The newest writes, which a watch that reconnects is given; older ones are gone, as etcd compacts them. */
export const createHistory = (store: ObjectStore, resources: readonly Resource[]): History => {
  let oldest = store.version();
  let compacted = oldest;
  let events: PastEvent[] = [];
  const listeners = new Set<(past: PastEvent) => void>();
  const newest = new Map<string, StoreEvent['object']>();
  for (const resource of resources)
    for (const object of store.list(resource)) newest.set(object.metadata.uid ?? '', object);

  const unsubscribe = store.subscribe((event) => {
    const uid = event.object.metadata.uid ?? '';
    const past: PastEvent = { version: Number(event.object.metadata.resourceVersion), event, before: newest.get(uid) };
    if (event.type === 'DELETED') newest.delete(uid);
    else newest.set(uid, event.object);
    events.push(past);
    if (events.length > kept * 2) {
      const dropped = events.slice(0, -kept);
      events = events.slice(-kept);
      oldest = dropped.at(-1)?.version ?? oldest;
    }
    for (const listener of Array.from(listeners)) listener(past);
  });

  return {
    since(version) {
      if (version < oldest) throw tooOld(String(version), oldest);
      return events.filter((past) => past.version > version);
    },
    compacted: () => Math.max(compacted, oldest),
    compact(version) {
      compacted = Math.max(compacted, version);
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close: unsubscribe,
  };
};

/** As an API server does by default: every five minutes what had happened before the last time is compacted. Clients wait in real minutes. */
export const startCompaction = (history: History, store: ObjectStore, clock: SandboxClock): (() => void) => {
  let before = store.version();
  let stop = (): void => {};
  const arm = (): void => {
    stop = clock.after(compactionMinutes * 60_000 * clock.speed, () => {
      history.compact(before);
      before = store.version();
      arm();
    });
  };
  arm();
  return () => stop();
};
