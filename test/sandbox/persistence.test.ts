import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { CannotServe } from '../../src/sandbox/cannot-serve.ts';
import type { ClusterHost } from '../../src/sandbox/kubernetes/host.ts';
import { openStore } from '../../src/sandbox/store.ts';
import { clusterBody, world } from './world.ts';

const scratch = (): string => {
  const dir = mkdtempSync(join(tmpdir(), 'sandbox-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
};

test('what was stored is there again, and a torn last line is not', () => {
  const file = join(scratch(), 'state.ndjson');
  const first = openStore(file);
  first.collection<number>('a').set('x', 1);
  first.collection<number>('a').set('y', 2);
  first.collection<number>('a').delete('x');
  first.close();
  appendFileSync(file, '["a","z",3');
  const second = openStore(file);
  expect(second.collection<number>('a').entries()).toEqual([['y', 2]]);
  second.close();
});

test.each([
  ['cut text', '["a","x"'],
  ['other JSON', '5'],
  ['nothing', ''],
])('a journal with %s in its middle is not read as half a memory', (_what, damage) => {
  const dir = scratch();
  const file = join(dir, 'state.ndjson');
  writeFileSync(file, `["a","w",1]\n${damage}\n["a","y",2]\n`);
  expect(() => openStore(file)).toThrow(
    `Line 2 of ${file} is damaged: move the folder ${dir} away to start with an empty sandbox.`,
  );
  expect(readFileSync(file, 'utf8')).toContain('["a","y",2]');
});

test('a journal does not grow without end while it is written', () => {
  const file = join(scratch(), 'state.ndjson');
  const store = openStore(file);
  const values = store.collection<string>('a');
  const large = 'x'.repeat(1024 * 1024);
  for (let round = 0; round < 40; round += 1) values.set('same', `${large}${round}`);
  expect(statSync(file).size).toBeLessThan(20 * 1024 * 1024);
  store.close();
  expect(openStore(file).collection<string>('a').get('same')).toBe(`${large}39`);
});

test('what is still under way when a sandbox ends writes nothing any more', () => {
  const store = openStore(join(scratch(), 'state.ndjson'));
  const values = store.collection<number>('a');
  store.close();
  expect(() => values.set('x', 1)).toThrow('The sandbox has ended.');
});

test('a start that fails late leaves nothing open and can be done again', async () => {
  const dir = scratch();
  const first = await world({ dir });
  await first.register('Microsoft.ContainerService');
  await first.request('PUT', `${first.subscription}/resourcegroups/rg?api-version=2025-04-01`, {
    body: { location: 'uksouth' },
  });
  const path = `${first.subscription}/resourceGroups/rg/providers/Microsoft.ContainerService/managedClusters/lab?api-version=2026-03-02-preview`;
  await first.request('PUT', path, { body: clusterBody() });
  await first.until(path, ({ text }) => text.includes('"provisioningState":"Succeeded"'));
  await first.stop();
  const closed: string[] = [];
  const clusterHost: ClusterHost = {
    ensure: () => Promise.reject(new CannotServe('cluster.json is damaged')),
    kubeconfig: () => '',
    remove: () => Promise.resolve(),
    close: () => Promise.resolve(void closed.push('cluster host')),
  };
  await expect(world({ dir, clusterHost })).rejects.toThrow('cluster.json is damaged');
  expect(closed).toEqual(['cluster host']);
  expect((await world({ dir })).published.arm).toBe(first.published.arm);
});

test('after a restart everything has the address and the state it had, and what was due has happened', async () => {
  const dir = scratch();
  const first = await world({ dir });
  await first.register('Microsoft.ContainerService');
  await first.request('PUT', `${first.subscription}/resourcegroups/rg?api-version=2025-04-01`, {
    body: { location: 'uksouth' },
  });
  const path = `${first.subscription}/resourceGroups/rg/providers/Microsoft.ContainerService/managedClusters/lab?api-version=2026-03-02-preview`;
  const put = await first.request('PUT', path, { body: clusterBody() });
  expect(put.status).toBe(201);
  await first.stop();
  await new Promise((resolve) => setTimeout(resolve, 300));

  const second = await world({ dir });
  expect(second.published).toMatchObject({
    arm: first.published.arm,
    authority: first.published.authority,
    clientSecret: first.published.clientSecret,
  });
  expect(second.ca).toBe(first.ca);
  expect(await second.request('GET', put.headers['azure-asyncoperation'] ?? '')).toMatchObject({
    body: { status: 'Succeeded' },
  });
  expect(await second.request('GET', path)).toMatchObject({ body: { properties: { provisioningState: 'Succeeded' } } });
  expect(second.told.length).toBeGreaterThan(0);
});

test('an existing cluster is given to the Kubernetes side again', async () => {
  const dir = scratch();
  const first = await world({ dir });
  await first.register('Microsoft.ContainerService');
  await first.request('PUT', `${first.subscription}/resourcegroups/rg?api-version=2025-04-01`, {
    body: { location: 'uksouth' },
  });
  const path = `${first.subscription}/resourceGroups/rg/providers/Microsoft.ContainerService/managedClusters/lab?api-version=2026-03-02-preview`;
  await first.request('PUT', path, { body: clusterBody() });
  await first.until(path, ({ text }) => text.includes('"provisioningState":"Succeeded"'));
  await first.stop();
  const second = await world({ dir });
  expect(second.told).toMatchObject([{ name: 'lab', kubeProxy: false }]);
});

test('a directory is served once, and what it holds is only for its user', async () => {
  const dir = scratch();
  const first = await world({ dir });
  await expect(world({ dir })).rejects.toThrow(`already being served by process ${process.pid}`);
  const mode = (name: string) => (statSync(join(dir, name)).mode & 0o777).toString(8);
  expect([
    mode('.'),
    mode('profile.json'),
    mode('published.json'),
    mode('client-secret'),
    mode('state.ndjson'),
    mode('ca-key.pem'),
  ]).toEqual(['700', '600', '600', '600', '600', '600']);
  const profile = JSON.parse(readFileSync(join(dir, 'profile.json'), 'utf8')) as Record<string, unknown>;
  expect(profile).toMatchObject({
    armEndpoint: first.published.arm,
    armAudience: `${first.published.arm}/`,
    credential: { kind: 'client-secret', clientId: first.published.clientId },
    charts: { cilium: { reference: expect.stringMatching(/^oci:\/\/localhost:/u), sha256: expect.any(String) } },
  });
});

test('ends by itself when nobody asks anything', async () => {
  const sandbox = await world({ idleMs: 150 });
  await expect
    .poll(
      () =>
        sandbox.request('GET', '/subscriptions?api-version=2022-12-01').then(
          () => new Promise((resolve) => setTimeout(() => resolve('up'), 700)),
          () => 'down',
        ),
      { timeout: 10_000 },
    )
    .toBe('down');
});
