import { closeSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type Disk, nodeDisk, writeWhole } from '../../src/engine/disk.ts';
import { scratch } from '../support/scratch.ts';

const mode = (path: string): string => (statSync(path).mode & 0o777).toString(8);

test('folders are 0700 and files 0600: the journal holds signed URLs', () => {
  const folder = join(scratch(), 'a', 'b');
  nodeDisk.makeFolder(folder);
  expect(mode(folder)).toBe('700');
  const [appended, made] = [join(folder, 'journal'), join(folder, 'lock')];
  nodeDisk.close(nodeDisk.openAppend(appended));
  nodeDisk.close(nodeDisk.openNew(made) ?? -1);
  expect([mode(appended), mode(made)]).toEqual(['600', '600']);
  expect(() => nodeDisk.makeFolder(folder)).not.toThrow();
});

test('a new file is made once: who comes second is told', () => {
  const path = join(scratch(), 'lock');
  const file = nodeDisk.openNew(path);
  expect(file).toBeDefined();
  expect(nodeDisk.openNew(path)).toBeUndefined();
  nodeDisk.close(file ?? -1);
});

test('what does not exist reads as undefined, and is removed without a word', () => {
  const path = join(scratch(), 'none');
  expect([nodeDisk.read(path), nodeDisk.modified(path)]).toEqual([undefined, undefined]);
  expect(() => nodeDisk.remove(path)).not.toThrow();
});

test('what cannot be read for another reason is an error', () => {
  const folder = join(scratch(), 'folder');
  mkdirSync(folder);
  expect(() => nodeDisk.read(folder)).toThrow(/EISDIR/);
});

test('appending goes to the end, cutting keeps the beginning', () => {
  const path = join(scratch(), 'journal');
  writeFileSync(path, 'one\ntw');
  const file = nodeDisk.openAppend(path);
  nodeDisk.truncate(file, 4);
  writeWhole(nodeDisk, file, 'three\n');
  nodeDisk.sync(file);
  nodeDisk.close(file);
  expect(readFileSync(path, 'utf8')).toBe('one\nthree\n');
});

test('a disk that takes less than it was given is given the rest', () => {
  const path = join(scratch(), 'journal');
  const slow: Disk = { ...nodeDisk, write: (file, bytes) => nodeDisk.write(file, bytes.subarray(0, 3)) };
  const file = slow.openAppend(path);
  writeWhole(slow, file, 'größer als drei');
  closeSync(file);
  expect(readFileSync(path, 'utf8')).toBe('größer als drei');
});

test('a heartbeat is a time of change, a rename takes the name along', () => {
  const folder = scratch();
  const [from, to] = [join(folder, 'lock'), join(folder, 'lock.stale')];
  writeFileSync(from, '');
  nodeDisk.touch(from, 1_700_000_000_000);
  expect(nodeDisk.modified(from)).toBe(1_700_000_000_000);
  nodeDisk.rename(from, to);
  nodeDisk.syncFolder(folder);
  expect([existsSync(from), existsSync(to)]).toEqual([false, true]);
});
