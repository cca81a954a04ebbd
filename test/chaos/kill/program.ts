import { type ChildProcess, spawn } from 'node:child_process';
import { type Cloud, type Ended, type Event, eventsOf, root } from '../../e2e/cloud.ts';
import { join } from 'node:path';

export type Command = 'init' | 'down';

/** What is put to the test: the command line, or its naive twin. */
export interface Program {
  readonly name: string;
  /** It finds again from its config alone what it made, and reaches into the cluster; a twin does neither, and is not asked to. */
  readonly whole: boolean;
  /** Arguments of Node. */
  readonly argv: (command: Command, cloud: Cloud, stateDir: string) => readonly string[];
}

/** The command line of a checkout, as a user runs it. */
export const commandLine = (checkout = root): Program => ({
  name: 'aks-ebpf-sentinel',
  whole: true,
  argv: (command, { sandboxDir }, stateDir) => [
    join(checkout, 'bin', 'aks-ebpf-sentinel.js'),
    command,
    '--yes',
    '--output',
    'ndjson',
    '--sandbox',
    '--sandbox-dir',
    sandboxDir,
    '--state-dir',
    stateDir,
  ],
});

/** A program that knows only a cloud profile and a state directory. */
export const plainProgram = (name: string, file: string): Program => ({
  name,
  whole: false,
  argv: (command, { sandboxDir }, stateDir) => [
    file,
    command,
    '--profile',
    join(sandboxDir, 'profile.json'),
    '--state-dir',
    stateDir,
  ],
});

export interface Run extends Ended {
  readonly command: Command;
  readonly events: readonly Event[];
  /** Neither ended nor was killed in time. */
  readonly hung: boolean;
}

export interface Started {
  readonly pid: number;
  /** Lets it begin: until then it is a shell that waits, under the same process number. */
  go(): void;
  readonly ended: Promise<Run>;
}

const watchdogMs = 180_000;

/** Starts a program that waits to be let go, so that an order to kill it is in force before its first request. */
export const startProgram = (program: Program, command: Command, cloud: Cloud, stateDir: string): Started => {
  const node = [process.execPath, ...program.argv(command, cloud, stateDir)];
  const child: ChildProcess = spawn('/bin/sh', ['-c', 'read go && exec "$@" < /dev/null', 'sh', ...node], {
    cwd: cloud.folder,
    env: { ...cloud.env },
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: true,
  });
  const { pid = 0 } = child;
  let [stdout, stderr, hung] = ['', '', false];
  child.stdout?.on('data', (chunk: Buffer) => (stdout += chunk.toString('utf8')));
  child.stderr?.on('data', (chunk: Buffer) => (stderr += chunk.toString('utf8')));
  child.stdin?.on('error', () => undefined);
  const watchdog = setTimeout(() => {
    hung = true;
    child.kill('SIGKILL');
  }, watchdogMs);
  const ended = new Promise<Run>((done) => {
    child.on('exit', (code, signal) => {
      clearTimeout(watchdog);
      // A helm that outlives its parent may hold the pipes open: what the parent wrote is in them already.
      setImmediate(() => {
        const run = { code, signal, stdout, stderr };
        done({ ...run, command, hung, events: eventsOf({ ...run, stdout: wholeLines(stdout) }) });
        child.stdout?.destroy();
        child.stderr?.destroy();
      });
    });
  });
  return { pid, go: () => child.stdin?.end('go\n'), ended };
};

/** A line that was being written when the kill came was shown to nobody. */
const wholeLines = (text: string): string => text.slice(0, text.lastIndexOf('\n') + 1);
