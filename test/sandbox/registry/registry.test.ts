import { mkdirSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createRegistry } from '../../../src/sandbox/registry/registry.ts';
import { haveRealCharts, userCache } from '../../support/real-charts.ts';
import { runRegistry } from '../../support/registry.ts';
import { scratch } from '../../support/scratch.ts';

interface Answer {
  readonly status: number;
  readonly headers: Record<string, string | string[] | undefined>;
  readonly body: string;
}

async function world(): Promise<(method: string, path: string) => Promise<Answer>> {
  const { host, caFile } = await runRegistry(scratch());
  const ca = readFileSync(caFile);
  return (method, path) =>
    new Promise((resolve, reject) => {
      request(`https://${host}${path}`, { method, ca, agent: false }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            body: Buffer.concat(chunks).toString(),
          }),
        );
      })
        .on('error', reject)
        .end();
    });
}

test('says that it speaks the distribution API', async () => {
  const ask = await world();
  const { status, headers } = await ask('GET', '/v2/');
  expect([status, headers['docker-distribution-api-version']]).toEqual([200, 'registry/2.0']);
});

test('gives a manifest by tag and by digest, and its blobs by theirs', async () => {
  const ask = await world();
  const [tag] = (JSON.parse((await ask('GET', '/v2/charts/cilium/tags/list')).body) as { tags: string[] }).tags;
  const manifest = await ask('GET', `/v2/charts/cilium/manifests/${tag ?? ''}`);
  const digest = String(manifest.headers['docker-content-digest']);
  expect(manifest.headers['content-type']).toBe('application/vnd.oci.image.manifest.v1+json');
  expect((await ask('GET', `/v2/charts/cilium/manifests/${digest}`)).body).toBe(manifest.body);
  const { config, layers } = JSON.parse(manifest.body) as {
    config: { digest: string };
    layers: { digest: string; size: number }[];
  };
  expect(JSON.parse((await ask('GET', `/v2/charts/cilium/blobs/${config.digest}`)).body)).toMatchObject({
    name: 'cilium',
    version: tag,
  });
  const head = await ask('HEAD', `/v2/charts/cilium/blobs/${layers[0]?.digest ?? ''}`);
  expect([head.status, head.body, Number(head.headers['content-length'])]).toEqual([200, '', layers[0]?.size]);
});

test.each([
  ['GET', '/v2/charts/nginx/manifests/1.0.0', 404, 'NAME_UNKNOWN'],
  ['GET', '/v2/charts/cilium/manifests/0.0.1', 404, 'MANIFEST_UNKNOWN'],
  ['GET', `/v2/charts/cilium/blobs/sha256:${'0'.repeat(64)}`, 404, 'BLOB_UNKNOWN'],
  ['PUT', '/v2/charts/cilium/manifests/1.0.0', 405, 'UNSUPPORTED'],
  ['GET', '/v2/charts/cilium/tags/other', 404, 'UNSUPPORTED'],
])('answers %s %s with %i and %s', async (method, path, status, code) => {
  const answer = await (await world())(method, path);
  expect(answer.status).toBe(status);
  expect(JSON.parse(answer.body)).toMatchObject({ errors: [{ code }] });
});

test('serves stand-ins that call themselves so, with the same bytes every time', async () => {
  const [one, two] = [await createRegistry({ cacheDir: scratch() }), await createRegistry({ cacheDir: scratch() })];
  expect(one.charts).toEqual(two.charts);
  expect(one.charts.cilium).toMatchObject({ repository: 'charts/cilium', version: '1.20.0-standin.1' });
  expect(one.charts.tetragon.version).toBe('1.7.0-standin.1');
  expect(one.notes).toEqual([
    expect.stringContaining('cilium 1.20.0-standin.1 and tetragon 1.7.0-standin.1 are stand-ins'),
  ]);
});

test('never takes a file from the cache whose digest is not the upstream one', async () => {
  const cacheDir = scratch();
  mkdirSync(join(cacheDir, 'charts'));
  writeFileSync(join(cacheDir, 'charts/cilium-1.20.0.tgz'), 'not a chart');
  expect((await createRegistry({ cacheDir })).charts.cilium.version).toBe('1.20.0-standin.1');
});

test('insists on the real charts where a folder is named', async () => {
  const charts = scratch();
  await expect(createRegistry({ cacheDir: charts, charts })).rejects.toThrow(/holds no cilium-1\.20\.0\.tgz/);
  writeFileSync(join(charts, 'cilium-1.20.0.tgz'), 'not a chart');
  await expect(createRegistry({ cacheDir: charts, charts })).rejects.toThrow(
    /cilium-1\.20\.0\.tgz has sha256 [0-9a-f]{64}, not c5f01391/,
  );
});

describe.skipIf(!haveRealCharts)('with the real charts', () => {
  test('serves them from the cache and from a named folder, without a note', async () => {
    for (const options of [{ cacheDir: userCache }, { cacheDir: scratch(), charts: join(userCache, 'charts') }]) {
      const { charts, notes } = await createRegistry(options);
      expect([charts.cilium.version, charts.tetragon.version, notes]).toEqual(['1.20.0', '1.7.0', []]);
    }
  });
});
