import { expect, test } from 'vitest';
import { world } from '../world.ts';
import type { World } from '../world.ts';

const workspace = ({ subscription }: World) =>
  `${subscription}/resourceGroups/rg/providers/Microsoft.OperationalInsights/workspaces/logs-lab`;
const url = (sandbox: World, rest: string, version = '2025-09-01') =>
  `${workspace(sandbox)}/providers/Microsoft.SecurityInsights/${rest}?api-version=${version}`;
const state = 'onboardingStates/default';

// Each try runs the query engine, which a busy machine takes its time for.
const patience = { timeout: 15_000, interval: 20 };

const ready = async (speed = 2000): Promise<World> => {
  const sandbox = await world({ speed });
  await sandbox.register('Microsoft.OperationalInsights', 'Microsoft.SecurityInsights');
  await sandbox.request('PUT', `${sandbox.subscription}/resourcegroups/rg?api-version=2025-04-01`, {
    body: { location: 'uksouth' },
  });
  await sandbox.request('PUT', `${workspace(sandbox)}?api-version=2025-07-01`, { body: { location: 'uksouth' } });
  await sandbox.until(`${workspace(sandbox)}?api-version=2025-07-01`, ({ text }) => text.includes('"Succeeded"'));
  return sandbox;
};

const onboarded = async (speed?: number): Promise<World> => {
  const sandbox = await ready(speed);
  await sandbox.request('PUT', url(sandbox, state), { body: { properties: { customerManagedKey: false } } });
  await sandbox.until(url(sandbox, state), ({ status }) => status === 200);
  return sandbox;
};

const rule = (change: Readonly<Record<string, unknown>> = {}) => ({
  kind: 'Scheduled',
  properties: {
    displayName: 'Heartbeats',
    enabled: true,
    severity: 'Low',
    query: 'Heartbeat | take 1',
    queryFrequency: 'PT5M',
    queryPeriod: 'PT1H',
    triggerOperator: 'GreaterThan',
    triggerThreshold: 0,
    suppressionDuration: 'PT5H',
    suppressionEnabled: false,
    tactics: ['Execution'],
    techniques: ['T1059'],
    ...change,
  },
});

test('onboarding needs its body, echoes nothing of it and is seen late', async () => {
  const sandbox = await ready(50);
  expect(await sandbox.request('PUT', url(sandbox, state))).toMatchObject({
    status: 400,
    body: { error: { code: 'BadRequest' } },
  });
  expect((await sandbox.request('PUT', url(sandbox, state), { body: {} })).status).toBe(400);
  const put = await sandbox.request('PUT', url(sandbox, state), {
    body: { properties: { customerManagedKey: false } },
  });
  expect(put).toMatchObject({ status: 201, body: { properties: {}, systemData: {} } });
  expect(put.text).not.toContain('customerManagedKey');
  expect((await sandbox.request('GET', url(sandbox, state))).status).toBe(404);
  await sandbox.until(url(sandbox, state), ({ status }) => status === 200);
});

test('a second onboarding is 200, or 409 where the fault says so', async () => {
  const sandbox = await onboarded();
  const again = () =>
    sandbox.request('PUT', url(sandbox, state), { body: { properties: { customerManagedKey: false } } });
  expect((await again()).status).toBe(200);
  await sandbox.control('POST', '/faults', { name: 'onboarding-conflict' });
  expect(await again()).toMatchObject({ status: 409, body: { error: { code: 'Conflict' } } });
  expect((await sandbox.request('GET', url(sandbox, state))).status).toBe(200);
});

test('the id of a deleted rule is taken for a while', async () => {
  const sandbox = await onboarded(60);
  const put = () => sandbox.request('PUT', url(sandbox, 'alertRules/a'), { body: rule() });
  expect((await put()).status).toBe(201);
  expect((await sandbox.request('DELETE', url(sandbox, 'alertRules/a'))).status).toBe(200);
  expect(await put()).toMatchObject({ status: 409, text: expect.stringContaining('was recently deleted') });
  await expect.poll(async () => (await put()).status, patience).toBe(201);
});

test('a function that was just saved is unknown to rules for a moment, and stays known when it is saved again', async () => {
  const sandbox = await onboarded(60);
  const save = () =>
    sandbox.request('PUT', `${workspace(sandbox)}/savedSearches/f?api-version=2025-07-01`, {
      body: {
        etag: '*',
        properties: { category: 'c', displayName: 'f', query: 'Heartbeat', functionAlias: 'Beats', version: 2 },
      },
    });
  const put = () => sandbox.request('PUT', url(sandbox, 'alertRules/a'), { body: rule({ query: 'Beats | take 1' }) });
  // The first question loads the query engine, which takes longer than the lag.
  await put();
  expect((await save()).status).toBe(200);
  expect(await put()).toMatchObject({ status: 400, text: expect.stringContaining('One of the tables does not exist') });
  await expect.poll(async () => (await put()).status, patience).toBe(201);
  await save();
  expect((await put()).status).toBe(200);
});

test('rules need an onboarded workspace', async () => {
  const sandbox = await ready();
  expect(await sandbox.request('PUT', url(sandbox, 'alertRules/a'), { body: rule() })).toMatchObject({
    status: 400,
    body: { error: { code: 'BadRequest' } },
  });
});

test('a rule is 201 the first time, 200 then, and drops what only a preview knows', async () => {
  const sandbox = await onboarded();
  expect(
    await sandbox.request('PUT', url(sandbox, 'alertRules/a'), { body: rule({ subTechniques: ['T1059.004'] }) }),
  ).toMatchObject({ status: 201, body: { kind: 'Scheduled' } });
  const again = await sandbox.request('PUT', url(sandbox, 'alertRules/a'), { body: rule() });
  expect(again.status).toBe(200);
  expect((await sandbox.request('GET', url(sandbox, 'alertRules/a'))).text).not.toContain('subTechniques');
  expect(await sandbox.request('PUT', url(sandbox, 'alertRules/b'), { body: rule() })).toMatchObject({
    status: 400,
    text: expect.stringContaining('already exists'),
  });
  expect(await sandbox.request('DELETE', url(sandbox, 'alertRules/a'))).toMatchObject({ status: 200, text: '{}' });
  expect((await sandbox.request('GET', url(sandbox, 'alertRules/a'))).status).toBe(404);
});

test.each([
  ['a sub-technique', { techniques: ['T1059.004'] }, /The technique 'T1059\.004' is invalid/u],
  [
    'a technique without its tactic',
    { techniques: ['T1003'] },
    /No valid tactic corresponding to the technique T1003/u,
  ],
  ['no suppression duration', { suppressionDuration: undefined }, /suppressionDuration/u],
  ['a duration in words', { queryPeriod: '1h' }, /ISO 8601/u],
  ['a frequency above the period', { queryFrequency: 'PT2H' }, /less than or equal/u],
  ['a table that nobody has', { query: 'Nonsense_CL | take 1' }, /One of the tables does not exist/u],
  ['ContainerLogV2 before it is configured', { query: 'ContainerLogV2 | take 1' }, /One of the tables does not exist/u],
  ['a function that is not deployed', { query: 'TetragonEvents() | take 1' }, /Unknown function: 'TetragonEvents'/u],
  [
    'a column that nobody has',
    { query: 'Heartbeat | where Nonsense == 1' },
    /Failed to resolve table or column expression named 'Nonsense'/u,
  ],
  ['a search over everything', { query: 'search * | take 1' }, /not allowed/u],
  ['an unknown severity', { severity: 'Terrible' }, /severity/u],
  ['a threshold that is a text', { triggerThreshold: '0' }, /triggerThreshold/u],
])('refuses %s', async (_what, change, words) => {
  const sandbox = await onboarded();
  const answer = await sandbox.request('PUT', url(sandbox, 'alertRules/a'), { body: rule(change) });
  expect(answer).toMatchObject({ status: 400, body: { error: { code: 'BadRequest' } } });
  expect(answer.text).toMatch(words);
});

test('a deployed function can be used by a rule once what it reads is there', async () => {
  const sandbox = await onboarded();
  const save = (id: string, query: string) =>
    sandbox.request('PUT', `${workspace(sandbox)}/savedSearches/${id}?api-version=2025-07-01`, {
      body: {
        properties: {
          category: 'Security',
          displayName: id,
          query,
          functionAlias: id,
          functionParameters: 'lookback: timespan = 1h',
        },
      },
    });
  await save('TetragonLines', 'ContainerLogV2 | where TimeGenerated > ago(lookback)');
  await save('TetragonEvents', 'TetragonLines(lookback) | project TimeGenerated, PodName');
  const put = () =>
    sandbox.request('PUT', url(sandbox, 'alertRules/a'), { body: rule({ query: 'TetragonEvents(2h) | take 1' }) });
  await expect.poll(async () => (await put()).text, patience).toContain('One of the tables does not exist');
  const table = `${workspace(sandbox)}/tables/ContainerLogV2?api-version=2025-07-01`;
  expect((await sandbox.request('GET', table)).status).toBe(404);
  await sandbox.request('PUT', table, { body: { properties: { plan: 'Analytics' } } });
  await sandbox.until(table, ({ text }) => text.includes('"Succeeded"'));
  await expect.poll(async () => (await put()).status, patience).toBe(201);
});
