import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { thisProcess } from '../../../src/cli/run/this-process.ts';

const me = thisProcess(process.pid);

test('knows who it is, and when it was born', () => {
  expect(me.host).not.toBe('');
  expect(me.processBorn(process.pid)).toEqual({ alive: true, born: expect.stringMatching(/./) });
});

test('a process that ended is not alive', async () => {
  const child = spawn(process.execPath, ['--version'], { stdio: 'ignore' });
  await once(child, 'exit');
  expect(me.processBorn(child.pid ?? 0).alive).toBe(false);
});

test.skipIf(process.platform !== 'linux')('nor is one that ended and that nobody has buried', async () => {
  // The shell becomes a sleeper that never asks for its child, which ends no sooner: the child stays on the list, dead.
  const untilSleeper = 'until grep -q sleep /proc/$PPID/comm; do sleep 0.02; done';
  const shell = spawn('/bin/sh', ['-c', `sh -c '${untilSleeper}' & echo $!; exec sleep 60`], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  try {
    const [said] = (await once(shell.stdout, 'data')) as [Buffer];
    const pid = Number(said.toString('utf8').trim());
    await expect.poll(() => me.processBorn(pid).alive, { timeout: 20_000 }).toBe(false);
    expect(() => process.kill(pid, 0)).not.toThrow();
  } finally {
    shell.kill('SIGKILL');
  }
});
