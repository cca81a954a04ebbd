import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { main } from '../../src/cli/main.ts';
import type { Io } from '../../src/cli/io.ts';

export interface Ran {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly cwd: string;
}

export const packageRoot = resolve(import.meta.dirname, '..', '..');

const now = Date.parse('2026-11-23T10:00:00.000Z');

/** The real main in a folder of its own, without a terminal unless the test says otherwise. */
export const run = async (argv: readonly string[], io: Partial<Io> = {}): Promise<Ran> => {
  const cwd = io.cwd ?? mkdtempSync(join(tmpdir(), 'cli-'));
  const [out, err]: [string[], string[]] = [[], []];
  const exitCode = await main(argv, {
    env: {},
    cwd,
    home: cwd,
    platform: 'linux',
    execPath: process.execPath,
    pid: 1,
    stdin: Readable.from([]),
    stdout: { write: (text) => out.push(text) },
    stderr: { write: (text) => err.push(text) },
    signal: new AbortController().signal,
    clock: { now: () => now, monotonic: () => 0, sleep: () => Promise.resolve(), after: () => () => {} },
    packageRoot,
    version: '1.2.3',
    ...io,
  });
  return { exitCode, stdout: out.join(''), stderr: err.join(''), cwd };
};
