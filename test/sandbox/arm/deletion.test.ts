import { expect, test } from 'vitest';
import { clusterBody, world } from '../world.ts';
import type { Answer, World } from '../world.ts';

const at = ({ subscription }: World, rest: string): string => `${subscription}/resourceGroups/rg/providers/${rest}`;
const cluster = (sandbox: World, rest = ''): string =>
  at(sandbox, `Microsoft.ContainerService/managedClusters/lab${rest}?api-version=2026-03-02-preview`);
const workspace = (sandbox: World, rest = ''): string =>
  at(sandbox, `Microsoft.OperationalInsights/workspaces/workspace${rest}?api-version=2025-07-01`);
const sentinel = (sandbox: World, rest: string): string =>
  workspace(sandbox, `/providers/Microsoft.SecurityInsights/${rest}`).replace('2025-07-01', '2025-09-01');
const group = ({ subscription }: World, name = 'rg'): string =>
  `${subscription}/resourcegroups/${name}?api-version=2025-04-01`;
const inner = ({ body }: Answer): Readonly<Record<string, unknown>> =>
  (body['properties'] ?? {}) as Record<string, unknown>;
const state = (answer: Answer): unknown => inner(answer)['provisioningState'];

const ready = async (speed: number): Promise<World> => {
  const sandbox = await world({ speed });
  await sandbox.register(
    'Microsoft.ContainerService',
    'Microsoft.OperationalInsights',
    'Microsoft.Insights',
    'Microsoft.SecurityInsights',
  );
  await sandbox.request('PUT', group(sandbox), { body: { location: 'uksouth' } });
  return sandbox;
};

const withWorkspace = async (sandbox: World, change: Readonly<Record<string, unknown>> = {}): Promise<Answer> => {
  await sandbox.request('PUT', workspace(sandbox), { body: { location: 'uksouth', properties: change } });
  return sandbox.until(workspace(sandbox), (answer) => state(answer) === 'Succeeded');
};

const watchlist = { properties: { displayName: 'Ours', provider: 'us', itemsSearchKey: 'image' } };

const filled = async (sandbox: World): Promise<Answer> => {
  const made = await withWorkspace(sandbox, { retentionInDays: 90 });
  await sandbox.request('PUT', workspace(sandbox, '/savedSearches/ours'), {
    body: { properties: { category: 'ours', displayName: 'Ours', query: 'Heartbeat' } },
  });
  await sandbox.request('PUT', workspace(sandbox, '/tables/ContainerLogV2'), {
    body: { properties: { plan: 'Analytics', retentionInDays: -1 } },
  });
  await sandbox.until(workspace(sandbox, '/tables/ContainerLogV2'), (answer) => state(answer) === 'Succeeded');
  await sandbox.request('PUT', sentinel(sandbox, 'onboardingStates/default'), {
    body: { properties: { customerManagedKey: false } },
  });
  await sandbox.until(sentinel(sandbox, 'onboardingStates/default'), ({ status }) => status === 200);
  await sandbox.request('PUT', sentinel(sandbox, 'watchlists/ours'), { body: watchlist });
  return made;
};

test('a workspace that went with its group comes back as it was, Sentinel and all', async () => {
  const sandbox = await ready(2000);
  const made = await filled(sandbox);
  const removal = await sandbox.request('DELETE', group(sandbox));
  await sandbox.until(removal.headers['location'] ?? '', ({ status }) => status === 200);
  expect((await sandbox.request('GET', workspace(sandbox))).status).toBe(404);
  const deleted = `${sandbox.subscription}/providers/Microsoft.OperationalInsights/deletedWorkspaces?api-version=2025-07-01`;
  expect((await sandbox.request('GET', deleted)).body['value']).toHaveLength(1);

  await sandbox.request('PUT', group(sandbox), { body: { location: 'uksouth' } });
  const back = await sandbox.request('PUT', workspace(sandbox), {
    body: { location: 'uksouth', properties: { retentionInDays: 30 } },
  });
  expect(back).toMatchObject({
    status: 200,
    body: {
      properties: { customerId: inner(made)['customerId'], retentionInDays: 90, provisioningState: 'Succeeded' },
    },
  });
  expect(inner(await sandbox.request('GET', workspace(sandbox, '/savedSearches/ours')))).not.toHaveProperty(
    'provisioningState',
  );
  expect(state(await sandbox.request('GET', workspace(sandbox, '/tables/ContainerLogV2')))).toBe('Succeeded');
  expect(state(await sandbox.request('GET', sentinel(sandbox, 'watchlists/ours')))).toBe('Succeeded');
});

test('a workspace that was deleted by force is a new one under its old name', async () => {
  const sandbox = await ready(2000);
  const made = await filled(sandbox);
  expect(await sandbox.request('DELETE', `${workspace(sandbox)}&force=true`)).toMatchObject({ status: 200, text: '' });
  const again = await withWorkspace(sandbox);
  expect(inner(again)['customerId']).not.toBe(inner(made)['customerId']);
  expect(inner(again)['retentionInDays']).toBe(30);
  expect((await sandbox.request('GET', sentinel(sandbox, 'onboardingStates/default'))).status).toBe(404);
});

test('in a group on its way out the quick ones go first, the cluster with its node group later', async () => {
  const sandbox = await ready(400);
  await withWorkspace(sandbox);
  const put = await sandbox.request('PUT', cluster(sandbox), { body: clusterBody() });
  const nodes = group(sandbox, 'MC_rg_lab_uksouth');
  expect(state(await sandbox.request('GET', nodes))).toBe('Succeeded');
  await sandbox.request('DELETE', group(sandbox));
  expect((await sandbox.request('GET', put.headers['azure-asyncoperation'] ?? '')).body).toMatchObject({
    status: 'Canceled',
    error: { code: 'OperationPreempted' },
  });
  expect(state(await sandbox.request('GET', nodes))).toBe('Deleting');
  await sandbox.until(workspace(sandbox), ({ status }) => status === 404);
  expect(state(await sandbox.request('GET', cluster(sandbox)))).toBe('Deleting');
  await sandbox.until(group(sandbox), ({ status }) => status === 404);
  expect((await sandbox.request('GET', nodes)).status).toBe(404);
});

test('associations and diagnostic settings go with their cluster, the collection rule stays', async () => {
  const sandbox = await ready(2000);
  await withWorkspace(sandbox);
  await sandbox.request('PUT', cluster(sandbox), { body: clusterBody() });
  await sandbox.until(cluster(sandbox), (answer) => state(answer) === 'Succeeded');
  const id = (url: string) => url.split('?')[0] ?? '';
  const rule = at(sandbox, 'Microsoft.Insights/dataCollectionRules/rule?api-version=2023-03-11');
  await sandbox.request('PUT', rule, {
    body: {
      location: 'uksouth',
      properties: {
        destinations: { logAnalytics: [{ workspaceResourceId: id(workspace(sandbox)), name: 'la' }] },
        dataFlows: [{ streams: ['Microsoft-Perf'], destinations: ['la'] }],
      },
    },
  });
  const association = `${id(cluster(sandbox))}/providers/Microsoft.Insights/dataCollectionRuleAssociations/ci?api-version=2023-03-11`;
  expect(
    await sandbox.request('PUT', association, { body: { properties: { dataCollectionRuleId: id(rule) } } }),
  ).toMatchObject({ status: 200 });
  const setting = `${id(cluster(sandbox))}/providers/Microsoft.Insights/diagnosticSettings/audit?api-version=2021-05-01-preview`;
  await sandbox.request('PUT', setting, {
    body: {
      properties: { workspaceId: id(workspace(sandbox)), logs: [{ category: 'kube-audit-admin', enabled: true }] },
    },
  });
  expect((await sandbox.request('DELETE', rule)).status).toBe(409);
  const removal = await sandbox.request('DELETE', cluster(sandbox));
  expect((await sandbox.request('GET', setting)).status).toBe(200);
  await sandbox.until(removal.headers['azure-asyncoperation'] ?? '', ({ body }) => body['status'] === 'Succeeded');
  expect((await sandbox.request('GET', association)).status).toBe(404);
  expect((await sandbox.request('GET', setting)).status).toBe(404);
  expect((await sandbox.request('DELETE', rule)).status).toBe(200);
});

test('a busy pool is named to those who want something else of the cluster', async () => {
  const sandbox = await ready(100);
  await sandbox.request('PUT', cluster(sandbox), { body: clusterBody() });
  await sandbox.until(cluster(sandbox), (answer) => state(answer) === 'Succeeded');
  const pool = { properties: { mode: 'User', count: 1, vmSize: 'Standard_D2s_v5' } };
  const put = () => sandbox.request('PUT', cluster(sandbox, '/agentPools/extra'), { body: pool });
  // AKS works on by itself for a while; asked too often it would want patience instead.
  await expect.poll(async () => (await put()).status, { timeout: 20_000, interval: 100 }).toBe(201);
  const busy = await sandbox.request('PUT', cluster(sandbox), { body: clusterBody() });
  expect(busy).toMatchObject({ status: 409, body: { code: 'OperationNotAllowed' } });
  expect(busy.text).toContain('Another operation (extra - Creating) is in progress');
  expect((await sandbox.request('DELETE', cluster(sandbox, '/agentPools/workloads'))).text).toContain(
    'Another agentpool operation (extra - Creating) is in progress',
  );
});
