import { join } from 'node:path';
import { Problem } from '../errors/problem.ts';
import type { Clock } from './clock.ts';
import { type Disk, writeWhole } from './disk.ts';

/** Who holds the lock. */
interface Holder {
  readonly pid: number;
  readonly host: string;
  readonly startedAt: string;
  /** Start time of the process as the kernel counts it, so that a new process with an old pid is not taken for the holder. */
  readonly born: string | undefined;
}

export interface ThisProcess {
  readonly pid: number;
  readonly host: string;
  /** Whether a process of this host is alive, and when it was born where that can be known. */
  processBorn(pid: number): { readonly alive: boolean; readonly born: string | undefined };
}

export interface Lock {
  release(): void;
}

const heartbeatMs = 15_000;
const staleAfterMs = 60_000;

const parseHolder = (text: string | undefined): Holder | undefined => {
  try {
    const value: unknown = JSON.parse(text ?? '');
    if (typeof value !== 'object' || value === null) return undefined;
    const holder = value as Partial<Holder>;
    return typeof holder.pid === 'number' && typeof holder.host === 'string' && typeof holder.startedAt === 'string'
      ? { pid: holder.pid, host: holder.host, startedAt: holder.startedAt, born: holder.born }
      : undefined;
  } catch {
    return undefined;
  }
};

/** Whether somebody is behind the lock in this file: what is his is never taken, what is nobody's needs no unlocking by hand. */
const isHeld = (
  holder: Holder | undefined,
  file: string,
  { me, disk, clock }: { readonly me: ThisProcess; readonly disk: Disk; readonly clock: Clock },
): boolean => {
  const fresh = clock.now() - (disk.modified(file) ?? 0) < staleAfterMs;
  // Created and not yet written: give its maker the same minute.
  if (holder === undefined) return fresh;
  if (holder.host !== me.host) return fresh;
  const { alive, born } = me.processBorn(holder.pid);
  return alive && (holder.born === undefined || born === undefined || holder.born === born);
};

export interface LockHolder {
  readonly pid: number;
  readonly host: string;
  readonly startedAt: string;
}

/** The run that holds the folder, undefined where none does. Changes nothing. */
export const lockHolder = (folder: string, me: ThisProcess, disk: Disk, clock: Clock): LockHolder | undefined => {
  const path = join(folder, 'lock');
  const holder = parseHolder(disk.read(path));
  if (holder === undefined || !isHeld(holder, path, { me, disk, clock })) return undefined;
  const { pid, host, startedAt } = holder;
  return { pid, host, startedAt };
};

/**
 * One run for each state folder. A lock whose process is gone, or whose heart has not beaten for a minute on another host, is nobody's:
 * there is nothing to unlock by hand. Two machines that share no folder are kept apart by Azure's own preconditions, not by this.
 */
export const takeLock = (folder: string, me: ThisProcess, disk: Disk, clock: Clock): Lock => {
  disk.makeFolder(folder);
  const path = join(folder, 'lock');
  const mine: Holder = {
    pid: me.pid,
    host: me.host,
    startedAt: new Date(clock.now()).toISOString(),
    born: me.processBorn(me.pid).born,
  };
  for (let attempt = 0; ; attempt += 1) {
    const file = disk.openNew(path);
    if (file !== undefined) {
      writeWhole(disk, file, JSON.stringify(mine));
      disk.sync(file);
      disk.close(file);
      break;
    }
    const holder = parseHolder(disk.read(path));
    if (attempt > 3 || isHeld(holder, path, { me, disk, clock })) throw locked(holder, path);
    // The stale lock is moved aside under a name of our own: of two runs that find it, only one moves this very file.
    const aside = `${path}.${me.pid}.${attempt}.stale`;
    try {
      disk.rename(path, aside);
      const moved = parseHolder(disk.read(aside));
      if (isHeld(moved, aside, { me, disk, clock })) {
        // Somebody took the lock between our look and our move: give it back.
        disk.rename(aside, path);
        throw locked(moved, path);
      }
      disk.remove(aside);
    } catch (error) {
      if (error instanceof Problem) throw error;
    }
  }

  const beat = setInterval(() => {
    try {
      disk.touch(path, clock.now());
    } catch {
      // A vanished state folder shows up at the next journal record, with a better message than a heartbeat has.
    }
  }, heartbeatMs);
  beat.unref();

  return {
    release() {
      clearInterval(beat);
      const holder = parseHolder(disk.read(path));
      const stillMine = holder?.pid === mine.pid && holder.host === mine.host && holder.startedAt === mine.startedAt;
      if (stillMine) disk.remove(path);
    },
  };
};

const locked = (holder: Holder | undefined, path: string): Problem =>
  new Problem(
    holder === undefined
      ? `Another run is just starting (${path})`
      : `Another run holds this deployment: process ${holder.pid} on ${holder.host}, since ${holder.startedAt}`,
    {
      kind: 'locked',
      code: 'locked',
      hint: 'Wait for it, or stop that process; a lock whose process is gone frees itself.',
    },
  );
