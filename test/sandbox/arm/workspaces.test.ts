import { expect, test } from 'vitest';
import { world } from '../world.ts';
import type { World } from '../world.ts';

const version = 'api-version=2025-07-01';
const url = ({ subscription }: World, rest = '') =>
  `${subscription}/resourceGroups/rg/providers/Microsoft.OperationalInsights/workspaces/logs-lab${rest}?${version}`;
const body = { location: 'uksouth', properties: { sku: { name: 'PerGB2018' }, retentionInDays: 60 } };

const ready = async (speed = 2000): Promise<World> => {
  const sandbox = await world({ speed });
  await sandbox.register('Microsoft.OperationalInsights', 'Microsoft.SecurityInsights', 'Microsoft.Insights');
  await sandbox.request('PUT', `${sandbox.subscription}/resourcegroups/rg?api-version=2025-04-01`, {
    body: { location: 'uksouth' },
  });
  return sandbox;
};

const made = async (speed?: number): Promise<World> => {
  const sandbox = await ready(speed);
  await sandbox.request('PUT', url(sandbox), { body });
  await sandbox.until(url(sandbox), ({ text }) => text.includes('"Succeeded"'));
  return sandbox;
};

const properties = (answer: { body: Readonly<Record<string, unknown>> }) =>
  answer.body['properties'] as Record<string, unknown>;

test('a workspace is created in body mode and answers in lower case', async () => {
  const sandbox = await ready();
  const put = await sandbox.request('PUT', url(sandbox), { body });
  expect(put).toMatchObject({
    status: 201,
    body: { properties: { provisioningState: 'Creating', sku: { name: 'pergb2018' } } },
  });
  expect(put.body['id']).toContain('/resourcegroups/rg/providers/microsoft.operationalinsights/workspaces/logs-lab');
  for (const absent of ['azure-asyncoperation', 'location']) expect(put.headers).not.toHaveProperty(absent);
  await sandbox.until(url(sandbox), ({ text }) => text.includes('"Succeeded"'));
});

test.each([
  ['a retention below the limit', { retentionInDays: 7 }, 'RetentionInDays'],
  ['a member that does not exist', { retention: 30 }, 'retention'],
])('refuses %s', async (_what, change, words) => {
  const sandbox = await ready();
  const answer = await sandbox.request('PUT', url(sandbox), { body: { location: 'uksouth', properties: change } });
  expect(answer.status).toBe(400);
  expect(answer.body).toHaveProperty('error.code');
  expect(answer.text).toContain(words);
});

test('the name of a workspace is refused in the words that Azure has for it', async () => {
  const sandbox = await ready();
  const answer = await sandbox.request('PUT', url(sandbox).replace('logs-lab', 'logs_lab'), { body });
  expect(answer).toMatchObject({
    status: 400,
    body: {
      error: {
        code: 'InvalidParameter',
        message: expect.stringMatching(/^Workspace name must start .* Operation Id: '/u),
      },
    },
  });
});

test('a deleted workspace comes back with its id, retention and content', async () => {
  const sandbox = await made();
  const before = properties(await sandbox.request('GET', url(sandbox)));
  await sandbox.request('PUT', url(sandbox, '/savedSearches/mine'), {
    body: { properties: { category: 'c', displayName: 'd', query: 'Heartbeat' } },
  });
  expect(await sandbox.request('DELETE', url(sandbox))).toMatchObject({ status: 200, text: '' });
  expect((await sandbox.request('GET', url(sandbox))).status).toBe(404);
  const deleted = `${sandbox.subscription}/providers/Microsoft.OperationalInsights/deletedWorkspaces?${version}`;
  expect((await sandbox.request('GET', deleted)).body['value']).toHaveLength(1);
  const back = await sandbox.request('PUT', url(sandbox), { body: { ...body, properties: { retentionInDays: 30 } } });
  expect(back).toMatchObject({
    status: 200,
    body: { properties: { provisioningState: 'Succeeded', customerId: before['customerId'], retentionInDays: 60 } },
  });
  expect((await sandbox.request('GET', url(sandbox, '/savedSearches/mine'))).status).toBe(200);
});

test('a purged workspace does not come back', async () => {
  const sandbox = await made();
  const before = properties(await sandbox.request('GET', url(sandbox)));
  await sandbox.request('DELETE', `${url(sandbox)}&force=true`);
  const again = await sandbox.request('PUT', url(sandbox), { body });
  expect(again.status).toBe(201);
  expect(properties(again)['customerId']).not.toBe(before['customerId']);
});

test('what is inside a workspace waits for the workspace', async () => {
  const sandbox = await world({ speed: 20 });
  await sandbox.register('Microsoft.OperationalInsights');
  await sandbox.request('PUT', `${sandbox.subscription}/resourcegroups/rg?api-version=2025-04-01`, {
    body: { location: 'uksouth' },
  });
  const inside = (rest: string) =>
    `${sandbox.subscription}/resourceGroups/rg/providers/Microsoft.OperationalInsights/workspaces/logs-lab${rest}?api-version=2025-07-01`;
  await sandbox.request('PUT', inside(''), { body: { location: 'uksouth' } });
  for (const child of ['/tables/ContainerLogV2', '/savedSearches/f']) {
    expect(
      await sandbox.request('PUT', inside(child), {
        body: { properties: { category: 'c', displayName: 'd', query: 'Heartbeat', plan: 'Analytics' } },
      }),
    ).toMatchObject({ status: 404, body: { error: { code: 'ResourceNotFound', message: 'Workspace not active' } } });
  }
});

test('a table is changed by an operation whose 202 says nothing', async () => {
  const sandbox = await made();
  const put = await sandbox.request('PUT', url(sandbox, '/tables/ContainerLogV2'), {
    body: { properties: { plan: 'Analytics', retentionInDays: -1 } },
  });
  expect(put).toMatchObject({ status: 202, text: '' });
  await sandbox.until(put.headers['azure-asyncoperation'] ?? '', (answer) => answer.body['status'] === 'Succeeded');
  expect(properties(await sandbox.request('GET', url(sandbox, '/tables/ContainerLogV2')))).toMatchObject({
    plan: 'Analytics',
    retentionInDays: 60,
    retentionInDaysAsDefault: true,
  });
  expect(
    (
      await sandbox.request('PUT', url(sandbox, '/tables/ContainerLogV2'), {
        body: { properties: { retentionInDays: 0 } },
      })
    ).status,
  ).toBe(400);
  expect((await sandbox.request('PUT', url(sandbox, '/tables/Nonsense'), { body: { properties: {} } })).status).toBe(
    400,
  );
  const removal = await sandbox.request('DELETE', url(sandbox, '/tables/ContainerLogV2'));
  expect(await sandbox.request('GET', removal.headers['azure-asyncoperation'] ?? '')).toMatchObject({
    body: { status: expect.stringMatching(/Deleting|Succeeded/u) },
  });
});

test('a new workspace already lists saved searches, and an existing one is only replaced with its etag', async () => {
  const sandbox = await made();
  const list = await sandbox.request('GET', url(sandbox, '/savedSearches'));
  expect((list.body['value'] as unknown[]).length).toBeGreaterThan(20);
  const search = {
    properties: {
      category: 'Security',
      displayName: 'TetragonEvents',
      query: 'Heartbeat',
      functionAlias: 'TetragonEvents',
      version: 2,
    },
  };
  const first = await sandbox.request('PUT', url(sandbox, '/savedSearches/events'), { body: search });
  expect(first.status).toBe(200);
  expect(first.body['etag']).toMatch(/^W\/"datetime'/u);
  expect(await sandbox.request('PUT', url(sandbox, '/savedSearches/events'), { body: search })).toMatchObject({
    status: 409,
    body: { error: { code: 'Conflict' } },
  });
  expect(
    (
      await sandbox.request('PUT', url(sandbox, '/savedSearches/events'), {
        body: { ...search, etag: first.body['etag'] },
      })
    ).status,
  ).toBe(200);
  expect(
    (
      await sandbox.request('PUT', url(sandbox, '/savedSearches/events'), {
        body: { ...search, etag: first.body['etag'] },
      })
    ).status,
  ).toBe(409);
  expect(
    (await sandbox.request('PUT', url(sandbox, '/savedSearches/events'), { body: { ...search, etag: '*' } })).status,
  ).toBe(200);
});

test('a data collection rule answers 200 the first time and must be where its workspace is', async () => {
  const sandbox = await made();
  const workspace = `${sandbox.subscription}/resourceGroups/rg/providers/Microsoft.OperationalInsights/workspaces/logs-lab`;
  const path = `${sandbox.subscription}/resourceGroups/rg/providers/Microsoft.Insights/dataCollectionRules/MSCI-uksouth-lab?api-version=2023-03-11`;
  const rule = (location: string, destination = 'la') => ({
    location,
    kind: 'Linux',
    properties: {
      dataSources: {
        extensions: [
          {
            name: 'ContainerInsightsExtension',
            extensionName: 'ContainerInsights',
            streams: ['Microsoft-ContainerLogV2'],
            extensionSettings: {},
          },
        ],
      },
      dataFlows: [{ streams: ['Microsoft-ContainerLogV2'], destinations: [destination] }],
      destinations: { logAnalytics: [{ workspaceResourceId: workspace, name: 'la' }] },
    },
  });
  expect(await sandbox.request('PUT', path, { body: rule('westeurope') })).toMatchObject({
    status: 400,
    body: { error: { code: 'InvalidPayload' } },
  });
  expect((await sandbox.request('PUT', path, { body: rule('uksouth', 'elsewhere') })).text).toContain(
    "Destination 'elsewhere' is not defined",
  );
  const changed = (change: object) => {
    const body = rule('uksouth');
    const [extension] = body.properties.dataSources.extensions;
    return { ...body, properties: { ...body.properties, dataSources: { extensions: [{ ...extension, ...change }] } } };
  };
  const refusals: readonly (readonly [object, string])[] = [
    [{ streams: ['Microsoft-ContainerLogsV2'] }, "Stream 'Microsoft-ContainerLogsV2'"],
    [{ extensionSettings: '{}' }, 'must be an object'],
    [{ extensionSettings: { dataCollectionSettings: { enableContainerLogV2: 'true' } } }, 'must be a boolean'],
  ];
  for (const [change, complaint] of refusals)
    expect((await sandbox.request('PUT', path, { body: changed(change) })).text).toContain(complaint);
  const put = await sandbox.request('PUT', path, { body: rule('uksouth') });
  expect(put).toMatchObject({
    status: 200,
    body: { properties: { immutableId: expect.stringMatching(/^dcr-[0-9a-f]{32}$/u), provisioningState: 'Succeeded' } },
  });
  const id = String(put.body['id']);
  const association = (scope: string) =>
    `${scope}/providers/Microsoft.Insights/dataCollectionRuleAssociations/ContainerInsightsExtension?api-version=2023-03-11`;
  const nowhere = `${sandbox.subscription}/resourceGroups/rg/providers/Microsoft.ContainerService/managedClusters/lab`;
  expect(
    (await sandbox.request('PUT', association(nowhere), { body: { properties: { dataCollectionRuleId: id } } })).status,
  ).toBe(404);
  expect(
    (await sandbox.request('PUT', association(workspace), { body: { properties: { dataCollectionRuleId: id } } }))
      .status,
  ).toBe(200);
  expect((await sandbox.request('DELETE', path)).status).toBe(409);
  expect((await sandbox.request('DELETE', association(workspace))).status).toBe(200);
  expect((await sandbox.request('DELETE', path)).status).toBe(200);
});

test('a group is deleted with everything in it, and nothing can be put into it meanwhile', async () => {
  const sandbox = await made(40);
  const group = `${sandbox.subscription}/resourcegroups/rg?api-version=2025-04-01`;
  const listed = await sandbox.until(
    `${sandbox.subscription}/resources?api-version=2025-04-01&$filter=resourceGroup%20eq%20'rg'`,
    (answer) => (answer.body['value'] as unknown[]).length > 0,
  );
  expect(listed.body['value']).toMatchObject([{ type: 'Microsoft.OperationalInsights/workspaces', name: 'logs-lab' }]);
  await sandbox.control('POST', '/faults', { name: 'reset-after', count: 1, method: 'DELETE' });
  await expect(sandbox.request('DELETE', group)).rejects.toMatchObject({ code: 'ECONNRESET' });
  const removal = await sandbox.request('DELETE', group);
  expect(removal).toMatchObject({ status: 202, text: '' });
  expect((await sandbox.request('PUT', url(sandbox), { body })).status).toBeGreaterThanOrEqual(404);
  await sandbox.until(removal.headers['location'] ?? '', ({ status }) => status === 200);
  expect((await sandbox.request('GET', group)).body).toMatchObject({ error: { code: 'ResourceGroupNotFound' } });
});
