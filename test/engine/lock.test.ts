import { existsSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { systemClock } from '../../src/engine/clock.ts';
import { nodeDisk } from '../../src/engine/disk.ts';
import { takeLock, type ThisProcess } from '../../src/engine/lock.ts';
import { scratch } from '../support/engine-world.ts';

const process42: ThisProcess = { pid: 42, host: 'here', processBorn: () => ({ alive: true, born: '100' }) };
const take = (folder: string, me: ThisProcess = process42) => takeLock(folder, me, nodeDisk, systemClock);

const left = (folder: string, holder: object, ageMs = 0): void => {
  const path = join(folder, 'lock');
  writeFileSync(path, JSON.stringify(holder));
  const at = (Date.now() - ageMs) / 1000;
  utimesSync(path, at, at);
};

test('a second run is told who holds it, and since when', () => {
  const folder = scratch();
  const lock = take(folder);
  expect(() => take(folder, { ...process42, pid: 43 })).toThrow(/process 42 on here, since 20/);
  lock.release();
  take(folder, { ...process42, pid: 43 }).release();
});

test('a lock whose process is gone is nobody’s', () => {
  const folder = scratch();
  left(folder, { pid: 7, host: 'here', startedAt: 'earlier', born: '1' });
  const lock = take(folder, { ...process42, processBorn: (pid) => ({ alive: pid === 42, born: '100' }) });
  lock.release();
  expect(readdirSync(folder)).toEqual([]);
});

test('a new process with an old pid is not taken for the holder', () => {
  const folder = scratch();
  left(folder, { pid: 7, host: 'here', startedAt: 'earlier', born: '1' });
  take(folder).release();
  expect(existsSync(join(folder, 'lock'))).toBe(false);
});

test('a lock of another host holds as long as its heart beats', () => {
  const folder = scratch();
  left(folder, { pid: 7, host: 'elsewhere', startedAt: 'earlier', born: '1' }, 20_000);
  expect(() => take(folder)).toThrow(/process 7 on elsewhere/);
  left(folder, { pid: 7, host: 'elsewhere', startedAt: 'earlier', born: '1' }, 90_000);
  take(folder).release();
});

test('a lock that is just being written is respected', () => {
  const folder = scratch();
  writeFileSync(join(folder, 'lock'), '');
  expect(() => take(folder)).toThrow(/just starting/);
});

test('releases only its own lock', () => {
  const folder = scratch();
  const lock = take(folder);
  left(folder, { pid: 7, host: 'elsewhere', startedAt: 'now' });
  lock.release();
  expect(existsSync(join(folder, 'lock'))).toBe(true);
});

test('a lock that another run is just writing when the stale one is moved is given back', () => {
  const folder = scratch();
  left(folder, { pid: 7, host: 'here', startedAt: 'earlier', born: '1' });
  let moves = 0;
  const rename = (from: string, to: string): void => {
    // The other run was quicker: the stale lock is gone, and a new one stands there, still empty.
    if ((moves += 1) === 1) writeFileSync(from, '');
    nodeDisk.rename(from, to);
  };
  expect(() => takeLock(folder, process42, { ...nodeDisk, rename }, systemClock)).toThrow(/Another run/);
  expect(readdirSync(folder)).toEqual(['lock']);
});
