import { ResourceManagementClient } from '@azure/arm-resources';
import { expect, test } from 'vitest';
import { clientOptions, clusterBody, world } from '../world.ts';

const group = 'resourcegroups/rg?api-version=2025-04-01';
const lines = (text: string) =>
  text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);

test('asks for its token', async () => {
  const sandbox = await world();
  expect((await sandbox.request('GET', `${sandbox.published.control}/requests`, { token: 'wrong' })).status).toBe(401);
});

test('tells what was asked, with bodies of writes and without secrets', async () => {
  const sandbox = await world();
  const body = { location: 'uksouth', tags: { owner: 'me', clientSecret: 'hunter2' } };
  await sandbox.request('PUT', `${sandbox.subscription}/${group}`, { body, headers: { 'user-agent': 'tester/1' } });
  const { text } = await sandbox.control('GET', '/requests');
  expect(text).not.toContain('hunter2');
  expect(text).not.toContain(sandbox.published.clientSecret);
  expect(lines(text)).toMatchObject([
    { service: 'authority', method: 'POST', status: 200 },
    {
      service: 'arm',
      client: 'tester/1',
      method: 'PUT',
      apiVersion: '2025-04-01',
      status: 201,
      body: { tags: { owner: 'me' } },
      bodyHash: expect.stringMatching(/^[0-9a-f]{64}$/u),
    },
  ]);
});

test('tells who asked under which conditions, and of a credential only what kind it is', async () => {
  const sandbox = await world();
  const headers = { 'if-none-match': '*', 'x-ms-correlation-request-id': 'abc' };
  await sandbox.control('POST', '/faults', { name: 'throttled', retryAfter: 7, method: 'PUT' });
  await sandbox.request('PUT', `${sandbox.subscription}/${group}`, { body: { location: 'uksouth' }, headers });
  const token = await sandbox.token(`${sandbox.published.arm}/.default`);
  const { text } = await sandbox.control('GET', '/requests');
  expect(text).not.toContain(token.split('.')[2]);
  const { body } = await sandbox.control('GET', '/principals');
  const [, own] = body['value'] as readonly { objectId: string }[];
  expect(lines(text).find(({ method }) => method === 'PUT')).toMatchObject({
    caller: own?.objectId,
    headers: { ...headers, authorization: 'Bearer (redacted)' },
    answered: { 'retry-after': '7' },
  });
});

test('faults happen as often as they are asked to, where they are asked to', async () => {
  const sandbox = await world();
  await sandbox.control('POST', '/faults', { name: 'throttled', retryAfter: 7, method: 'PUT', count: 2 });
  await sandbox.control('POST', '/faults', { name: 'http-500', status: 503, path: '/locations' });
  const put = () => sandbox.request('PUT', `${sandbox.subscription}/${group}`, { body: { location: 'uksouth' } });
  expect(await put()).toMatchObject({ status: 429, headers: { 'retry-after': '7' } });
  expect((await put()).status).toBe(429);
  expect((await put()).status).toBe(201);
  expect((await sandbox.request('GET', `${sandbox.subscription}/locations?api-version=2022-12-01`)).status).toBe(503);
  await sandbox.control('POST', '/faults', { name: 'throttled-without-header' });
  const bare = await put();
  expect(bare.status).toBe(429);
  expect(bare.headers).not.toHaveProperty('retry-after');
  expect(await sandbox.control('POST', '/faults', { name: 'nonsense' })).toMatchObject({ status: 400 });
});

test('a connection cut after a write leaves the write done', async () => {
  const sandbox = await world();
  const resources = new ResourceManagementClient(sandbox.credential, sandbox.published.subscriptionId, {
    ...clientOptions(sandbox),
    retryOptions: { maxRetries: 0 },
  });
  await sandbox.control('POST', '/faults', { name: 'reset-before', method: 'PUT' });
  await expect(resources.resourceGroups.createOrUpdate('rg', { location: 'uksouth' })).rejects.toMatchObject({
    code: 'ECONNRESET',
  });
  expect((await sandbox.request('GET', `${sandbox.subscription}/${group}`)).status).toBe(404);
  await sandbox.control('POST', '/faults', { name: 'reset-after', method: 'PUT' });
  await expect(resources.resourceGroups.createOrUpdate('rg', { location: 'uksouth' })).rejects.toMatchObject({
    code: 'ECONNRESET',
  });
  expect((await sandbox.request('GET', `${sandbox.subscription}/${group}`)).status).toBe(200);
});

test('sabotage changes the world behind the client', async () => {
  const sandbox = await world();
  await sandbox.register('Microsoft.OperationalInsights');
  await sandbox.request('PUT', `${sandbox.subscription}/${group}`, { body: { location: 'uksouth' } });
  const id = `${sandbox.subscription}/resourceGroups/rg/providers/Microsoft.OperationalInsights/workspaces/logs-lab`;
  const path = `${id}?api-version=2025-07-01`;
  await sandbox.request('PUT', path, { body: { location: 'uksouth' } });
  await sandbox.control('POST', '/sabotage', {
    kind: 'arm-property',
    id,
    path: 'properties.retentionInDays',
    value: 90,
  });
  expect(await sandbox.request('GET', path)).toMatchObject({ body: { properties: { retentionInDays: 90 } } });
  await sandbox.control('POST', '/sabotage', { kind: 'arm-delete', id });
  expect((await sandbox.request('GET', path)).status).toBe(404);
  expect((await sandbox.control('POST', '/sabotage', { kind: 'nonsense' })).status).toBe(400);
});

test('an answer may break off in its middle, and a replica may not have heard of what was just made', async () => {
  const sandbox = await world();
  const path = `${sandbox.subscription}/${group}`;
  await sandbox.control('POST', '/faults', { name: 'truncated', method: 'PUT' });
  await expect(sandbox.request('PUT', path, { body: { location: 'uksouth' } })).rejects.toMatchObject({
    code: 'ECONNRESET',
  });
  await sandbox.control('POST', '/faults', { name: 'not-found', method: 'GET', path: 'resourcegroups/rg' });
  expect((await sandbox.request('GET', path)).status).toBe(404);
  expect((await sandbox.request('GET', path)).status).toBe(200);
  const { text } = await sandbox.control('GET', '/requests');
  expect(lines(text)).toContainEqual(expect.objectContaining({ method: 'PUT', status: 'truncate' }));
});

test('a cluster that is deleted behind the client takes its Kubernetes and its nodes with it', async () => {
  const sandbox = await world();
  await sandbox.register('Microsoft.ContainerService');
  await sandbox.request('PUT', `${sandbox.subscription}/${group}`, { body: { location: 'uksouth' } });
  const id = `${sandbox.subscription}/resourceGroups/rg/providers/Microsoft.ContainerService/managedClusters/lab`;
  const path = `${id}?api-version=2026-03-02-preview`;
  await sandbox.request('PUT', path, { body: clusterBody() });
  await sandbox.until(path, ({ text }) => text.includes('"provisioningState":"Succeeded"'));
  await sandbox.control('POST', '/sabotage', { kind: 'arm-delete', id });
  expect(sandbox.told.at(-1)).toBe(`-${id}`);
  expect(await sandbox.control('GET', '/resources')).toMatchObject({ body: { groups: [{ name: 'rg' }] } });
  expect((await sandbox.control('POST', '/sabotage', { kind: 'arm-delete', id })).status).toBe(404);
});

test('a reset forgets who asked too often', async () => {
  const sandbox = await world({ speed: 100 });
  const path = `${sandbox.subscription}/resourceGroups/rg/providers/Microsoft.ContainerService/managedClusters/lab?api-version=2026-03-02-preview`;
  const put = async (): Promise<number> =>
    (await sandbox.request('PUT', path, { body: { location: 'uksouth' } })).status;
  const prepare = async (): Promise<void> => {
    await sandbox.register('Microsoft.ContainerService');
    await sandbox.request('PUT', `${sandbox.subscription}/${group}`, { body: { location: 'uksouth' } });
  };
  await prepare();
  expect(await Promise.all(Array.from({ length: 40 }, put))).toContain(429);
  await sandbox.control('POST', '/reset');
  await prepare();
  expect(await Promise.all(Array.from({ length: 15 }, put))).not.toContain(429);
});

test('a reset empties the subscription and keeps who one is', async () => {
  const sandbox = await world();
  await sandbox.request('PUT', `${sandbox.subscription}/${group}`, { body: { location: 'uksouth' } });
  await sandbox.control('POST', '/reset');
  expect(await sandbox.request('GET', `${sandbox.subscription}/resourcegroups?api-version=2025-04-01`)).toMatchObject({
    body: { value: [] },
  });
  expect(await sandbox.control('GET', '/resources')).toMatchObject({ body: { groups: [], resources: [] } });
});
