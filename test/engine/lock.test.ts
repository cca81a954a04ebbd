import { fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { thisProcess } from '../../src/cli/run/this-process.ts';
import { systemClock } from '../../src/engine/clock.ts';
import { type Disk, nodeDisk } from '../../src/engine/disk.ts';
import { lockHolder, takeLock, type ThisProcess } from '../../src/engine/lock.ts';
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

test('a lock that is taken between the look and the taking is left alone', () => {
  const folder = scratch();
  const path = join(folder, 'lock');
  left(folder, { pid: 7, host: 'here', startedAt: 'earlier', born: '1' });
  const other = { pid: 43, host: 'here', startedAt: 'now', born: '100' };
  const openNew = (file: string): number | undefined => {
    // The right to replace the stale one is asked for; the other run has just used it.
    if (file.startsWith(`${path}.`)) writeFileSync(path, JSON.stringify(other));
    return nodeDisk.openNew(file);
  };
  expect(() => takeLock(folder, process42, { ...nodeDisk, openNew }, systemClock)).toThrow(/process 43/);
  expect(readdirSync(folder)).toEqual(['lock']);
  expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual(other);
});

test('a taker that died while it took a stale lock over does not keep the next one from it', () => {
  const folder = scratch();
  left(folder, { pid: 7, host: 'here', startedAt: 'earlier', born: '1' });
  let gone = false;
  const rename = (): never => {
    gone = true;
    throw new Error('killed');
  };
  const remove = (path: string): void => (gone ? undefined : nodeDisk.remove(path));
  const dead: ThisProcess = { ...process42, pid: 8 };
  expect(() => takeLock(folder, dead, { ...nodeDisk, rename, remove }, systemClock)).toThrow('killed');
  const me: ThisProcess = { ...process42, processBorn: (pid) => ({ alive: pid === 42, born: '100' }) };
  take(folder, me).release();
  expect(existsSync(join(folder, 'lock'))).toBe(false);
});

test('a taker that died before it had written who it is leaves no lock', () => {
  const folder = scratch();
  const write = (): never => {
    throw new Error('killed');
  };
  expect(() => takeLock(folder, process42, { ...nodeDisk, write, remove: () => {} }, systemClock)).toThrow('killed');
  take(folder, { ...process42, pid: 43 }).release();
});

test('where a file can have one name alone the lock is made in its place', () => {
  const folder = scratch();
  const disk: Disk = { ...nodeDisk, link: () => undefined };
  const lock = takeLock(folder, process42, disk, systemClock);
  expect(readdirSync(folder)).toEqual(['lock']);
  expect(() => takeLock(folder, { ...process42, pid: 43 }, disk, systemClock)).toThrow(/process 42/);
  lock.release();
});

test('names the user, too', () => {
  const folder = scratch();
  const lock = take(folder, { ...process42, user: 'ada' });
  expect(() => take(folder, { ...process42, pid: 43 })).toThrow(/process 42 of ada on here, since 20/);
  lock.release();
});

describe('two machines that share a folder', () => {
  const one: ThisProcess = { ...process42, machine: 'boot-1' };
  const other: ThisProcess = { ...process42, pid: 43, machine: 'boot-2', user: 'bob' };
  const sleeps = (folder: string, ms: number): void => {
    const at = (Date.now() - ms) / 1000;
    utimesSync(join(folder, 'lock'), at, at);
  };

  test('are told apart though they are called the same: process numbers of one mean nothing on the other', () => {
    const folder = scratch();
    const lock = take(folder, one);
    const sawNobody: ThisProcess = { ...other, processBorn: () => ({ alive: false, born: undefined }) };
    expect(() => take(folder, sawNobody)).toThrow(/process 42 on here/);
    lock.release();
  });

  test('one that slept while the other took over finds out before it writes, and leaves the lock alone', () => {
    const folder = scratch();
    const asleep = take(folder, one);
    asleep.check();
    sleeps(folder, 90_000);
    const taker = take(folder, other);
    expect(() => asleep.check()).toThrow(/another one took the deployment over: process 43 of bob on here, since 20/);
    expect(asleep.lost.aborted).toBe(true);
    asleep.release();
    taker.check();
    expect(lockHolder(folder, other, nodeDisk, systemClock)).toMatchObject({ pid: 43, user: 'bob', here: true });
    taker.release();
    expect(readdirSync(folder)).toEqual([]);
  });

  test('a process of this machine that is stopped is not gone, however long its heart has not beaten', () => {
    const folder = scratch();
    const lock = take(folder, one);
    sleeps(folder, 3_600_000);
    expect(() => take(folder, { ...one, pid: 44 })).toThrow(/process 42/);
    lock.release();
  });

  test('where births cannot be asked for, the heart decides: a number alone is no proof', () => {
    const folder = scratch();
    const blind: ThisProcess = { ...process42, processBorn: () => ({ alive: true, born: undefined }) };
    left(folder, { pid: 7, host: 'here', startedAt: 'earlier' }, 20_000);
    expect(() => take(folder, blind)).toThrow(/process 7/);
    left(folder, { pid: 7, host: 'here', startedAt: 'earlier' }, 90_000);
    take(folder, blind).release();
  });

  test('clocks that do not agree change nothing: the file system’s own counts', () => {
    const folder = scratch();
    const lock = take(folder, one);
    const ahead = { ...systemClock, now: () => Date.now() + 3_600_000 };
    expect(() => takeLock(folder, other, nodeDisk, ahead)).toThrow(/process 42/);
    lock.release();
  });
});

test('of six processes that find one stale lock exactly one gets it, each time', async () => {
  const folder = scratch();
  const takers = Array.from({ length: 6 }, () => fork(join(import.meta.dirname, 'lock-taker.ts'), [folder]));
  const answers = (): Promise<readonly string[]> =>
    Promise.all(takers.map(async (taker) => String((await once(taker, 'message'))[0])));
  const all = async (order: string): Promise<readonly string[]> => {
    const answered = answers();
    for (const taker of takers) taker.send(order);
    return answered;
  };
  try {
    await answers();
    for (let round = 0; round < 20; round += 1) {
      left(folder, { ...thisProcess(process.pid), startedAt: `round ${round}`, born: 'long ago' });
      const got = await all('take');
      expect(got.filter((each) => each === 'got')).toHaveLength(1);
      expect(got.filter((each) => each !== 'got')).toEqual(Array.from({ length: 5 }, () => 'locked'));
      await all('release');
      expect(readdirSync(folder)).toEqual([]);
    }
  } finally {
    for (const taker of takers) taker.disconnect();
  }
});
