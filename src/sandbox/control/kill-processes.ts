import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** The processes of this machine, as far as killing goes. */
export interface Processes {
  /** Why this process may not be killed, in words; undefined where it may. */
  refusal(pid: number): string | undefined;
  /** What tells this process from a later one with the same number; undefined where it is gone. */
  born(pid: number): string | undefined;
  /** SIGKILLs it, with `tree` its descendants, too; returns those that it was sent to. */
  kill(pid: number, tree: boolean): readonly number[];
  /** Settles when they are gone, or have nothing left but a parent who has not asked for their exit code. */
  gone(pids: readonly number[]): Promise<void>;
}

interface Stat {
  readonly parent: number;
  readonly state: string;
  readonly born: string;
}

const hasProc = existsSync('/proc/self/stat');

/** The name of a program may hold blanks and brackets, so that fields count from the last bracket. */
const statOf = (pid: number): Stat | undefined => {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return { state: fields[0] ?? '', parent: Number(fields[1]), born: fields[19] ?? '' };
  } catch {
    return undefined;
  }
};

const answers = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
};

const send = (pid: number, signal: NodeJS.Signals): boolean => {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
};

const alive = (pid: number): boolean => {
  if (!hasProc) return answers(pid);
  const stat = statOf(pid);
  return stat !== undefined && stat.state !== 'Z' && stat.state !== 'X';
};

/** It and what descends from it, the eldest first; never this process, which a client may have started. */
const familyOf = (pid: number): readonly number[] => {
  const all = readdirSync('/proc')
    .map(Number)
    .filter((one) => Number.isInteger(one) && one !== process.pid);
  const parents = new Map(all.map((one) => [one, statOf(one)?.parent] as const));
  const family = [pid];
  for (const member of family)
    family.push(...all.filter((one) => parents.get(one) === member && !family.includes(one)));
  return family;
};

/** Nobody may have a child between the count and the kill: they are stopped first, until no new one shows. */
const killFamily = (pid: number): readonly number[] => {
  const stopped = new Set<number>();
  for (let family = familyOf(pid); family.some((one) => !stopped.has(one)); family = familyOf(pid)) {
    for (const one of family) {
      send(one, 'SIGSTOP');
      stopped.add(one);
    }
  }
  return [...stopped].filter((one) => send(one, 'SIGKILL'));
};

const ownUser = (pid: number): boolean => {
  if (!hasProc) return true;
  try {
    return statSync(`/proc/${pid}`).uid === process.getuid?.();
  } catch {
    return true;
  }
};

export const systemProcesses: Processes = {
  refusal(pid) {
    if (!Number.isSafeInteger(pid) || pid < 2) return `'pid' is a whole number above 1.`;
    if (pid === process.pid) return `${pid} is the sandbox itself.`;
    if (!alive(pid)) return `There is no process ${pid}.`;
    return ownUser(pid) ? undefined : `Process ${pid} is another user's.`;
  },
  born: (pid) => (hasProc ? statOf(pid)?.born : answers(pid) ? '' : undefined),
  kill(pid, tree) {
    if (tree && hasProc) return killFamily(pid);
    // A group of this number exists where the process leads one.
    if (tree) send(-pid, 'SIGKILL');
    return send(pid, 'SIGKILL') || tree ? [pid] : [];
  },
  async gone(pids) {
    for (let attempt = 0; attempt < 1000 && pids.some(alive); attempt += 1) await sleep(5);
  },
};
