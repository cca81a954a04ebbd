import { expect, test } from 'vitest';
import { clusterBody, world } from '../../world.ts';
import type { World } from '../../world.ts';

const group = (sandbox: World): string => `${sandbox.subscription}/resourceGroups/rg`;
const workspace = (sandbox: World): string =>
  `${group(sandbox)}/providers/Microsoft.OperationalInsights/workspaces/logs-lab`;
const version = '?api-version=2025-07-01';

const lab = async (): Promise<World> => {
  const sandbox = await world();
  await sandbox.register('Microsoft.OperationalInsights', 'Microsoft.ContainerService', 'Microsoft.SecurityInsights');
  await sandbox.request('PUT', `${group(sandbox)}?api-version=2025-04-01`, { body: { location: 'uksouth' } });
  return sandbox;
};

const put = (sandbox: World, headers: Readonly<Record<string, string>> = {}) =>
  sandbox.request('PUT', `${workspace(sandbox)}${version}`, { body: { location: 'uksouth' }, headers });

test('a precondition fails of the next write that has one, and of no other', async () => {
  const sandbox = await lab();
  await sandbox.control('POST', '/faults', { name: 'precondition-failed' });
  expect((await put(sandbox)).status).toBe(201);
  await sandbox.until(`${workspace(sandbox)}${version}`, ({ text }) => text.includes('"Succeeded"'));
  const conditioned = () => put(sandbox, { 'if-match': '*' });
  expect(await conditioned()).toMatchObject({ status: 412, body: { error: { code: 'PreconditionFailed' } } });
  expect((await conditioned()).status).toBe(200);
});

test('AKS says flat that a precondition fails', async () => {
  const sandbox = await lab();
  await sandbox.control('POST', '/faults', { name: 'precondition-failed' });
  const cluster = `${group(sandbox)}/providers/Microsoft.ContainerService/managedClusters/lab?api-version=2026-05-02-preview`;
  const refused = await sandbox.request('PUT', cluster, { body: clusterBody(), headers: { 'if-none-match': '*' } });
  expect(refused).toMatchObject({ status: 412, body: { code: 'PreconditionFailed' } });
});

test.each([
  ['group-being-deleted', 409, 'ResourceGroupBeingDeleted'],
  ['subscription-not-registered', 409, 'MissingSubscriptionRegistration'],
  ['another-operation-in-progress', 409, 'AnotherOperationInProgress'],
  ['workspace-busy', 409, 'Conflict'],
])('%s refuses the next write that it is meant for, and a read not', async (name, status, code) => {
  const sandbox = await lab();
  await sandbox.control('POST', '/faults', { name });
  expect((await sandbox.request('GET', `${workspace(sandbox)}${version}`)).status).toBe(404);
  expect(await put(sandbox)).toMatchObject({ status, body: { error: { code } } });
  expect((await put(sandbox)).status).toBe(201);
});

test.each([
  ['table-busy', '/tables/ContainerLogV2', {}],
  ['saved-search-conflict', '/savedSearches/one', {}],
  ['rule-conflict', '/providers/Microsoft.SecurityInsights/alertRules/one', {}],
])('%s is a conflict of that type alone', async (name, below, body) => {
  const sandbox = await lab();
  await sandbox.control('POST', '/faults', { name });
  expect((await put(sandbox)).status).toBe(201);
  const refused = await sandbox.request('PUT', `${workspace(sandbox)}${below}${version}`, { body });
  expect(refused).toMatchObject({ status: 409, body: { error: { code: 'Conflict' } } });
  const { body: left } = await sandbox.control('GET', '/faults');
  expect(left['value']).toEqual([]);
});

test.each([
  [502, 'BadGateway'],
  [503, 'ServiceUnavailable'],
  [504, 'GatewayTimeout'],
  [500, 'InternalServerError'],
])('a server error has its own code, and says when to come again where it is told to: %i', async (status, code) => {
  const sandbox = await world();
  await sandbox.control('POST', '/faults', { name: 'http-500', status, retryAfter: 3 });
  expect(await sandbox.request('GET', `${group(sandbox)}?api-version=2025-04-01`)).toMatchObject({
    status,
    headers: { 'retry-after': '3' },
    body: { error: { code } },
  });
});

test('a fault that lasts refuses until it is taken away, within its path alone', async () => {
  const sandbox = await lab();
  const fault = { name: 'group-being-deleted', count: 'always', path: '/workspaces/' };
  const { body } = await sandbox.control('POST', '/faults', fault);
  expect([(await put(sandbox)).status, (await put(sandbox)).status]).toEqual([409, 409]);
  await sandbox.control('DELETE', `/faults/${String(body['id'])}`);
  expect((await put(sandbox)).status).toBe(201);
});

const clusterUrl = (sandbox: World): string =>
  `${group(sandbox)}/providers/Microsoft.ContainerService/managedClusters/lab?api-version=2026-05-02-preview`;

test('where somebody else makes the same cluster first, a create that must be one is refused, and it is theirs', async () => {
  const sandbox = await lab();
  await sandbox.control('POST', '/faults', { name: 'changed-meanwhile', path: '/managedClusters/' });
  const refused = await sandbox.request('PUT', clusterUrl(sandbox), {
    body: clusterBody(),
    headers: { 'if-none-match': '*' },
  });
  expect(refused).toMatchObject({ status: 412, body: { code: 'PreconditionFailed' } });
  const { body } = await sandbox.request('GET', clusterUrl(sandbox));
  expect(body['tags']).toEqual({ 'changed-by': 'somebody-else' });
});

test('where somebody else changes a cluster first, the etag that a client has seen is none any more', async () => {
  const sandbox = await lab();
  await sandbox.request('PUT', clusterUrl(sandbox), { body: clusterBody() });
  const seen = await sandbox.until(clusterUrl(sandbox), ({ text }) => !/"(?:Creating|Updating)"/u.test(text));
  await sandbox.control('POST', '/faults', { name: 'changed-meanwhile' });
  const headers = { 'if-match': String(seen.body['eTag']) };
  expect((await sandbox.request('PUT', clusterUrl(sandbox), { body: clusterBody(), headers })).status).toBe(412);
  const after = await sandbox.request('GET', clusterUrl(sandbox));
  expect(after.body['tags']).toMatchObject({ owner: 'me', 'changed-by': 'somebody-else' });
});
