import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { nodeDisk, type Disk } from '../../src/engine/disk.ts';
import { openJournal } from '../../src/engine/journal.ts';
import { takeLock, type ThisProcess } from '../../src/engine/lock.ts';
import { scratch } from '../support/scratch.ts';
import { fastClock } from '../support/virtual-clock.ts';
import { Dead, type Death, deaths, dyingDisk } from './dying-disk.ts';

const steps = ['group', 'workspace', 'cluster'];

/** Processes of one machine, of which the last is alive. */
const machine = () => {
  let pids = 100;
  const me = (): ThisProcess => {
    const pid = (pids += 1);
    return {
      pid,
      host: 'here',
      machine: 'one',
      processBorn: (other) => ({ alive: other === pids, born: String(other) }),
    };
  };
  return me;
};

/** A run as the engine makes one: a lock, a journal, and for each step that is not there yet a token and that it is done. */
const run = (folder: string, me: ThisProcess, disk: Disk, acked: Set<string>): void => {
  const clock = fastClock();
  const lock = takeLock(folder, me, disk, clock);
  const journal = openJournal(folder, disk, clock, lock.check);
  try {
    for (const step of steps) {
      journal.append({ type: 'step.token', step, token: `operation-${step}` });
      acked.add(step);
    }
  } finally {
    journal.close();
    lock.release();
  }
};

/** Dies at the n-th call; true where it came to that. */
const dies = (folder: string, me: ThisProcess, at: number, death: Death, acked: Set<string>): boolean => {
  const { disk, isDead } = dyingDisk(nodeDisk, at, death);
  try {
    run(folder, me, disk, acked);
  } catch (error) {
    if (!(error instanceof Dead) && !isDead()) throw error;
  }
  return isDead();
};

const isWell = (folder: string, acked: ReadonlySet<string>, me: ThisProcess): void => {
  const before = openJournal(folder, nodeDisk, fastClock());
  // What a call had returned for is there, and a torn line is nobody's record.
  expect([...acked].filter((step) => before.token(step) !== `operation-${step}`)).toEqual([]);
  expect(before.damagedLines).toBe(0);
  before.close();
  const done = new Set<string>();
  run(folder, me, nodeDisk, done);
  expect([...done]).toEqual(steps);
  const text = readFileSync(join(folder, 'journal.ndjson'), 'utf8');
  expect(text.endsWith('\n')).toBe(true);
  for (const line of text.trimEnd().split('\n')) expect(() => void JSON.parse(line)).not.toThrow();
  for (const file of readdirSync(folder)) expect([file, statSync(join(folder, file)).mode & 0o077]).toEqual([file, 0]);
  // What a dead process had put aside may stay; the lock does not.
  expect(readdirSync(folder)).not.toContain('lock');
};

describe.each(deaths)('a run that dies %s one of its writes, syncs and renames', (death) => {
  test('on a fresh folder: what was acknowledged is there, and the next run goes on', () => {
    let points = 0;
    for (let at = 1; ; at += 1) {
      const [folder, me, acked] = [join(scratch(), 'state'), machine(), new Set<string>()];
      if (!dies(folder, me(), at, death, acked)) break;
      points += 1;
      isWell(folder, acked, me());
    }
    expect(points).toBeGreaterThan(12);
  });

  test('and so does the run after it, at each of its own: a lock of the dead is taken over, and what the first one had stays', () => {
    let points = 0;
    for (let at = 1; ; at += 1) {
      const [folder, me, acked] = [join(scratch(), 'state'), machine(), new Set<string>()];
      // In the middle of its second record, with its lock in place.
      expect(dies(folder, me(), 8, 'half', acked)).toBe(true);
      if (!dies(folder, me(), at, death, acked)) break;
      points += 1;
      isWell(folder, acked, me());
    }
    expect(points).toBeGreaterThan(20);
  });
});
