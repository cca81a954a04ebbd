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

/** State and start time as /proc/PID/stat has them; what stands before can hold spaces, but only up to the last bracket. */
const inProc = (pid: number): readonly string[] | undefined =>
  orNothing(() => readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1) ?? '')?.split(' ');

/** Where there is no /proc, `ps` tells the start to the second. Windows tells nothing. */
const byPs = (pid: number): string | undefined =>
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
  const [state, ...rest] = inProc(pid) ?? [];
  // A container whose first process buries nobody keeps the dead on its list for ever.
  if (state === 'Z' || state === 'X') return { alive: false, born: undefined };
  // Field 22 of the line, in clock ticks since boot.
  return { alive: true, born: rest[18] ?? byPs(pid) };
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
