import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { Clock } from './clock.ts';
import { type Disk, writeWhole } from './disk.ts';
import {
  type Holder,
  holderOf,
  isHeld,
  isHere,
  locked,
  parseHolder,
  sameHolder,
  takenOver,
  type ThisProcess,
} from './lock-holder.ts';

export type { ThisProcess } from './lock-holder.ts';

export interface Lock {
  /** @throws Problem `locked` where another run took the lock over: from then on nothing of ours may be written. */
  readonly check: () => void;
  /** Aborts with that Problem when the heartbeat finds it out. */
  readonly lost: AbortSignal;
  release(): void;
}

const heartbeatMs = 15_000;

const lockIn = (folder: string): string => join(folder, 'lock');

export interface LockHolder {
  readonly pid: number;
  readonly host: string;
  readonly user?: string;
  readonly startedAt: string;
}

/** The run that holds the folder, undefined where none does; `here` is whether it can be told something by its process number. Changes nothing. */
export const lockHolder = (
  folder: string,
  me: ThisProcess,
  disk: Disk,
  clock: Clock,
): (LockHolder & { readonly here: boolean }) | undefined => {
  const path = lockIn(folder);
  const holder = parseHolder(disk.read(path));
  if (holder === undefined || !isHeld(holder, me, () => clock.now() - (disk.modified(path) ?? 0))) return undefined;
  const { pid, host, user, startedAt } = holder;
  return { pid, host, startedAt, here: isHere(holder, me), ...(user !== undefined && { user }) };
};

interface Taking {
  readonly me: ThisProcess;
  readonly mine: Holder;
  readonly disk: Disk;
}

const identity = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 12);

/** A file of ours, on the disk. Undefined where one is there already. */
const written = (path: string, { mine, disk }: Taking): number | undefined => {
  const file = disk.openNew(path);
  if (file === undefined) return undefined;
  try {
    writeWhole(disk, file, JSON.stringify(mine));
    disk.sync(file);
    return file;
  } catch (error) {
    disk.close(file);
    disk.remove(path);
    throw error;
  }
};

/** Where a file of ours is written before it gets the name that counts; nobody else's name, not even in a container with the same numbers. */
const aside = (path: string, { mine }: Taking): string => `${path}.${identity(JSON.stringify(mine))}.new`;

/**
 * The file, there whole or not at all: a lock that is empty since its maker died would be somebody's for a minute. Undefined where one is
 * there already.
 */
const create = (path: string, taking: Taking): number | undefined => {
  const { disk } = taking;
  const own = aside(path, taking);
  const file = written(own, taking);
  if (file === undefined) throw locked(undefined, path);
  const linked = disk.link(own, path);
  disk.remove(own);
  if (linked === true) return file;
  disk.close(file);
  return linked === false ? undefined : written(path, taking);
};

/** How long ago it was written, by the clock of the file system alone: two machines that share a folder need not agree on the time. */
const ageOf = (path: string, { me, disk }: Taking): number => {
  const trial = `${path}.${me.pid}.now`;
  const file = disk.openNew(trial);
  const now = disk.modified(trial);
  if (file !== undefined) disk.close(file);
  disk.remove(trial);
  const then = disk.modified(path);
  return then === undefined || now === undefined ? 0 : now - then;
};

const replace = (path: string, taking: Taking): number => {
  const next = aside(path, taking);
  const file = written(next, taking);
  if (file === undefined) throw locked(undefined, path);
  taking.disk.rename(next, path);
  return file;
};

const attempts = 8;

/**
 * Makes the lock file, or replaces one that is nobody's. Whoever replaces a stale lock needs the right to replace exactly that one, and that right
 * is a lock, too: so of any number that find it stale one gets it, and a lock that is taken meanwhile is never moved. @throws Problem `locked`
 */
const acquire = (path: string, taking: Taking): number => {
  const { me, disk } = taking;
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    const file = create(path, taking);
    if (file !== undefined) return file;
    const stale = disk.read(path);
    if (stale === undefined) continue;
    const holder = parseHolder(stale);
    if (isHeld(holder, me, () => ageOf(path, taking))) throw locked(holder, path);
    const right = `${path}.${identity(stale)}`;
    const rightFile = acquire(right, taking);
    try {
      if (disk.read(path) === stale) return replace(path, taking);
    } finally {
      disk.close(rightFile);
      disk.remove(right);
    }
  }
  throw locked(parseHolder(disk.read(path)), path);
};

/**
 * One run for each state folder. A lock whose process is gone, or whose heart has not beaten for a minute on another machine, is nobody's:
 * there is nothing to unlock by hand. A holder that slept through that minute finds out at `check`, before it writes anything.
 * Two machines that share no folder are kept apart by Azure's own preconditions, not by this.
 */
export const takeLock = (folder: string, me: ThisProcess, disk: Disk, clock: Clock): Lock => {
  disk.makeFolder(folder);
  const path = lockIn(folder);
  const mine = holderOf(me, new Date(clock.now()).toISOString());
  const file = acquire(path, { me, mine, disk });
  const lost = new AbortController();

  const check = (): void => {
    lost.signal.throwIfAborted();
    const text = disk.read(path);
    // A folder that vanished shows up at the next record, with a better message.
    if (text === undefined) return;
    const holder = parseHolder(text);
    if (holder !== undefined && sameHolder(holder, mine)) return;
    lost.abort(takenOver(holder));
    lost.signal.throwIfAborted();
  };
  const beat = setInterval(() => {
    try {
      check();
      // Into the file that we made, wherever it is by now: never into another's. The file system stamps it with its own time.
      writeWhole(disk, file, '\n');
      disk.sync(file);
    } catch {
      // Lost: whoever listens to `lost` has heard it. A disk that is full or gone shows up at the next record.
    }
  }, heartbeatMs);
  beat.unref();

  return {
    check,
    lost: lost.signal,
    release() {
      clearInterval(beat);
      disk.close(file);
      const holder = parseHolder(disk.read(path));
      if (holder !== undefined && sameHolder(holder, mine)) disk.remove(path);
    },
  };
};
