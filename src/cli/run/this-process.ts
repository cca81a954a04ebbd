import { execFileSync } from 'node:child_process';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname, userInfo } from 'node:os';
import type { ThisProcess } from '../../engine/lock-holder.ts';

const orNothing = (read: () => string): string | undefined => {
  try {
    const text = read().trim();
    return text === '' ? undefined : text;
  } catch {
    return undefined;
  }
};

/**
 * Field 22 of /proc/PID/stat, in clock ticks since boot; what stands before it can hold spaces, but only up to the last bracket.
 * Where there is no /proc, `ps` tells to the second. Windows tells neither.
 */
const bornOf = (pid: number): string | undefined =>
  orNothing(() => {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  }) ??
  orNothing(() =>
    execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], {
      encoding: 'utf8',
      env: { ...process.env, LC_ALL: 'C' },
      stdio: ['ignore', 'pipe', 'ignore'],
    }),
  );

/** Whether a process of this machine is alive, and when it was born where the system tells. */
const processBorn: ThisProcess['processBorn'] = (pid) => {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: it lives, but belongs to somebody else.
    if (!(error instanceof Error && 'code' in error && error.code === 'EPERM'))
      return { alive: false, born: undefined };
  }
  return { alive: true, born: bornOf(pid) };
};

/** Process numbers mean something within one boot and one namespace: two containers may share a host name and a folder. */
const machine = (): string | undefined => {
  const boot = orNothing(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8'));
  const space = orNothing(() => readlinkSync('/proc/self/ns/pid'));
  return boot === undefined || space === undefined ? undefined : `${boot} ${space}`;
};

export const thisProcess = (pid: number): ThisProcess => ({
  pid,
  host: hostname(),
  user: orNothing(() => userInfo().username),
  machine: machine(),
  processBorn,
});
