import { homedir } from 'node:os';
import { systemClock } from '../engine/clock.ts';
import type { Interrupts, Io } from './io.ts';

/** The real process as the command line sees it. */
export const processIo = (
  process: NodeJS.Process,
  signal: AbortSignal,
  packageRoot: string,
  version: string,
  interrupts?: Interrupts,
): Io => ({
  env: process.env,
  cwd: process.cwd(),
  home: homedir(),
  platform: process.platform,
  execPath: process.execPath,
  pid: process.pid,
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  signal,
  interrupts,
  atExit: (act) => {
    process.once('exit', act);
    return () => process.off('exit', act);
  },
  clock: systemClock,
  packageRoot,
  version,
});
