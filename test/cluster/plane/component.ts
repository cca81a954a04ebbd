import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** One program of the control plane, in a process of its own. */
export interface Component {
  readonly name: string;
  readonly pid: number;
  /** Undefined while it runs; how it ended, with the end of its log. */
  ended(): string | undefined;
  stop(): Promise<void>;
}

const tailLines = 15;
const patienceMs = 5_000;

/**
 * Starts a program out of reach of the terminal's signals, whose standard input is a pipe from us: each of ours ends
 * when that closes, so that none outlives this process, however that dies.
 */
export const startComponent = (name: string, file: string, args: readonly string[], logFile: string): Component => {
  const log = openSync(logFile, 'w', 0o600);
  const child = spawn(file, args, { stdio: ['pipe', log, log], detached: true });
  closeSync(log);
  let failure: string | undefined;
  const exited = new Promise<void>((done) => {
    child.on('error', (error) => {
      failure = error.message;
      done();
    });
    child.on('exit', (code, signal) => {
      failure = `ended with ${signal ?? `exit code ${code}`}`;
      done();
    });
  });
  // What it holds open is no reason for this process to stay.
  child.unref();
  const leash = child.stdin as Socket;
  leash.on('error', () => {});
  leash.unref();
  return {
    name,
    pid: child.pid ?? 0,
    ended: () => (failure === undefined ? undefined : `${name} ${failure}; the end of ${logFile}:\n${tail(logFile)}`),
    async stop() {
      if (failure !== undefined) return;
      child.ref();
      child.kill('SIGTERM');
      const late = new AbortController();
      const killed = sleep(patienceMs, undefined, { signal: late.signal }).then(
        () => void child.kill('SIGKILL'),
        () => {},
      );
      await exited;
      late.abort();
      await killed;
    },
  };
};

/** A panic's reason stands above its stack, which may be long. */
const tail = (file: string): string => {
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
  const panic = lines.findLastIndex((line) => line.startsWith('panic: '));
  return (panic < 0 ? lines.slice(-tailLines) : lines.slice(panic, panic + tailLines)).join('\n');
};

/** Asks again and again until it is so; throws with what is missing, or with a component that ended meanwhile. */
export const until = async (
  what: string,
  components: readonly Component[],
  limitMs: number,
  holds: () => Promise<boolean>,
): Promise<void> => {
  const end = Date.now() + limitMs;
  for (let why: unknown; ;) {
    const dead = components.map((component) => component.ended()).find((text) => text !== undefined);
    if (dead !== undefined) throw new Error(dead);
    try {
      if (await holds()) return;
      why = undefined;
    } catch (error) {
      why = error;
    }
    if (Date.now() > end) throw new Error(`${what}: not so after ${limitMs / 1000} s`, { cause: why });
    await sleep(100);
  }
};
