import { setTimeout as sleep } from 'node:timers/promises';
import type { KillPhase, KillPoint, MeetKill, SeenRequest } from '../server/kill-point.ts';
import type { Processes } from './kill-processes.ts';
import { signatures } from './kill-signature.ts';

export interface KillOrder {
  readonly pid: number;
  /** Its descendants, too. */
  readonly tree: boolean;
  readonly phase: KillPhase;
  /** At the n-th request since the order that is not skipped, from 1. */
  readonly at: number;
  /** Signatures of requests that do not count. */
  readonly skip: readonly string[];
  /** Milliseconds between an answer and the kill, in the phase after-reply. */
  readonly delayMs: number;
}

/** An order and what became of it. */
export interface KillRecord extends Omit<KillOrder, 'skip'> {
  readonly id: string;
  readonly skipped: number;
  /** `missed`: the process had ended by itself before. */
  readonly state: 'waiting' | 'due' | 'killed' | 'missed';
  /** Requests since the order; at the end the n at which it killed. */
  readonly seen: number;
  /** What it killed at, and whom. */
  readonly point?: SeenRequest & { readonly signature: string; readonly time: string };
  readonly killed?: readonly number[];
}

export interface Kills {
  order(order: KillOrder): KillRecord;
  list(): readonly KillRecord[];
  /** Takes waiting orders back; without an id all of them. */
  remove(id?: string): void;
  readonly meet: MeetKill;
}

/** What became of orders is kept for so many of them. */
const remembered = 100;
/** How long a connection may take to show that its other end is dead, once that is known to be. */
const closingMs = 200;

interface Standing {
  record: KillRecord;
  readonly skip: ReadonlySet<string>;
  readonly signature: (request: SeenRequest) => string;
  readonly born: string | undefined;
}

/** Orders to kill clients at a request. They are not on disk: a process number means nothing to the sandbox's successor. */
export const createKills = (processes: Processes, now: () => number): Kills => {
  const orders: Standing[] = [];
  let last = 0;

  const strike = (standing: Standing): readonly number[] => {
    const { pid, tree } = standing.record;
    const same = processes.born(pid) !== undefined && processes.born(pid) === standing.born;
    const killed = same ? processes.kill(pid, tree) : [];
    standing.record = { ...standing.record, state: killed.length > 0 ? 'killed' : 'missed', killed };
    return killed;
  };

  const pointOf = (standing: Standing): KillPoint => ({
    phase: standing.record.phase,
    async strike(gone) {
      const { phase, delayMs } = standing.record;
      if (phase === 'after-reply' && delayMs > 0) await sleep(delayMs);
      await processes.gone(strike(standing));
      return gone.aborted || closes(gone);
    },
  });

  const meets = (standing: Standing, request: SeenRequest): boolean => {
    if (standing.record.state !== 'waiting') return false;
    const signature = standing.signature(request);
    const seen = standing.record.seen + 1;
    const skipped = standing.record.skipped + (standing.skip.has(signature) ? 1 : 0);
    const due = !standing.skip.has(signature) && seen - skipped >= standing.record.at;
    standing.record = {
      ...standing.record,
      seen,
      skipped,
      ...(due ? { state: 'due', point: { ...request, signature, time: new Date(now()).toISOString() } } : {}),
    };
    return due;
  };

  return {
    order({ skip, ...order }) {
      last += 1;
      const record: KillRecord = { ...order, id: String(last), skipped: 0, state: 'waiting', seen: 0 };
      orders.push({ record, skip: new Set(skip), signature: signatures(), born: processes.born(order.pid) });
      orders.splice(0, Math.max(0, orders.length - remembered));
      return record;
    },
    list: () => orders.map(({ record }) => record),
    remove(id) {
      const kept = orders.filter(({ record }) => record.state !== 'waiting' || (id !== undefined && record.id !== id));
      orders.splice(0, orders.length, ...kept);
    },
    meet(request) {
      const due = orders.filter((standing) => meets(standing, request));
      const [first] = due;
      for (const other of due.slice(1)) other.record = { ...other.record, state: 'waiting' };
      return first === undefined ? undefined : pointOf(first);
    },
  };
};

const closes = (gone: AbortSignal): Promise<boolean> =>
  new Promise((resolve) => {
    const timer = setTimeout(() => resolve(false), closingMs);
    gone.addEventListener(
      'abort',
      () => {
        clearTimeout(timer);
        resolve(true);
      },
      { once: true },
    );
  });
