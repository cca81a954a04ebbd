import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { processAlive } from '../../src/sandbox/lock.ts';
import { sandboxStatus, startSandbox, stopSandbox } from '../../src/sandbox/start.ts';

const entry = [resolve(import.meta.dirname, '..', '..', 'bin', 'aks-ebpf-sentinel.js')];
const signal = new AbortController().signal;

const sandbox = (speed = 1000) => {
  const dir = mkdtempSync(join(tmpdir(), 'sandbox-'));
  onTestFinished(async () => {
    await stopSandbox(dir, signal);
    rmSync(dir, { recursive: true, force: true });
  });
  return {
    dir,
    start: () => startSandbox({ dir, execPath: process.execPath, entry, speed, env: process.env, signal }),
  };
};

const gone = async (pid: number): Promise<void> => {
  while (processAlive(pid)) await new Promise((done) => setTimeout(done, 20));
};

test('two starts at once end with one sandbox, a third finds it, a stop ends it', async () => {
  const { dir, start } = sandbox();
  const [one, two] = await Promise.all([start(), start()]);
  expect(one.pid).toBe(two.pid);
  expect((await start()).pid).toBe(one.pid);
  expect(one.pid).not.toBe(process.pid);
  expect(await stopSandbox(dir, signal)).toBe(true);
  await gone(one.pid);
  expect(existsSync(join(dir, 'lock'))).toBe(false);
  expect(await sandboxStatus(dir)).toBeUndefined();
  expect(await stopSandbox(dir, signal)).toBe(false);
});

test('a killed sandbox comes back under its old address and identity', async () => {
  const { dir, start } = sandbox();
  const first = await start();
  process.kill(first.pid, 'SIGKILL');
  await gone(first.pid);
  expect(await sandboxStatus(dir)).toBeUndefined();
  const second = await start();
  expect(second.pid).not.toBe(first.pid);
  expect({ ...second, pid: 0 }).toEqual({ ...first, pid: 0 });
});

test.skipIf(!existsSync('/proc/self/stat'))('a start waits for one that is on its way out', async () => {
  const { dir, start } = sandbox();
  const leaving = spawn(process.execPath, ['--eval', 'setTimeout(() => undefined, 1500)']);
  const { pid } = leaving;
  if (pid === undefined) throw new Error('no process');
  const ticks = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ')[19];
  writeFileSync(join(dir, 'lock'), `${pid} ${ticks}\n`);
  const started = await start();
  expect(started.pid).not.toBe(pid);
  expect(processAlive(pid)).toBe(false);
});

test('a start from a damaged memory says so in one sentence and leaves it as it is', async () => {
  const { dir, start } = sandbox();
  const file = join(dir, 'state.ndjson');
  writeFileSync(file, '["identity","identity"\n["a","b",1]\n');
  await expect(start()).rejects.toThrow(
    `The sandbox in ${dir} did not start: Line 1 of ${file} is damaged: move the folder ${dir} away to start with an empty sandbox.`,
  );
  expect(readFileSync(file, 'utf8')).toBe('["identity","identity"\n["a","b",1]\n');
});

test('a start that fails says what the process said', async () => {
  const { dir } = sandbox();
  const broken = startSandbox({
    dir,
    execPath: process.execPath,
    entry: ['--eval', 'throw new Error("no luck")'],
    env: process.env,
    signal,
  });
  await expect(broken).rejects.toThrow(/no luck/u);
});
