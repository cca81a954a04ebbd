import { setTimeout as sleep } from 'node:timers/promises';
import type { SandboxClock } from '../clock.ts';
import type { JsonObject } from '../json.ts';
import type { LogStore } from '../logs/log-store.ts';
import { pace, waitingRows } from './agent-pace.ts';
import type { LogMemory } from './log-memory.ts';
import type { LogPosition } from './log-position.ts';

interface Waiting {
  readonly dueAt: number;
  readonly rows: readonly { readonly customerId: string; readonly row: JsonObject }[];
  readonly key: string;
  readonly reached: { readonly read: LogPosition } | 'finished';
}

export interface LogOutbox {
  /** Takes the rows of one line, or the end of a log; waits where too many wait already. */
  put(line: Omit<Waiting, 'dueAt'>, signal: AbortSignal): Promise<void>;
  /** Rows delivered so far. */
  rows(): number;
  waiting(): number;
  close(): void;
}

/** Holds rows for as long as Azure takes to show them. What it still holds at its end is read again the next time: its position was not noted. */
export const createLogOutbox = (options: {
  readonly clock: SandboxClock;
  readonly logStore: LogStore;
  readonly memory: LogMemory;
  /** Called after rows were delivered and their positions noted. */
  readonly written: () => void;
}): LogOutbox => {
  const { clock, logStore, memory, written } = options;
  let queue: Waiting[] = [];
  let delivered = 0;
  let forget: (() => void) | undefined;

  const deliver = (): void => {
    const now = clock.now();
    const count = queue.findIndex(({ dueAt }) => dueAt > now);
    const due = queue.splice(0, count === -1 ? queue.length : count);
    if (due.length === 0) return;
    const rows = due.flatMap((line) => line.rows);
    for (const [customerId, own] of Map.groupBy(rows, (each) => each.customerId))
      logStore.append(
        customerId,
        'ContainerLogV2',
        own.map(({ row }) => row),
      );
    for (const { key, reached } of due) {
      if (reached === 'finished') memory.finished.add(key);
      else memory.positions.set(key, reached.read);
    }
    delivered += rows.length;
    written();
  };

  const again = (): void => {
    forget = clock.after(pace.delivery * clock.speed, () => {
      deliver();
      again();
    });
  };
  again();

  return {
    async put(line, signal) {
      while (queue.length >= waitingRows) await sleep(pace.delivery, undefined, { signal, ref: false });
      queue.push({ ...line, dueAt: clock.now() + pace.ingestion / clock.speed });
    },
    rows: () => delivered,
    waiting: () => queue.length,
    close() {
      forget?.();
      queue = [];
    },
  };
};
