import { connections, pace } from './agent-pace.ts';
import { KubeError, type KubeClient } from './kube-client.ts';
import type { LogMemory } from './log-memory.ts';
import type { LogOutbox } from './log-outbox.ts';
import { advance, type LogPosition } from './log-position.ts';
import { logRow, partsOf, type LogTarget } from './log-row.ts';
import { readLog } from './read-log.ts';

export interface LogPlace {
  readonly clusterId: string;
  readonly customerIds: readonly string[];
  /** Whether parts of a line that the runtime split are put together again. */
  readonly multiline: boolean;
  /** Whether the API server gives stdout and stderr apart. */
  readonly split: boolean;
}

interface Following {
  readonly stop: AbortController;
  readonly startedAt: number;
  lastAt: number;
}

export interface LogFollowers {
  /** What is to be read from now on, and where its rows go. */
  want(targets: readonly LogTarget[], place: LogPlace | undefined): void;
  counts(): { readonly following: number; readonly waiting: number };
  close(): Promise<void>;
}

export interface LogFollowersOptions {
  readonly client: KubeClient;
  readonly memory: LogMemory;
  readonly outbox: LogOutbox;
  readonly now: () => number;
  readonly onError: (error: unknown) => void;
}

/** Follows logs over a bounded number of connections: where there are more logs, silent ones give way and are taken up again where they were left. */
export const createLogFollowers = ({ client, memory, outbox, now, onError }: LogFollowersOptions): LogFollowers => {
  const active = new Map<string, Following>();
  const runs = new Set<Promise<void>>();
  /** How far each log has been read, whether or not its rows are delivered. */
  const read = new Map<string, LogPosition>(memory.positions);
  const done = new Set<string>(memory.finished);
  const lastTurn = new Map<string, number>();
  let place: LogPlace | undefined;
  let waiting = 0;

  const take = async (
    target: LogTarget,
    line: { readonly time: bigint; readonly text: string },
    signal: AbortSignal,
  ): Promise<void> => {
    const { key } = target;
    if (place === undefined) return;
    const { clusterId, customerIds, multiline } = place;
    const position = advance(read.get(key), line.time);
    const parts = partsOf(line.text, multiline);
    const rows = customerIds.flatMap((customerId) =>
      parts.map((text) => ({ customerId, row: logRow(target, { time: line.time, text }, { clusterId, customerId }) })),
    );
    await outbox.put({ rows, key, reached: { read: position } }, signal);
    read.set(key, position);
  };

  const run = async (target: LogTarget, one: Following, split: boolean): Promise<void> => {
    const { key, life } = target;
    const { signal } = one.stop;
    try {
      await readLog({
        client,
        target,
        split,
        since: memory.since,
        position: read.get(key),
        signal,
        take(line) {
          one.lastAt = now();
          return take(target, line, signal);
        },
      });
      if (life === 'running') return;
      await outbox.put({ rows: [], key, reached: 'finished' }, signal);
      done.add(key);
    } catch (error) {
      // A container without a log yet, a pod that went, a connection that broke: the next look at the pods tells what is left to do.
      if (!signal.aborted && !(error instanceof KubeError)) onError(error);
    } finally {
      active.delete(key);
    }
  };

  const begin = (target: LogTarget, split: boolean): void => {
    const one: Following = { stop: new AbortController(), startedAt: now(), lastAt: now() };
    active.set(target.key, one);
    lastTurn.set(target.key, now());
    const running = run(target, one, split).finally(() => runs.delete(running));
    runs.add(running);
  };

  const forgetAllBut = (wanted: ReadonlySet<string>): void => {
    for (const kept of [read, memory.positions, memory.finished, done, lastTurn])
      for (const key of kept.keys()) if (!wanted.has(key)) kept.delete(key);
    for (const [key, { stop }] of active) if (!wanted.has(key)) stop.abort();
  };

  /** Connections of those who said nothing for long go to those who wait for one; none is kept for ever. */
  const makeRoom = (needed: number): void => {
    let left = needed;
    for (const { stop, startedAt, lastAt } of active.values()) {
      const old = now() - startedAt > pace.connection;
      if (!old && (left <= 0 || now() - lastAt <= pace.silence)) continue;
      stop.abort();
      left -= 1;
    }
  };

  return {
    want(targets, to) {
      place = to;
      forgetAllBut(new Set(targets.map(({ key }) => key)));
      if (to === undefined) return;
      const open = targets
        .filter(({ key }) => !active.has(key) && !done.has(key))
        .sort((a, b) => (lastTurn.get(a.key) ?? 0) - (lastTurn.get(b.key) ?? 0));
      const free = Math.max(0, connections - active.size);
      for (const target of open.slice(0, free)) begin(target, to.split);
      waiting = Math.max(0, open.length - free);
      makeRoom(waiting);
    },
    counts: () => ({ following: active.size, waiting }),
    async close() {
      for (const { stop } of active.values()) stop.abort();
      await Promise.allSettled(runs);
    },
  };
};
