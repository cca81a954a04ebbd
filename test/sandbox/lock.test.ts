import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { acquireLock, lockHolder, processAlive } from '../../src/sandbox/lock.ts';

const scratch = (): string => {
  const dir = mkdtempSync(join(tmpdir(), 'lock-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
};

test('a folder is held by one, and leaves nothing behind when it is given back', () => {
  const dir = scratch();
  const release = acquireLock(dir);
  expect(lockHolder(dir)).toBe(process.pid);
  expect(statSync(join(dir, 'lock')).mode & 0o777).toBe(0o600);
  expect(() => acquireLock(dir)).toThrow(`already being served by process ${process.pid}`);
  expect(readdirSync(dir)).toEqual(['lock']);
  release();
  expect(readdirSync(dir)).toEqual([]);
});

test.skipIf(!existsSync('/proc/self/stat'))(
  'a process that has ended holds nothing, though its parent has not noticed',
  async () => {
    // The shell becomes a sleeper that never asks after the child it had.
    const parent = spawn('sh', ['-c', 'sleep 0.3 & echo $!; exec sleep 30'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    onTestFinished(() => void parent.kill());
    const pid = await new Promise<number>((resolve) =>
      parent.stdout.on('data', (text: Buffer) => resolve(Number(text))),
    );
    await expect.poll(() => processAlive(pid)).toBe(false);
    expect(() => process.kill(pid, 0)).not.toThrow();
  },
);

test.each([
  ['a process that is gone', '999999999 1'],
  ['a number that another process has been given since', `${process.pid} 1`],
  ['nobody, as after a kill in the middle of writing', ''],
])('what was left by %s is taken over', (_who, mark) => {
  const dir = scratch();
  writeFileSync(join(dir, 'lock'), mark);
  expect(lockHolder(dir)).toBeUndefined();
  acquireLock(dir);
  expect(lockHolder(dir)).toBe(process.pid);
  expect(readdirSync(dir)).toEqual(['lock']);
});
