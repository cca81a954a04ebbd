import { appendFileSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';

export interface LogFile {
  readonly path: string;
  /** Something was written: the path may be shown. */
  exists(): boolean;
  /** Makes no file from here on, where none was made yet. */
  refuse(): void;
  /** Synchronous, so that the last line before a kill is there. A disk that refuses must not stop a run: the log gives up silently. */
  write(line: string): void;
}

const stamp = (time: Date): string => time.toISOString().slice(0, 19).replaceAll(':', '-');

/** `<state>/logs/2026-11-23T10-04-05-<pid>.log`, for the user alone; made with its first line. */
export const logFile = (stateDir: string, time: Date, pid: number): LogFile => {
  const path = join(stateDir, 'logs', `${stamp(time)}-${pid}.log`);
  let state: 'fresh' | 'open' | 'broken' = 'fresh';
  return {
    path,
    exists: () => state === 'open',
    refuse: () => {
      if (state === 'fresh') state = 'broken';
    },
    write: (line) => {
      if (state === 'broken') return;
      try {
        if (state === 'fresh') mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
        appendFileSync(path, `${line}\n`, { mode: 0o600 });
        state = 'open';
      } catch {
        state = 'broken';
      }
    },
  };
};
