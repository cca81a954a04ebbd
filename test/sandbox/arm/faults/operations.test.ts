import { expect, test } from 'vitest';
import { clusterBody, world } from '../../world.ts';
import type { Answer, World } from '../../world.ts';

const group = (sandbox: World): string => `${sandbox.subscription}/resourceGroups/rg`;
const clusterUrl = (sandbox: World): string =>
  `${group(sandbox)}/providers/Microsoft.ContainerService/managedClusters/lab?api-version=2026-05-02-preview`;
const workspaceUrl = (sandbox: World, below = ''): string =>
  `${group(sandbox)}/providers/Microsoft.OperationalInsights/workspaces/logs-lab${below}?api-version=2025-07-01`;

const lab = async (): Promise<World> => {
  const sandbox = await world();
  await sandbox.register('Microsoft.ContainerService', 'Microsoft.OperationalInsights');
  const url = `${group(sandbox)}?api-version=2025-04-01`;
  await sandbox.request('PUT', url, { body: { location: 'uksouth' } });
  return sandbox;
};

const create = async (sandbox: World): Promise<string> => {
  const created = await sandbox.request('PUT', clusterUrl(sandbox), { body: clusterBody() });
  return String(created.headers['azure-asyncoperation']);
};

const stateOf = ({ body }: Answer): unknown =>
  (body['properties'] as { readonly provisioningState?: string } | undefined)?.provisioningState;
const settled = (sandbox: World, url: string): Promise<Answer> =>
  sandbox.until(url, (answer) => !['Creating', 'Updating', undefined].includes(stateOf(answer) as string | undefined));
const ended = (sandbox: World, url: string): Promise<Answer> =>
  sandbox.until(url, ({ body }) => body['status'] !== 'InProgress');

test.each([
  ['operation-failed', {}, 'Failed', 'Failed', 'ReconcileVMSSAgentPoolFailed'],
  ['operation-canceled', {}, 'Canceled', 'Canceled', 'OperationPreempted'],
  ['operation-succeeded-resource-failed', {}, 'Succeeded', 'Failed', undefined],
  ['operation-failed-resource-succeeded', { code: 'Odd', message: 'odd' }, 'Failed', 'Succeeded', 'Odd'],
  ['operation-failed-resource-succeeded', { status: 'Canceled' }, 'Canceled', 'Succeeded', 'OperationPreempted'],
])('%s %o: what the operation says and what the cluster is', async (name, parameters, operation, resource, code) => {
  const sandbox = await lab();
  await sandbox.control('POST', '/faults', { name, ...parameters });
  const url = await create(sandbox);
  const { body } = await ended(sandbox, url);
  expect(body['status']).toBe(operation);
  expect((body['error'] as { readonly code?: string } | undefined)?.code).toBe(code);
  expect(stateOf(await settled(sandbox, clusterUrl(sandbox)))).toBe(resource);
});

test('a cluster that failed while its operation succeeded is well after another PUT', async () => {
  const sandbox = await lab();
  await sandbox.control('POST', '/faults', { name: 'operation-succeeded-resource-failed' });
  await ended(sandbox, await create(sandbox));
  expect(stateOf(await settled(sandbox, clusterUrl(sandbox)))).toBe('Failed');
  // What AKS does by itself after a create is in the way of the next PUT for a while.
  let url = 'undefined';
  while (url === 'undefined') url = await create(sandbox);
  await ended(sandbox, url);
  expect(stateOf(await settled(sandbox, clusterUrl(sandbox)))).toBe('Succeeded');
});

test('a workspace that ended Failed is made by another PUT', async () => {
  const sandbox = await lab();
  await sandbox.control('POST', '/faults', { name: 'workspace-failed' });
  const put = () => sandbox.request('PUT', workspaceUrl(sandbox), { body: { location: 'uksouth' } });
  expect((await put()).status).toBe(201);
  expect(stateOf(await settled(sandbox, workspaceUrl(sandbox)))).toBe('Failed');
  expect(stateOf(await put())).toBe('Creating');
  expect(stateOf(await settled(sandbox, workspaceUrl(sandbox)))).toBe('Succeeded');
});

test('the operation of a table may be lost, or say that it failed, and the table is there', async () => {
  const sandbox = await lab();
  await sandbox.request('PUT', workspaceUrl(sandbox), { body: { location: 'uksouth' } });
  await settled(sandbox, workspaceUrl(sandbox));
  const table = workspaceUrl(sandbox, '/tables/ContainerLogV2');
  const put = () => sandbox.request('PUT', table, { body: { properties: { plan: 'Analytics' } } });
  const done = () => sandbox.until(table, (answer) => stateOf(answer) === 'Succeeded');
  await sandbox.control('POST', '/faults', { name: 'operation-failed-resource-succeeded' });
  const failed = String((await put()).headers['azure-asyncoperation']);
  expect((await ended(sandbox, failed)).body['status']).toBe('Failed');
  await done();
  await sandbox.control('POST', '/faults', { name: 'operation-record-lost' });
  const lost = String((await put()).headers['azure-asyncoperation']);
  expect((await sandbox.request('GET', lost)).status).toBe(404);
  await done();
});

test('the operation of a deletion may be lost, and the cluster goes', async () => {
  const sandbox = await lab();
  await ended(sandbox, await create(sandbox));
  await sandbox.control('POST', '/faults', { name: 'operation-record-lost', method: 'DELETE' });
  const accepted = await sandbox.request('DELETE', clusterUrl(sandbox));
  expect(accepted.status).toBe(202);
  expect((await sandbox.request('GET', String(accepted.headers['azure-asyncoperation']))).status).toBe(404);
  await sandbox.until(clusterUrl(sandbox), ({ status }) => status === 404);
});

test.each([
  [{}, 'Registering'],
  [{ state: 'Pending' }, 'Pending'],
])('a feature that is stuck stays as it is until the fault is gone: %o', async (parameters, state) => {
  const sandbox = await lab();
  const { body } = await sandbox.control('POST', '/faults', { name: 'feature-stuck', ...parameters });
  const feature = `${sandbox.subscription}/providers/Microsoft.Features/providers/Microsoft.ContainerService/features/KubeProxyConfigurationPreview`;
  await sandbox.request('POST', `${feature}/register?api-version=2021-07-01`);
  const seen = (): Promise<Answer> => sandbox.request('GET', `${feature}?api-version=2021-07-01`);
  expect(await seen()).toMatchObject({ body: { properties: { state } } });
  await sandbox.control('DELETE', `/faults/${String(body['id'])}`);
  await sandbox.until(`${feature}?api-version=2021-07-01`, ({ text }) => text.includes('"Registered"'));
});
