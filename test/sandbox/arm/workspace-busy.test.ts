import { expect, test } from 'vitest';
import { wallClock } from '../../../src/sandbox/clock.ts';
import { world } from '../world.ts';
import type { World } from '../world.ts';

const version = 'api-version=2025-07-01';
const body = (location = 'uksouth') => ({ location, properties: { sku: { name: 'PerGB2018' } } });
const url = ({ subscription }: World, rest = '', group = 'rg') =>
  `${subscription}/resourceGroups/${group}/providers/Microsoft.OperationalInsights/workspaces/logs-lab${rest}?${version}`;

/** At Azure's own pace, with a clock that a test puts on. */
const paced = async (...groups: readonly string[]) => {
  const wall = wallClock(1);
  let later = 0;
  const sandbox = await world({ clock: { ...wall, now: () => wall.now() + later } });
  const pass = (seconds: number): void => void (later += seconds * 1000);
  await sandbox.request(
    'POST',
    `${sandbox.subscription}/providers/Microsoft.OperationalInsights/register?api-version=2025-04-01`,
  );
  pass(600);
  for (const name of groups)
    await sandbox.request('PUT', `${sandbox.subscription}/resourcegroups/${name}?api-version=2025-04-01`, {
      body: { location: 'uksouth' },
    });
  return { sandbox, pass };
};

test('nobody writes to a workspace that is being made', async () => {
  const { sandbox, pass } = await paced('rg');
  expect((await sandbox.request('PUT', url(sandbox), { body: body() })).status).toBe(201);
  const busy = { status: 409, body: { error: { code: 'Conflict', message: expect.stringMatching(/in progress/u) } } };
  expect(await sandbox.request('PUT', url(sandbox), { body: body() })).toMatchObject(busy);
  expect(await sandbox.request('PATCH', url(sandbox), { body: { tags: { a: 'b' } } })).toMatchObject(busy);
  pass(60);
  expect((await sandbox.request('PUT', url(sandbox), { body: body() })).status).toBe(200);
});

test('a table is locked while a change of it is on its way, the one beside it is not', async () => {
  const { sandbox, pass } = await paced('rg');
  await sandbox.request('PUT', url(sandbox), { body: body() });
  pass(60);
  const change = (table: string, method: string) =>
    sandbox.request(
      method,
      url(sandbox, `/tables/${table}`),
      method === 'DELETE' ? {} : { body: { properties: { plan: 'Analytics', retentionInDays: 30 } } },
    );
  expect((await change('ContainerLogV2', 'PUT')).status).toBe(202);
  for (const method of ['PUT', 'PATCH', 'DELETE'])
    expect(await change('ContainerLogV2', method)).toMatchObject({
      status: 409,
      body: { error: { code: 'Conflict' } },
    });
  expect((await change('Heartbeat', 'PATCH')).status).toBe(202);
  pass(60);
  expect((await change('ContainerLogV2', 'PATCH')).status).toBe(202);
});

test('a deleted workspace keeps its name in its group for another region, and comes back in its own', async () => {
  const { sandbox, pass } = await paced('rg', 'other');
  const made = await sandbox.request('PUT', url(sandbox), { body: body() });
  const { customerId } = made.body['properties'] as { readonly customerId: string };
  pass(60);
  await sandbox.request('DELETE', url(sandbox));
  expect(await sandbox.request('PUT', url(sandbox), { body: body('westeurope') })).toMatchObject({
    status: 409,
    body: { error: { code: 'Conflict', message: "The workspace name 'logs-lab' is not unique", target: 'name' } },
  });
  const elsewhere = await sandbox.request('PUT', url(sandbox, '', 'other'), { body: body('westeurope') });
  expect(elsewhere).toMatchObject({ status: 201, body: { properties: { provisioningState: 'Creating' } } });
  expect(elsewhere.text).not.toContain(customerId);
  expect(await sandbox.request('PUT', url(sandbox), { body: body() })).toMatchObject({
    status: 200,
    body: { properties: { customerId, provisioningState: 'Succeeded' } },
  });
});

test('what was deleted for good leaves its name to every region', async () => {
  const { sandbox, pass } = await paced('rg');
  await sandbox.request('PUT', url(sandbox), { body: body() });
  pass(60);
  await sandbox.request('DELETE', `${url(sandbox)}&force=true`);
  expect((await sandbox.request('PUT', url(sandbox), { body: body('westeurope') })).status).toBe(201);
});
