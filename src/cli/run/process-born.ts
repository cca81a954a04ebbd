import { readFileSync } from 'node:fs';

/** Field 22 of /proc/PID/stat, in clock ticks since boot; what stands before it can hold spaces, but only up to the last bracket. */
const bornOf = (pid: number): string | undefined => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return undefined;
  }
};

/** Whether a process of this machine is alive, and when it was born where the system tells. */
export const processBorn = (pid: number): { readonly alive: boolean; readonly born: string | undefined } => {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: it lives, but belongs to somebody else.
    if (!(error instanceof Error && 'code' in error && error.code === 'EPERM'))
      return { alive: false, born: undefined };
  }
  return { alive: true, born: bornOf(pid) };
};
