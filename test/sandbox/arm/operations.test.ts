import { ContainerServiceClient, restorePoller } from '@azure/arm-containerservice';
import { ResourceManagementClient } from '@azure/arm-resources';
import { expect, test } from 'vitest';
import { wallClock } from '../../../src/sandbox/clock.ts';
import { clientOptions, clusterBody, world } from '../world.ts';

const groups = 'resourcegroups?api-version=2025-04-01';

test('an operation record is forgotten after a day of its own time, the resource is not', async () => {
  const wall = wallClock(2000);
  let later = 0;
  const sandbox = await world({ clock: { ...wall, now: () => wall.now() + later } });
  await sandbox.register('Microsoft.ContainerService');
  await sandbox.request('PUT', `${sandbox.subscription}/resourcegroups/rg?api-version=2025-04-01`, {
    body: { location: 'uksouth' },
  });
  const path = `${sandbox.subscription}/resourceGroups/rg/providers/Microsoft.ContainerService/managedClusters/lab?api-version=2026-03-02-preview`;
  const put = await sandbox.request('PUT', path, { body: clusterBody() });
  const operation = put.headers['azure-asyncoperation'] ?? '';
  await sandbox.until(operation, ({ body }) => body['status'] === 'Succeeded');
  later = (25 * 3_600_000) / 2000;
  expect(await sandbox.request('GET', operation)).toMatchObject({ status: 404, body: { code: 'NotFound' } });
  expect((await sandbox.request('GET', path)).status).toBe(200);
});

test("the SDK's poller of the day before meets an operation that nobody knows any more, and the cluster is there", async () => {
  const wall = wallClock(2000);
  let later = 0;
  const sandbox = await world({ clock: { ...wall, now: () => wall.now() + later } });
  await sandbox.register('Microsoft.ContainerService');
  await sandbox.request('PUT', `${sandbox.subscription}/resourcegroups/rg?api-version=2025-04-01`, {
    body: { location: 'uksouth' },
  });
  const { credential, published } = sandbox;
  const client = new ContainerServiceClient(credential, published.subscriptionId, clientOptions(sandbox));
  const { managedClusters } = client;
  const { networkProfile: _preview, ...properties } = clusterBody().properties;
  const poller = managedClusters.createOrUpdate(
    'rg',
    'lab',
    { ...clusterBody(), ...properties, networkProfile: { networkPlugin: 'none', podCidr: '10.100.0.0/18' } },
    { updateIntervalInMs: 20 },
  );
  await poller.submitted();
  const kept = await poller.serialize();
  const path = `${sandbox.subscription}/resourceGroups/rg/providers/Microsoft.ContainerService/managedClusters/lab?api-version=2026-05-01`;
  await sandbox.until(path, ({ text }) => text.includes('"kubeletidentity"'));
  later = (25 * 3_600_000) / 2000;
  const restored = restorePoller(client, kept, managedClusters.createOrUpdate, { updateIntervalInMs: 20 });
  await expect(restored.pollUntilDone()).rejects.toMatchObject({ statusCode: 404, code: 'NotFound' });
  expect((await managedClusters.get('rg', 'lab')).provisioningState).toBe('Succeeded');
});

test('long lists come in pages, which the SDK follows', async () => {
  const sandbox = await world();
  const names = Array.from({ length: 55 }, (_, index) => `rg-${String(index).padStart(2, '0')}`);
  for (const name of names) {
    await sandbox.request('PUT', `${sandbox.subscription}/resourcegroups/${name}?api-version=2025-04-01`, {
      body: { location: 'uksouth' },
    });
  }
  const first = await sandbox.request('GET', `${sandbox.subscription}/${groups}`);
  expect(first.body['value']).toHaveLength(10);
  expect(first.body['nextLink']).toContain('skiptoken=');
  const client = new ResourceManagementClient(
    sandbox.credential,
    sandbox.published.subscriptionId,
    clientOptions(sandbox),
  );
  const seen: (string | undefined)[] = [];
  for await (const group of client.resourceGroups.list()) seen.push(group.name);
  expect(seen).toEqual(names);
});

test('a stalled request is only ended by the client', async () => {
  const sandbox = await world();
  await sandbox.control('POST', '/faults', { name: 'stall', path: '/resourcegroups' });
  const client = new ResourceManagementClient(sandbox.credential, sandbox.published.subscriptionId, {
    ...clientOptions(sandbox),
    retryOptions: { maxRetries: 0 },
  });
  const asked = client.resourceGroups.get('rg', { abortSignal: AbortSignal.timeout(300) });
  await expect(asked).rejects.toMatchObject({ name: 'AbortError' });
  expect((await sandbox.control('GET', '/requests')).text).toContain('"status":"stall"');
});

test('the same DELETE again names the operation that already runs', async () => {
  const sandbox = await world({ speed: 100 });
  const path = `${sandbox.subscription}/resourcegroups/rg?api-version=2025-04-01`;
  await sandbox.request('PUT', path, { body: { location: 'uksouth' } });
  const [first, second] = [await sandbox.request('DELETE', path), await sandbox.request('DELETE', path)];
  expect(second.headers['location']).toBe(first.headers['location']);
  expect(await sandbox.request('PUT', path, { body: { location: 'uksouth' } })).toMatchObject({
    status: 409,
    body: { error: { code: 'ResourceGroupBeingDeleted' } },
  });
});
