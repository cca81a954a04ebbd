import { randomUUID } from 'node:crypto';
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Thrown by `acquireLock` where another process serves the directory. */
export class SandboxLocked extends Error {
  readonly pid: number;

  constructor(pid: number, dir: string) {
    super(`The sandbox in ${dir} is already being served by process ${pid}.`);
    this.name = 'SandboxLocked';
    this.pid = pid;
  }
}

const fileOf = (dir: string): string => join(dir, 'lock');

/** What a lock names its holder by: a process id alone would be mistaken for whoever is given the number next. */
const markOf = (pid: number): string => `${pid} ${startOf(pid) ?? ''}`.trimEnd();

/** When a process was started, in the kernel's ticks; undefined where there is no /proc to ask. */
const startOf = (pid: number): string | undefined => statOf(pid)[19];

/** What the kernel tells of a process, from its state on. */
const statOf = (pid: number): readonly string[] => {
  try {
    // The field before, the program's name in parentheses, may hold spaces.
    return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
  } catch {
    return [];
  }
};

const readMark = (dir: string): string => {
  try {
    return readFileSync(fileOf(dir), 'utf8').trim();
  } catch (error) {
    // Its holder may give it back between any two looks at it.
    if (codeOf(error) === 'ENOENT') return '';
    throw error;
  }
};

/** Process id of the live process that holds a directory's lock; undefined where none does. */
export const lockHolder = (dir: string): number | undefined => liveHolder(readMark(dir));

const liveHolder = (mark: string): number | undefined => {
  const pid = Number(mark.split(' ')[0]);
  if (!Number.isInteger(pid) || pid <= 0 || !processAlive(pid)) return undefined;
  return mark === markOf(pid) ? pid : undefined;
};

/**
 * One process a sandbox directory. A lock whose process is gone was left by a kill and is taken over. Returns what gives it back.
 * The lock appears whole by a hard link: a file that is written in place could be read empty and taken for a dead one's.
 */
export const acquireLock = (dir: string): (() => void) => {
  const own = markOf(process.pid);
  const draft = `${fileOf(dir)}.${process.pid}.${randomUUID()}`;
  writeFileSync(draft, `${own}\n`, { mode: 0o600 });
  try {
    for (let attempt = 0; attempt < 5; attempt += 1) {
      if (linked(draft, fileOf(dir))) {
        return () => {
          if (readMark(dir) === own) rmSync(fileOf(dir), { force: true });
        };
      }
      const mark = readMark(dir);
      const holder = liveHolder(mark);
      if (holder !== undefined) throw new SandboxLocked(holder, dir);
      bury(dir, mark);
    }
  } finally {
    rmSync(draft, { force: true });
  }
  throw new SandboxLocked(lockHolder(dir) ?? 0, dir);
};

/** Takes a dead process's lock away; one that another start has put there meanwhile is given back. */
const bury = (dir: string, mark: string): void => {
  const grave = `${fileOf(dir)}.dead.${randomUUID()}`;
  try {
    renameSync(fileOf(dir), grave);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return;
    throw error;
  }
  if (readFileSync(grave, 'utf8').trim() !== mark) linked(grave, fileOf(dir));
  rmSync(grave, { force: true });
};

const linked = (from: string, to: string): boolean => {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
};

const codeOf = (error: unknown): unknown => (error instanceof Error && 'code' in error ? error.code : undefined);

/** Whether a process runs, be it ours or not. One that has ended and whose parent has not asked how does not. */
export const processAlive = (pid: number): boolean => {
  if (statOf(pid)[0] === 'Z') return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
};
