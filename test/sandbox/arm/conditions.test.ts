import { expect, test } from 'vitest';
import { clusterBody, world } from '../world.ts';
import type { Answer, World } from '../world.ts';

const at = ({ subscription }: World, rest: string): string => `${subscription}/resourceGroups/rg/providers/${rest}`;
const cluster = (sandbox: World, rest = ''): string =>
  at(sandbox, `Microsoft.ContainerService/managedClusters/lab${rest}?api-version=2026-03-02-preview`);
const workspace = (sandbox: World, rest = ''): string =>
  at(sandbox, `Microsoft.OperationalInsights/workspaces/workspace${rest}?api-version=2025-07-01`);
const inner = ({ body }: Answer): Readonly<Record<string, unknown>> => body['properties'] as Record<string, unknown>;
const pools = (answer: Answer): readonly Readonly<Record<string, unknown>>[] =>
  inner(answer)['agentPoolProfiles'] as Record<string, unknown>[];

const ready = async (...namespaces: readonly string[]): Promise<World> => {
  const sandbox = await world();
  await sandbox.register(...namespaces);
  await sandbox.request('PUT', `${sandbox.subscription}/resourcegroups/rg?api-version=2025-04-01`, {
    body: { location: 'uksouth' },
  });
  return sandbox;
};

/** Sends until nothing else runs on the cluster. */
const patiently = async (send: () => Promise<Answer>): Promise<Answer> => {
  for (;;) {
    const answer = await send();
    if (answer.status !== 409) return answer;
  }
};

const settled = (sandbox: World): Promise<Answer> =>
  sandbox.until(cluster(sandbox), (answer) => inner(answer)['provisioningState'] === 'Succeeded');

test('headers that make no sense together are a bad request, before anything else', async () => {
  const sandbox = await ready('Microsoft.ContainerService');
  const put = (headers: Readonly<Record<string, string>>) =>
    sandbox.request('PUT', cluster(sandbox), { body: clusterBody(), headers });
  expect(await put({ 'if-none-match': 'abc' })).toMatchObject({ status: 400, body: { code: 'BadRequest' } });
  expect(await put({ 'if-none-match': '*', 'if-match': 'abc' })).toMatchObject({ status: 400 });
  expect(await put({ 'if-match': '*' })).toMatchObject({ status: 412, body: { code: 'PreconditionFailed' } });
  expect(await put({ 'if-match': '', 'if-none-match': '*' })).toMatchObject({ status: 201 });
});

test('PATCH and DELETE of a cluster that is not there do not ask for etags', async () => {
  const sandbox = await ready('Microsoft.ContainerService');
  const headers = { 'if-match': 'abc' };
  expect(await sandbox.request('PATCH', cluster(sandbox), { body: { tags: {} }, headers })).toMatchObject({
    status: 404,
  });
  expect(await sandbox.request('DELETE', cluster(sandbox), { headers })).toMatchObject({ status: 204 });
});

test('an operation on a pool changes the etag of that pool alone', async () => {
  const sandbox = await ready('Microsoft.ContainerService');
  await sandbox.request('PUT', cluster(sandbox), { body: clusterBody() });
  const before = await settled(sandbox);
  const change = { properties: { mode: 'User', count: 3, vmSize: 'Standard_D4s_v5', osType: 'Linux' } };
  const url = cluster(sandbox, '/agentPools/workloads');
  const put = (etag: unknown) => sandbox.request('PUT', url, { body: change, headers: { 'if-match': String(etag) } });
  expect(await patiently(() => put('old'))).toMatchObject({ status: 412, body: { code: 'PreconditionFailed' } });
  expect(await patiently(() => put(pools(before)[1]?.['eTag']))).toMatchObject({ status: 200 });
  const after = await sandbox.request('GET', cluster(sandbox));
  expect(after.body['eTag']).toBe(before.body['eTag']);
  const etagOf = (answer: Answer, name: string) => pools(answer).find((pool) => pool['name'] === name)?.['eTag'];
  expect(etagOf(after, 'system')).toBe(etagOf(before, 'system'));
  expect(etagOf(after, 'workloads')).not.toBe(etagOf(before, 'workloads'));
  expect(await sandbox.request('DELETE', url, { headers: { 'if-match': 'old' } })).toMatchObject({ status: 412 });
  await settled(sandbox);
  await patiently(() => sandbox.request('PATCH', cluster(sandbox), { body: { tags: { a: 'b' } } }));
  const tagged = await settled(sandbox);
  expect(tagged.body['eTag']).not.toBe(before.body['eTag']);
  expect(etagOf(tagged, 'system')).not.toBe(etagOf(before, 'system'));
});

test('conditions of workspaces, saved searches and collection rules are wrapped 412s', async () => {
  const sandbox = await ready('Microsoft.OperationalInsights', 'Microsoft.Insights');
  await sandbox.request('PUT', workspace(sandbox), { body: { location: 'uksouth' } });
  const made = await sandbox.until(workspace(sandbox), (one) => inner(one)['provisioningState'] === 'Succeeded');
  const search = workspace(sandbox, '/savedSearches/ours');
  const saved = { properties: { category: 'ours', displayName: 'Ours', query: 'Heartbeat' } };
  const first = await sandbox.request('PUT', search, { body: saved });
  const rule = at(sandbox, 'Microsoft.Insights/dataCollectionRules/rule?api-version=2023-03-11');
  const body = {
    location: 'uksouth',
    properties: {
      destinations: { logAnalytics: [{ workspaceResourceId: workspace(sandbox).split('?')[0], name: 'la' }] },
      dataFlows: [{ streams: ['Microsoft-Perf'], destinations: ['la'] }],
    },
  };
  const rules = await sandbox.request('PUT', rule, { body });
  const cases: readonly (readonly [url: string, body: unknown, etag: unknown])[] = [
    [workspace(sandbox), { location: 'uksouth' }, made.body['etag']],
    [search, saved, first.body['etag']],
    [rule, body, rules.body['etag']],
  ];
  for (const [url, sent, etag] of cases) {
    for (const headers of [{ 'if-none-match': '*' }, { 'if-match': '"old"' }] as const)
      expect(await sandbox.request('PUT', url, { body: sent, headers: { ...headers } })).toMatchObject({
        status: 412,
        body: { error: { code: 'PreconditionFailed' } },
      });
    expect(await sandbox.request('PUT', url, { body: sent, headers: { 'if-match': String(etag) } })).toMatchObject({
      status: 200,
    });
  }
  expect(await sandbox.request('DELETE', rule, { headers: { 'if-match': '"old"' } })).toMatchObject({ status: 412 });
});
