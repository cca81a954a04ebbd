import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { pinnedDigest } from '../../src/config/pins.ts';
import { createCharts, type ChartPin, type Charts } from '../../src/helm/charts.ts';

import { HelmError } from '../../src/helm/helm-error.ts';
import { listenForHelm } from '../../src/sandbox/registry/listen.ts';
import { serverIdentity } from '../../src/sandbox/server/certificates.ts';
import { helmAt, never } from '../support/helm.ts';
import { runRegistry } from '../support/registry.ts';
import { scratch } from '../support/scratch.ts';
import { tools } from '../support/tools.ts';

const { helm: helm4, helm3 } = await tools();
const zeros = '0'.repeat(64);

async function world(binary = helm4): Promise<{ charts: Charts; pin: ChartPin; folder: string; cached: string }> {
  const folder = scratch();
  const { pins, caFile } = await runRegistry(folder);
  const charts = createCharts({ cacheDir: folder, caFile, helm: helmAt(binary, folder) });
  return { charts, pin: { name: 'tetragon', ...pins.tetragon }, folder, cached: join(folder, 'charts') };
}

describe.each([
  ['helm 4', helm4],
  ['helm 3', helm3],
])('with %s', (_name, binary) => {
  test.skipIf(binary === undefined)('pulls a chart from an OCI registry with a CA of its own, once', async () => {
    const { charts, pin, cached } = await world(binary);
    expect(await charts.fetch(pin, never)).toEqual({ path: join(cached, `${pin.sha256}.tgz`), from: 'registry' });
    expect(await charts.fetch(pin, never)).toEqual({ path: join(cached, `${pin.sha256}.tgz`), from: 'cache' });
    expect(readdirSync(cached).sort()).toEqual([`${pin.sha256}.tgz`, `tetragon-${pin.version}.tgz`].sort());
  });

  test.skipIf(binary === undefined)('says which version the registry does not have', async () => {
    const { charts, pin } = await world(binary);
    await expect(charts.fetch({ ...pin, version: '9.9.9' }, never)).rejects.toMatchObject({
      reason: 'chart-pull',
      message: expect.stringMatching(/could not pull oci:\/\/localhost:\d+\/charts\/tetragon 9\.9\.9: .*not found/),
    });
  });
});

test('takes a chart from a repository and from an address of its .tgz, too', async () => {
  const { charts, pin, folder } = await world();
  const tgz = readFileSync((await charts.fetch(pin, never)).path);
  const index = {
    apiVersion: 'v1',
    entries: { tetragon: [{ name: 'tetragon', version: pin.version, urls: ['x.tgz'] }] },
  };
  const { caFile, server } = await serverIdentity(folder, [], Date.now());
  const listener = await listenForHelm({
    port: 0,
    identity: server,
    handle: (request, response) => void response.end(request.url?.endsWith('x.tgz') ? tgz : JSON.stringify(index)),
  });
  onTestFinished(() => listener.close());
  for (const address of [`https://${listener.host}`, `https://${listener.host}/x.tgz`]) {
    const fresh = createCharts({ cacheDir: join(scratch(), 'cache'), caFile, helm: helmAt(helm4, folder) });
    expect(await fresh.fetch({ ...pin, reference: address }, never)).toMatchObject({ from: 'registry' });
  }
});

test('refuses a pulled chart with another digest, names both, and keeps nothing', async () => {
  const { charts, pin, cached } = await world();
  const failure = charts.fetch({ ...pin, sha256: zeros }, never);
  await expect(failure).rejects.toMatchObject({ reason: 'chart-digest', code: 'chart-digest' });
  await expect(failure).rejects.toThrow(new RegExp(`has sha256 ${pin.sha256}, not the pinned ${zeros}`));
  expect(readdirSync(cached)).toEqual([]);
});

test('never uses a cached file with another digest: a fresh pull takes its place', async () => {
  const { charts, pin, cached } = await world();
  mkdirSync(cached);
  writeFileSync(join(cached, `tetragon-${pin.version}.tgz`), 'not a chart');
  const { path, from } = await charts.fetch(pin, never);
  expect([path, from]).toEqual([join(cached, `${pin.sha256}.tgz`), 'registry']);
  writeFileSync(path, 'tampered with');
  expect((await charts.fetch(pin, never)).from).toBe('registry');
  expect(readFileSync(path).length).toBeGreaterThan(1000);
});

test('names the bad file in the cache where there is nothing to replace it with', async () => {
  const folder = scratch();
  mkdirSync(join(folder, 'charts'));
  writeFileSync(join(folder, 'charts/cilium-1.20.0.tgz'), 'not a chart');
  const helm = { pull: () => Promise.reject(new HelmError('other', 'no network', '')) };
  const charts = createCharts({ cacheDir: folder, caFile: undefined, helm });
  const pin = { name: 'cilium', reference: 'oci://registry.invalid/cilium', version: '1.20.0', sha256: zeros };
  await expect(charts.fetch(pin, never)).rejects.toMatchObject({
    reason: 'chart-digest',
    message: expect.stringMatching(/cilium-1\.20\.0\.tgz has sha256 [0-9a-f]{64}, not the pinned 0{64}/),
    hint: expect.stringContaining('Delete it'),
  });
});

test('takes a local file without any registry, by its digest', async () => {
  const { charts, pin, folder } = await world();
  const { path } = await charts.fetch(pin, never);
  const local = createCharts({
    cacheDir: join(folder, 'other'),
    caFile: undefined,
    helm: helmAt('/nowhere/helm', folder),
  });
  expect(await local.fetch({ ...pin, reference: path }, never)).toEqual({ path, from: 'file' });
  await expect(local.fetch({ ...pin, reference: path, sha256: zeros }, never)).rejects.toThrow(/not the pinned 0{64}/);
  await expect(local.fetch({ ...pin, reference: join(folder, 'none.tgz') }, never)).rejects.toThrow(
    /none\.tgz does not exist/,
  );
});

test('knows the digests of the charts that were reviewed, and of no others', () => {
  expect(pinnedDigest('cilium', '1.19.6')).toMatch(/^21c43cf5/);
  expect(pinnedDigest('cilium', '1.20.1')).toBeUndefined();
});
