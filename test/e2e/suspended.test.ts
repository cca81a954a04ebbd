import { readFileSync, utimesSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { systemClock } from '../../src/engine/clock.ts';
import { nodeDisk } from '../../src/engine/disk.ts';
import { takeLock, type ThisProcess } from '../../src/engine/lock.ts';
import { writes } from './cloud.ts';
import { goesOn, start, withCloud } from './under-way.ts';

/** A run on another machine that shares the folder; both are called the same, as two containers may be. */
const elsewhere: ThisProcess = {
  pid: 4711,
  host: hostname(),
  user: 'bob',
  machine: 'another boot',
  processBorn: () => ({ alive: false, born: undefined }),
};

test('a run that was suspended and wakes up after its lock was taken over ends with 7 and writes nothing more', () =>
  withCloud(async (cloud) => {
    const stateDir = join(cloud.folder, 'work', '.aks-ebpf-sentinel');
    const journal = (): string => readFileSync(join(stateDir, 'journal.ndjson'), 'utf8');
    const asleep = start(cloud, ['init']);
    await asleep.says(/"step.progress","step":"cluster"/);
    process.kill(asleep.pid, 'SIGSTOP');
    const lock = join(stateDir, 'lock');
    // Its heart beats four times a minute; a minute and a half of sleep is said, not waited.
    const then = Date.now() / 1000 - 90;
    utimesSync(lock, then, then);
    const taker = takeLock(stateDir, elsewhere, nodeDisk, systemClock);
    const [written, recorded] = [writes(await cloud.requests()).length, journal()];
    process.kill(asleep.pid, 'SIGCONT');
    const ended = await asleep.ended;
    expect(ended.stderr.replaceAll(/\s+/g, ' ')).toMatch(
      /While this run was stopped, another one took the deployment over: process 4711 of bob on \S+, since 20/,
    );
    expect(ended.code).toBe(7);
    expect(writes(await cloud.requests())).toHaveLength(written);
    expect(journal()).toBe(recorded);
    taker.check();
    taker.release();
    await goesOn(cloud);
  }));
