import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openLogStore } from '../../../src/sandbox/logs/log-store.ts';
import { clusterBody, world } from '../world.ts';
import type { World } from '../world.ts';

const ready = async () => {
  const dir = mkdtempSync(join(tmpdir(), 'sandbox-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  const sandbox = await world({ dir });
  await sandbox.register('Microsoft.OperationalInsights');
  await sandbox.request('PUT', `${sandbox.subscription}/resourcegroups/rg?api-version=2025-04-01`, {
    body: { location: 'uksouth' },
  });
  const id = `${sandbox.subscription}/resourceGroups/rg/providers/Microsoft.OperationalInsights/workspaces/logs-lab`;
  const put = await sandbox.request('PUT', `${id}?api-version=2025-07-01`, { body: { location: 'uksouth' } });
  const customerId = String((put.body['properties'] as Record<string, unknown>)['customerId']);
  const token = await sandbox.token(`${sandbox.published.logs}/.default`);
  const query = (text: string, options: { token?: string; timespan?: string; workspace?: string } = {}) =>
    sandbox.request('POST', `${sandbox.published.logs}/v1/workspaces/${options.workspace ?? customerId}/query`, {
      token: options.token ?? token,
      body: { query: text, timespan: options.timespan },
    });
  return { sandbox, dir, customerId, query };
};

const armToken = (sandbox: World) => sandbox.token(`${sandbox.published.arm}/.default`);

test('answers for tables without rows, and only to a token of its own', async () => {
  const { sandbox, query } = await ready();
  expect(await query('Heartbeat | project TimeGenerated, Computer')).toMatchObject({
    status: 200,
    body: {
      tables: [
        {
          name: 'PrimaryResult',
          columns: [
            { name: 'TimeGenerated', type: 'datetime' },
            { name: 'Computer', type: 'string' },
          ],
          rows: [],
        },
      ],
    },
  });
  expect(await query('Heartbeat', { token: await armToken(sandbox) })).toMatchObject({
    status: 403,
    body: { error: { code: 'InvalidTokenError' } },
  });
  expect(await query('Heartbeat', { workspace: '11111111-2222-4333-8444-555555555555' })).toMatchObject({
    status: 404,
    body: { error: { code: 'WorkspaceNotFoundError' } },
  });
});

test('answers from the rows that came in, inside the timespan', async () => {
  const { query, dir, customerId } = await ready();
  const now = Date.now();
  const at = (minutes: number) => new Date(now - minutes * 60_000).toISOString();
  openLogStore(join(dir, 'logs'), () => now).append(customerId, 'ContainerLogV2', [
    { TimeGenerated: at(5), PodName: 'tetragon-a', LogMessage: { process_exec: { pid: 7 } } },
    { TimeGenerated: at(600), PodName: 'tetragon-b', LogMessage: 'text' },
  ]);
  const rows = async (timespan?: string) => {
    const { body } = await query(
      'ContainerLogV2 | project PodName, LogMessage',
      timespan === undefined ? {} : { timespan },
    );
    return (body['tables'] as { rows: unknown[] }[])[0]?.rows;
  };
  expect(await rows('PT1H')).toEqual([['tetragon-a', '{"process_exec":{"pid":7}}']]);
  expect(await rows()).toHaveLength(2);
});

test('refuses what cannot be run', async () => {
  const { query } = await ready();
  expect(await query('Nonsense | take 1')).toMatchObject({
    status: 400,
    body: { error: { code: 'BadArgumentError', innererror: { code: 'SemanticError' } } },
  });
  expect((await query('')).status).toBe(400);
});

test('the logs of one resource are only its own, and one that sends none has no tables', async () => {
  const { sandbox, dir, customerId } = await ready();
  await sandbox.register('Microsoft.ContainerService');
  const workspace = `${sandbox.subscription}/resourceGroups/rg/providers/Microsoft.OperationalInsights/workspaces/logs-lab`;
  const clusters = `${sandbox.subscription}/resourceGroups/rg/providers/Microsoft.ContainerService/managedClusters`;
  await sandbox.until(`${workspace}?api-version=2025-07-01`, ({ text }) => text.includes('"Succeeded"'));
  await sandbox.request('PUT', `${clusters}/lab?api-version=2026-03-02-preview`, { body: clusterBody(workspace) });
  await sandbox.request('PUT', `${clusters}/mute?api-version=2026-03-02-preview`, {
    body: clusterBody(undefined, { dnsPrefix: 'mute' }),
  });
  const row = (_ResourceId: string) => ({ TimeGenerated: new Date().toISOString(), Name: 'pod', _ResourceId });
  openLogStore(join(dir, 'logs'), () => Date.now()).append(customerId, 'KubePodInventory', [
    row(`${clusters}/lab`.toLowerCase()),
    row(`${clusters}/labour`.toLowerCase()),
  ]);
  const token = await sandbox.token(`${sandbox.published.logs}/.default`);
  const count = (resource: string) =>
    sandbox.request('POST', `${sandbox.published.logs}/v1${resource}/query`, {
      token,
      body: { query: 'KubePodInventory | count' },
    });
  expect(await count(workspace)).toMatchObject({ body: { tables: [{ rows: [[2]] }] } });
  expect(await count(`${clusters}/LAB`)).toMatchObject({ body: { tables: [{ rows: [[1]] }] } });
  expect(await count(`${clusters}/mute`)).toMatchObject({
    status: 400,
    body: { error: { code: 'BadArgumentError', innererror: { code: 'SemanticError' } } },
  });
  expect((await count(`${clusters}/gone`)).status).toBe(404);
});
