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

/** Process id of whoever holds the lock, dead or alive. */
export const lockHolder = (dir: string): number | undefined => {
  if (!existsSync(fileOf(dir))) return undefined;
  const pid = Number(readFileSync(fileOf(dir), 'utf8').trim());
  return Number.isInteger(pid) && pid > 0 ? pid : undefined;
};

/**
 * One process a sandbox directory. A lock whose process is gone was left by a kill and is taken over. Returns what gives it back.
 */
export const acquireLock = (dir: string, pid: number, isAlive: (pid: number) => boolean): (() => void) => {
  for (let attempt = 0; attempt < 3; attempt += 1) {
    try {
      writeFileSync(fileOf(dir), `${pid}\n`, { flag: 'wx', mode: 0o600 });
      return () => {
        if (lockHolder(dir) === pid) rmSync(fileOf(dir), { force: true });
      };
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    }
    const holder = lockHolder(dir);
    if (holder !== undefined && holder !== pid && isAlive(holder)) throw new SandboxLocked(holder, dir);
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
