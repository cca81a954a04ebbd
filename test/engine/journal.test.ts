import { appendFileSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type Disk, nodeDisk } from '../../src/engine/disk.ts';
import { openJournal } from '../../src/engine/journal.ts';
import { scratch } from '../support/engine-world.ts';
import { fastClock } from '../support/virtual-clock.ts';

const open = (folder: string, disk: Disk = nodeDisk) => openJournal(folder, disk, fastClock());

test('keeps tokens until their step is done', () => {
  const folder = scratch();
  const first = open(folder);
  first.append({ type: 'step.token', step: 'cluster', token: 'operation-1' });
  first.append({ type: 'step.token', step: 'kube-proxy', token: 'operation-2' });
  first.append({ type: 'step.done', step: 'kube-proxy', ms: 10, changed: true });
  first.close();
  const second = open(folder);
  expect([second.token('cluster'), second.token('kube-proxy')]).toEqual(['operation-1', undefined]);
  expect(second.times('kube-proxy')).toEqual([10]);
  second.close();
});

test('is readable by its owner alone', () => {
  const folder = join(scratch(), 'state');
  open(folder).close();
  expect(statSync(folder).mode & 0o777).toBe(0o700);
  expect(statSync(join(folder, 'journal.ndjson')).mode & 0o777).toBe(0o600);
});

test('cuts off the torn line of a crash and goes on after it', () => {
  const folder = scratch();
  const first = open(folder);
  first.append({ type: 'step.token', step: 'cluster', token: 'operation-1' });
  first.close();
  appendFileSync(join(folder, 'journal.ndjson'), '{"v":1,"type":"step.tok');
  const second = open(folder);
  second.append({ type: 'step.token', step: 'nodes', token: 'operation-2' });
  second.close();
  const third = open(folder);
  expect([third.token('cluster'), third.token('nodes'), third.damagedLines]).toEqual(['operation-1', 'operation-2', 0]);
  third.close();
});

test('passes over a whole line that is damaged, and counts it', () => {
  const folder = scratch();
  writeFileSync(
    join(folder, 'journal.ndjson'),
    ['garbage', '{"v":1,"type":"step.token","step":"cluster","token":"operation-1"}', '42', ''].join('\n'),
  );
  const journal = open(folder);
  expect([journal.token('cluster'), journal.damagedLines]).toEqual(['operation-1', 2]);
  journal.close();
});

test('passes over records that a newer version of the same format wrote', () => {
  const folder = scratch();
  writeFileSync(join(folder, 'journal.ndjson'), '{"v":1,"type":"step.mood","step":"cluster"}\n');
  const journal = open(folder);
  expect(journal.damagedLines).toBe(0);
  journal.close();
});

test('refuses a journal of a newer format with one sentence', () => {
  const folder = scratch();
  writeFileSync(join(folder, 'journal.ndjson'), '{"v":3,"type":"run.started"}\n');
  expect(() => open(folder)).toThrow(/written by a newer aks-ebpf-sentinel \(journal version 3, this one reads 2\)/);
  expect(readFileSync(join(folder, 'journal.ndjson'), 'utf8')).toBe('{"v":3,"type":"run.started"}\n');
});

test('completes a write that the disk took only a part of', () => {
  const folder = scratch();
  const stingy: Disk = { ...nodeDisk, write: (file, bytes) => nodeDisk.write(file, bytes.subarray(0, 7)) };
  const journal = open(folder, stingy);
  journal.append({ type: 'step.token', step: 'cluster', token: 'operation-1' });
  journal.close();
  expect(JSON.parse(readFileSync(join(folder, 'journal.ndjson'), 'utf8'))).toMatchObject({ token: 'operation-1' });
});

test('a full disk is said in a sentence, and the half line that it leaves spoils no later record', () => {
  const folder = scratch();
  let room = Number.POSITIVE_INFINITY;
  const disk: Disk = {
    ...nodeDisk,
    write(file, bytes) {
      if (room <= 0) throw Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });
      const written = nodeDisk.write(file, bytes.subarray(0, Math.min(room, bytes.length)));
      room -= written;
      return written;
    },
  };
  const journal = open(folder, disk);
  room = 10;
  expect(() => journal.append({ type: 'step.token', step: 'cluster', token: 'operation-1' })).toThrow(
    expect.objectContaining({ kind: 'failed', code: 'journal-unwritable', message: expect.stringContaining('ENOSPC') }),
  );
  room = Number.POSITIVE_INFINITY;
  journal.append({ type: 'step.token', step: 'nodes', token: 'operation-2' });
  journal.close();
  const again = open(folder);
  expect([again.token('nodes'), again.damagedLines]).toEqual(['operation-2', 1]);
  again.close();
});

test('what somebody edited into something else is no token', () => {
  const folder = scratch();
  writeFileSync(join(folder, 'journal.ndjson'), '{"v":1,"type":"step.token","step":"cluster","token":42}\n');
  const journal = open(folder);
  expect(journal.token('cluster')).toBeUndefined();
  journal.close();
});

test('one that was copied here open to all is for its owner alone from then on', () => {
  const folder = scratch();
  writeFileSync(join(folder, 'journal.ndjson'), '', { mode: 0o644 });
  open(folder).close();
  expect(statSync(join(folder, 'journal.ndjson')).mode & 0o777).toBe(0o600);
});

test('bytes that are no text spoil their own line and no other', () => {
  const folder = scratch();
  const token = '{"v":1,"type":"step.token","step":"cluster","token":"operation-1"}\n';
  const bytes = [Buffer.from('\u0000'), Buffer.from([0xff, 0xfe, 0x0a]), Buffer.from(token), Buffer.from('{"v":1,"ty')];
  writeFileSync(join(folder, 'journal.ndjson'), Buffer.concat(bytes));
  const first = open(folder);
  first.append({ type: 'step.token', step: 'nodes', token: 'operation-2' });
  first.close();
  const second = open(folder);
  expect([second.token('cluster'), second.token('nodes')]).toEqual(['operation-1', 'operation-2']);
  second.close();
});
