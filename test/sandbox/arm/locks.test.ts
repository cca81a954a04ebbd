import { expect, test } from 'vitest';
import { clusterBody, world } from '../world.ts';
import type { World } from '../world.ts';

const groupVersion = 'api-version=2025-04-01';
const lockVersion = 'api-version=2016-09-01';

const withGroup = async (): Promise<{ readonly sandbox: World; readonly group: string }> => {
  const sandbox = await world();
  const group = `${sandbox.subscription}/resourceGroups/rg`;
  await sandbox.register('Microsoft.ContainerService', 'Microsoft.OperationalInsights');
  await sandbox.request('PUT', `${group}?${groupVersion}`, { body: { location: 'uksouth' } });
  return { sandbox, group };
};

const lock = (sandbox: World, scope: string, level: string, name = 'keep') =>
  sandbox.request('PUT', `${scope}/providers/Microsoft.Authorization/locks/${name}?${lockVersion}`, {
    body: { properties: { level, notes: 'ours' } },
  });

test('a group that may not be deleted says which lock is in the way, and takes writes', async () => {
  const { sandbox, group } = await withGroup();
  expect(await lock(sandbox, group, 'CanNotDelete')).toMatchObject({
    status: 201,
    body: { name: 'keep', type: 'Microsoft.Authorization/locks', properties: { level: 'CanNotDelete', notes: 'ours' } },
  });
  expect(await sandbox.request('DELETE', `${group}?${groupVersion}`)).toMatchObject({
    status: 409,
    body: {
      error: {
        code: 'ScopeLocked',
        message: `The scope '${group}' cannot perform delete operation because following scope(s) are locked: '${group}'. Please remove the lock and try again.`,
      },
    },
  });
  const tagged = await sandbox.request('PATCH', `${group}?${groupVersion}`, { body: { tags: { a: 'b' } } });
  expect(tagged.status).toBe(200);
  await sandbox.request('DELETE', `${group}/providers/Microsoft.Authorization/locks/keep?${lockVersion}`);
  expect((await sandbox.request('DELETE', `${group}?${groupVersion}`)).status).toBe(202);
});

test('a locked cluster keeps itself, its pools and its group', async () => {
  const { sandbox, group } = await withGroup();
  const id = `${group}/providers/Microsoft.ContainerService/managedClusters/lab`;
  const version = 'api-version=2026-03-02-preview';
  expect(await lock(sandbox, id, 'CanNotDelete')).toMatchObject({
    status: 404,
    body: { error: { code: 'ResourceNotFound' } },
  });
  await sandbox.request('PUT', `${id}?${version}`, { body: clusterBody() });
  await lock(sandbox, id, 'CanNotDelete');
  for (const path of [`${id}?${version}`, `${id}/agentPools/workloads?${version}`, `${group}?${groupVersion}`])
    expect(await sandbox.request('DELETE', path)).toMatchObject({
      status: 409,
      body: { error: { code: 'ScopeLocked' } },
    });
  const listed = `${group}/providers/Microsoft.Authorization/locks?${lockVersion}`;
  expect(await sandbox.request('GET', listed)).toMatchObject({ body: { value: [{ name: 'keep' }] } });
});

test('a group that may only be read takes no write and gives no credential, and its Owner still takes the lock away', async () => {
  const { sandbox, group } = await withGroup();
  const workspace = `${group}/providers/Microsoft.OperationalInsights/workspaces/logs-lab?api-version=2025-07-01`;
  const cluster = `${group}/providers/Microsoft.ContainerService/managedClusters/lab`;
  const credential = `${cluster}/listClusterUserCredential?api-version=2026-05-01`;
  await lock(sandbox, group, 'ReadOnly');
  expect(await sandbox.request('PUT', workspace, { body: { location: 'uksouth' } })).toMatchObject({
    status: 409,
    body: { error: { code: 'ScopeLocked', message: expect.stringContaining('cannot perform write operation') } },
  });
  expect((await sandbox.request('POST', credential)).status).toBe(409);
  expect((await sandbox.request('GET', `${group}?${groupVersion}`)).status).toBe(200);
  await sandbox.request('DELETE', `${group}/providers/Microsoft.Authorization/locks/keep?${lockVersion}`);
  expect((await sandbox.request('PUT', workspace, { body: { location: 'uksouth' } })).status).toBe(201);
});

test('knows two levels, and forgets the locks of what is gone', async () => {
  const { sandbox, group } = await withGroup();
  expect(await lock(sandbox, group, 'Sometimes')).toMatchObject({ status: 400 });
  const id = `${group}/providers/Microsoft.OperationalInsights/workspaces/logs-lab`;
  await sandbox.request('PUT', `${id}?api-version=2025-07-01`, { body: { location: 'uksouth' } });
  await lock(sandbox, id, 'CanNotDelete');
  await sandbox.control('POST', '/sabotage', { kind: 'arm-delete', id });
  const listed = `${group}/providers/Microsoft.Authorization/locks?${lockVersion}`;
  expect(await sandbox.request('GET', listed)).toMatchObject({ body: { value: [] } });
});
