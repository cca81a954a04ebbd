import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { world } from '../world.ts';

/** A subscription whose time nearly stands still: nothing is refilled while a test asks. */
const speed = 0.001;
const version = 'api-version=2022-12-01';

test('every answer tells what the caller and what everybody has left', async () => {
  const sandbox = await world({ speed });
  const first = await sandbox.request('GET', `${sandbox.subscription}?${version}`);
  expect(first.headers).toMatchObject({
    'x-ms-ratelimit-remaining-subscription-reads': '249',
    'x-ms-ratelimit-remaining-subscription-global-reads': '3749',
  });
  const path = `${sandbox.subscription}/resourcegroups/rg?api-version=2025-04-01`;
  const put = await sandbox.request('PUT', path, { body: { location: 'uksouth' } });
  expect(put.headers).toMatchObject({ 'x-ms-ratelimit-remaining-subscription-writes': '199' });
  const removed = await sandbox.request('DELETE', path);
  expect(removed.headers).toMatchObject({ 'x-ms-ratelimit-remaining-subscription-deletes': '199' });
  const tenants = await sandbox.request('GET', `/tenants?${version}`);
  expect(tenants.headers).toMatchObject({ 'x-ms-ratelimit-remaining-tenant-reads': '249' });
});

test('who asks too often waits, over a restart too, and nobody else does', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'sandbox-buckets-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  const sandbox = await world({ dir, speed });
  const ask = (token?: string) =>
    sandbox.request('GET', `${sandbox.subscription}?${version}`, token === undefined ? {} : { token });
  for (let count = 0; count < 250; count += 50) await Promise.all(Array.from({ length: 50 }, () => ask()));
  const refused = await ask();
  expect(refused).toMatchObject({
    status: 429,
    body: {
      error: {
        code: 'SubscriptionRequestsThrottled',
        message: expect.stringMatching(
          /^Number of 'read' requests for subscription '[0-9a-f-]+' actor '[0-9a-f-]+' exceeded\. Please try again after '\d+' seconds/u,
        ),
      },
    },
  });
  expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
  const path = `${sandbox.subscription}/resourcegroups/rg?api-version=2025-04-01`;
  expect((await sandbox.request('PUT', path, { body: { location: 'uksouth' } })).status).toBe(201);
  expect(
    (
      await sandbox.control('POST', '/sabotage', {
        kind: 'arm-request',
        method: 'GET',
        path: `${sandbox.subscription}?${version}`,
      })
    ).status,
  ).toBe(200);
  await sandbox.stop();
  const again = await world({ dir, speed });
  expect((await again.request('GET', `${again.subscription}?${version}`)).status).toBe(429);
  await again.control('POST', '/reset');
  expect((await again.request('GET', `${again.subscription}?${version}`)).status).toBe(200);
});
