import { expect, test } from 'vitest';
import { world } from '../world.ts';
import type { Answer, World } from '../world.ts';

const guid = '0a1b2c3d-0000-4000-8000-000000000001';
const url = (sandbox: World, type: string, version: string): string =>
  `${sandbox.subscription}/resourceGroups/Lab/providers/${type}?api-version=${version}`;

const ready = async (...namespaces: readonly string[]): Promise<World> => {
  const sandbox = await world();
  await sandbox.register(...namespaces);
  await sandbox.request('PUT', `${sandbox.subscription}/resourcegroups/Lab?api-version=2025-04-01`, {
    body: { location: 'uksouth' },
  });
  return sandbox;
};

const workbook = (change: Readonly<Record<string, unknown>> = {}) => ({
  location: 'uksouth',
  kind: 'shared',
  properties: { displayName: 'Runtime', serializedData: '{"version":"Notebook/1.0"}', category: 'sentinel', ...change },
});

test('a workbook answers 200 the first time and keeps its content to itself afterwards', async () => {
  const sandbox = await ready('Microsoft.Insights');
  const one = url(sandbox, `Microsoft.Insights/workbooks/${guid}`, '2023-06-01');
  const put = await sandbox.request('PUT', one, { body: workbook() });
  expect(put).toMatchObject({
    status: 200,
    body: {
      id: `${sandbox.subscription}/resourcegroups/Lab/providers/microsoft.insights/workbooks/${guid}`,
      type: null,
      tags: { 'hidden-title': 'Runtime' },
      properties: { serializedData: '{"version":"Notebook/1.0"}', sourceId: null },
    },
  });
  expect(await sandbox.request('GET', one)).toMatchObject({ body: { properties: { serializedData: null } } });
  expect(await sandbox.request('GET', `${one}&canFetchContent=true`)).toMatchObject({
    body: { properties: { serializedData: '{"version":"Notebook/1.0"}' } },
  });
  const list = url(sandbox, 'Microsoft.Insights/workbooks', '2023-06-01');
  expect((await sandbox.request('GET', list)).status).toBe(400);
  expect((await sandbox.request('GET', `${list}&category=sentinel`)).body['value']).toHaveLength(1);
  expect((await sandbox.request('GET', `${list}&category=workbook`)).body['value']).toHaveLength(0);
  expect(await sandbox.request('PUT', one, { body: { ...workbook(), etag: '"old"' } })).toMatchObject({ status: 412 });
  expect(await sandbox.request('PUT', one, { body: { ...workbook(), etag: put.body['etag'] } })).toMatchObject({
    status: 200,
  });
  expect((await sandbox.request('DELETE', one)).status).toBe(200);
  expect((await sandbox.request('DELETE', one)).status).toBe(204);
});

test.each([
  ['a name that is no GUID', 'workbooks/runtime', workbook()],
  ['no content', `workbooks/${guid}`, workbook({ serializedData: undefined })],
  ['content that is no text', `workbooks/${guid}`, workbook({ serializedData: {} })],
])('a workbook with %s is refused', async (_what, name, body) => {
  const sandbox = await ready('Microsoft.Insights');
  const answer = await sandbox.request('PUT', url(sandbox, `Microsoft.Insights/${name}`, '2023-06-01'), { body });
  expect(answer.status).toBe(400);
});

test('a user-assigned identity keeps its ids over a second PUT', async () => {
  const sandbox = await ready('Microsoft.ManagedIdentity');
  const one = url(sandbox, 'Microsoft.ManagedIdentity/userAssignedIdentities/aks', '2024-11-30');
  const ids = ({ body }: Answer) => body['properties'];
  const first = await sandbox.request('PUT', one, { body: { location: 'uksouth' } });
  expect(first).toMatchObject({
    status: 201,
    body: {
      id: `${sandbox.subscription}/resourcegroups/Lab/providers/Microsoft.ManagedIdentity/userAssignedIdentities/aks`,
    },
  });
  const second = await sandbox.request('PUT', one, { body: { location: 'uksouth', tags: { a: 'b' } } });
  expect(second.status).toBe(200);
  expect(ids(second)).toEqual(ids(first));
  expect(await sandbox.request('PUT', one, { body: { location: 'westeurope' } })).toMatchObject({ status: 409 });
  expect(await sandbox.request('PUT', one.replace('/aks?', '/a?'), { body: { location: 'uksouth' } })).toMatchObject({
    status: 400,
  });
});

test('an Azure Monitor workspace has a resource group of its own, which goes with it', async () => {
  const sandbox = await ready('Microsoft.Monitor');
  const one = url(sandbox, 'Microsoft.Monitor/accounts/metrics', '2023-04-03');
  const put = await sandbox.request('PUT', one, { body: { location: 'UK South' } });
  expect(put).toMatchObject({
    status: 200,
    body: {
      id: `${sandbox.subscription}/resourcegroups/Lab/providers/microsoft.monitor/accounts/metrics`,
      properties: {
        provisioningState: 'Succeeded',
        metrics: { prometheusQueryEndpoint: expect.stringContaining('.uksouth.prometheus.monitor.azure.com') },
      },
    },
  });
  const managed = `${sandbox.subscription}/resourcegroups/MA_metrics_uksouth_managed?api-version=2025-04-01`;
  expect((await sandbox.request('GET', managed)).status).toBe(200);
  expect((await sandbox.request('DELETE', one)).status).toBe(200);
  expect((await sandbox.request('GET', managed)).status).toBe(404);
});

test("AKS's own list of sizes is there in its previews and tells restrictions", async () => {
  const sandbox = await ready('Microsoft.ContainerService');
  const list = (version: string) =>
    `${sandbox.subscription}/providers/Microsoft.ContainerService/locations/eastus/vmSkus?api-version=${version}`;
  expect((await sandbox.request('GET', list('2026-05-01'))).status).toBe(400);
  const found: unknown[] = [];
  for (let next: unknown = list('2026-03-02-preview'); typeof next === 'string';) {
    const { body } = await sandbox.request('GET', next);
    found.push(...(body['value'] as unknown[]));
    next = body['nextLink'];
  }
  expect(found).toContainEqual(
    expect.objectContaining({
      name: 'Standard_D4s_v6',
      restrictions: [expect.objectContaining({ type: 'Location', reasonCode: 'NotAvailableForSubscription' })],
    }),
  );
});
