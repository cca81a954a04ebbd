import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
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
const startOf = (pid: number): string | undefined => {
  try {
    // The second field, the program's name in parentheses, may hold spaces.
    return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ')[19];
  } catch {
    return undefined;
  }
};

const readMark = (dir: string): string => (existsSync(fileOf(dir)) ? readFileSync(fileOf(dir), 'utf8').trim() : '');

/** Process id of the live process that holds a directory's lock; undefined where none does. */
export const lockHolder = (dir: string): number | undefined => {
  const mark = readMark(dir);
  const pid = Number(mark.split(' ')[0]);
  if (!Number.isInteger(pid) || pid <= 0 || !processAlive(pid)) return undefined;
  return mark === markOf(pid) ? pid : undefined;
};

/** One process a sandbox directory. A lock whose process is gone was left by a kill and is taken over. Returns what gives it back. */
export const acquireLock = (dir: string): (() => void) => {
  const own = markOf(process.pid);
  for (let attempt = 0; attempt < 3; attempt += 1) {
    try {
      writeFileSync(fileOf(dir), `${own}\n`, { flag: 'wx', mode: 0o600 });
      return () => {
        if (readMark(dir) === own) rmSync(fileOf(dir), { force: true });
      };
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    }
    const holder = lockHolder(dir);
    if (holder !== undefined) throw new SandboxLocked(holder, dir);
    rmSync(fileOf(dir), { force: true });
  }
  throw new SandboxLocked(lockHolder(dir) ?? 0, dir);
};

/** Whether a process exists, be it ours or not. */
export const processAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
};
