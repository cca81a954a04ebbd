import { expect, test } from 'vitest';
import { clusterBody, world } from '../../world.ts';
import type { World } from '../../world.ts';

const group = (sandbox: World): string => `${sandbox.subscription}/resourceGroups/rg`;
const groupUrl = (sandbox: World): string => `${group(sandbox)}?api-version=2025-04-01`;
const clusterUrl = (sandbox: World): string =>
  `${group(sandbox)}/providers/Microsoft.ContainerService/managedClusters/lab?api-version=2026-05-02-preview`;

const lab = async (): Promise<World> => {
  const sandbox = await world();
  await sandbox.register('Microsoft.ContainerService');
  await sandbox.request('PUT', groupUrl(sandbox), { body: { location: 'uksouth' } });
  return sandbox;
};

const create = (sandbox: World) => sandbox.request('PUT', clusterUrl(sandbox), { body: clusterBody() });
const fault = (sandbox: World, name: string, more: object = {}) =>
  sandbox.control('POST', '/faults', { name, ...more });

test('a PUT whose reply is lost has been carried out, and its repetition meets its own creation', async () => {
  const sandbox = await world();
  await fault(sandbox, 'duplicate-put');
  const put = () => sandbox.request('PUT', groupUrl(sandbox), { body: { location: 'uksouth' } });
  await expect(put()).rejects.toMatchObject({ code: 'ECONNRESET' });
  expect((await put()).status).toBe(200);
});

test('a gateway may give up on a write that is carried out all the same', async () => {
  const sandbox = await world();
  await fault(sandbox, 'error-after');
  const put = () => sandbox.request('PUT', groupUrl(sandbox), { body: { location: 'uksouth' } });
  expect(await put()).toMatchObject({ status: 504, body: { error: { code: 'GatewayTimeout' } } });
  expect((await put()).status).toBe(200);
});

test('what was just created is not found for some times, and what is in it is', async () => {
  const sandbox = await world();
  await fault(sandbox, 'created-then-not-found', { times: 2 });
  const put = await sandbox.request('PUT', groupUrl(sandbox), { body: { location: 'uksouth' } });
  expect(put.status).toBe(201);
  const inside = `${group(sandbox)}/resources?api-version=2025-04-01`;
  expect((await sandbox.request('GET', inside)).status).toBe(200);
  const seen = [];
  for (let i = 0; i < 3; i += 1) seen.push((await sandbox.request('GET', groupUrl(sandbox))).status);
  expect(seen).toEqual([404, 404, 200]);
});

test('an accepted write may answer with nothing but where its operation is', async () => {
  const sandbox = await lab();
  await fault(sandbox, 'empty-accepted');
  const accepted = await create(sandbox);
  expect(accepted).toMatchObject({ status: 202, text: '' });
  expect((await sandbox.request('GET', String(accepted.headers['azure-asyncoperation']))).status).toBe(200);
});

test('the header that leads to the operation may be missing', async () => {
  const sandbox = await lab();
  await fault(sandbox, 'operation-header-missing');
  const created = await create(sandbox);
  expect(created.status).toBe(201);
  expect(created.headers).not.toHaveProperty('azure-asyncoperation');
  await sandbox.until(clusterUrl(sandbox), ({ text }) => text.includes('"provisioningState":"Succeeded"'));
});

test('an operation URL can be longer than ARM makes it, and leads there only as it was given', async () => {
  const sandbox = await lab();
  const { body } = await fault(sandbox, 'long-operation-url', { length: 5000 });
  const url = String((await create(sandbox)).headers['azure-asyncoperation']);
  expect(url).toHaveLength(5000);
  expect((await sandbox.request('GET', url)).status).toBe(200);
  expect((await sandbox.request('GET', url.slice(0, 500))).status).toBe(403);
  await sandbox.control('DELETE', `/faults/${String(body['id'])}`);
});

test('ids come back in another casing than they were sent, until the fault is taken away', async () => {
  const sandbox = await lab();
  const { body } = await fault(sandbox, 'changed-casing', { path: '/managedClusters/' });
  const id = `${group(sandbox)}/providers/Microsoft.ContainerService/managedClusters/lab`;
  const odd = id.toLowerCase().replace('/resourcegroups/rg/', '/resourcegroups/RG/');
  expect(await create(sandbox)).toMatchObject({
    body: { id: odd, type: 'microsoft.containerservice/managedclusters' },
  });
  await sandbox.control('DELETE', `/faults/${String(body['id'])}`);
  const { body: plain } = await sandbox.request('GET', clusterUrl(sandbox));
  expect(plain['type']).toBe('Microsoft.ContainerService/ManagedClusters');
});

test('operations and resources may be in a state that nobody has heard of', async () => {
  const sandbox = await lab();
  const url = String((await create(sandbox)).headers['azure-asyncoperation']);
  await fault(sandbox, 'unknown-status', { status: 'Migrating' });
  await fault(sandbox, 'unknown-provisioning-state');
  expect(await sandbox.request('GET', url)).toMatchObject({ body: { status: 'Migrating' } });
  expect((await sandbox.request('GET', url)).body['status']).toMatch(/^(?:InProgress|Succeeded)$/u);
  expect(await sandbox.request('GET', clusterUrl(sandbox))).toMatchObject({
    body: { properties: { provisioningState: 'Reconfiguring' } },
  });
});

test('a body that comes in pieces is whole in the end', async () => {
  const sandbox = await lab();
  await fault(sandbox, 'slow-body', { seconds: 1, method: 'GET' });
  expect(await sandbox.request('GET', groupUrl(sandbox))).toMatchObject({ status: 200, body: { name: 'rg' } });
  expect((await sandbox.control('GET', '/requests')).text).toContain('"status":"slow"');
});
