import {
  chmodSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { writePrivateFile } from '../../../src/cli/run/private-file.ts';
import { writeWholeFile } from '../../../src/cli/run/whole-file.ts';
import { scratch } from '../../support/scratch.ts';

const mode = (path: string): number => statSync(path).mode & 0o777;

test('another file takes the place of the one that was: who reads that one reads all of it', async () => {
  const folder = scratch();
  const [path, old] = [join(folder, 'config.yaml'), join(folder, 'old')];
  writeFileSync(path, 'name: before\n');
  linkSync(path, old);
  await writeWholeFile(path, 'name: after\n');
  expect([readFileSync(path, 'utf8'), readFileSync(old, 'utf8')]).toEqual(['name: after\n', 'name: before\n']);
  expect(readdirSync(folder).toSorted()).toEqual(['config.yaml', 'old']);
});

test('what a killed run has left beside it is in nobody’s way', async () => {
  const path = join(scratch(), 'config.yaml');
  writeFileSync(`${path}.new`, 'na');
  await writeWholeFile(path, 'name: after\n');
  expect([readFileSync(path, 'utf8'), existsSync(`${path}.new`)]).toEqual(['name: after\n', false]);
});

test('a link stays a link, and the file keeps who may read it', async () => {
  const folder = scratch();
  const [path, link] = [join(folder, 'real.yaml'), join(folder, 'link.yaml')];
  writeFileSync(path, 'a');
  chmodSync(path, 0o640);
  symlinkSync(path, link);
  await writeWholeFile(link, 'b');
  expect([lstatSync(link).isSymbolicLink(), readFileSync(path, 'utf8'), mode(path)]).toEqual([true, 'b', 0o640]);
});

test('what cannot be written leaves what was there', async () => {
  const folder = scratch();
  const path = join(folder, 'config.yaml');
  writeFileSync(path, 'before');
  mkdirSync(join(folder, 'config.yaml.new'));
  await expect(writeWholeFile(path, 'after')).rejects.toThrow(/EISDIR/);
  expect(readFileSync(path, 'utf8')).toBe('before');
});

test('a device is written to', async () => {
  await writeWholeFile('/dev/null', 'x');
  expect(statSync('/dev/null').isFile()).toBe(false);
});

test('a secret is its owner’s alone, whoever could read what was there', async () => {
  const folder = scratch();
  const [made, open] = [join(folder, 'new'), join(folder, 'open')];
  writeFileSync(open, 'known');
  chmodSync(open, 0o644);
  for (const path of [made, open]) await writePrivateFile(path, 'secret');
  expect([made, open].map((path) => [mode(path), readFileSync(path, 'utf8')])).toEqual([
    [0o600, 'secret'],
    [0o600, 'secret'],
  ]);
});
