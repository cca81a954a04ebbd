import { expect, test } from 'vitest';
import { clusterBody, world } from '../world.ts';
import type { World } from '../world.ts';

interface Made {
  readonly objectId: string;
  readonly clientId: string;
  readonly clientSecret: string;
}

const groupVersion = 'api-version=2025-04-01';
const clusterVersion = 'api-version=2026-03-02-preview';
const assignmentVersion = 'api-version=2022-04-01';
const reader = 'acdd72a7-3385-48ef-bd42-f606fba81ae7';

const makePrincipal = async (sandbox: World, order: Readonly<Record<string, unknown>> = {}): Promise<Made> =>
  (await sandbox.control('POST', '/principals', order)).body as unknown as Made;

const tokenOf = async (sandbox: World, { clientId, clientSecret }: Made): Promise<string> => {
  const { published } = sandbox;
  const answer = await sandbox.request('POST', `${published.authority}/${published.tenantId}/oauth2/v2.0/token`, {
    token: null,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: clientId,
      client_secret: clientSecret,
      scope: `${published.arm}/.default`,
    }).toString(),
  });
  return String(answer.body['access_token']);
};

const makeGroup = (sandbox: World, name: string) =>
  sandbox.request('PUT', `${sandbox.subscription}/resourcegroups/${name}?${groupVersion}`, {
    body: { location: 'uksouth' },
  });

const names = (body: Readonly<Record<string, unknown>>): readonly string[] =>
  (body['value'] as readonly { name: string }[]).map(({ name }) => name);

test('an application without a role sees no subscription and may do nothing in it', async () => {
  const sandbox = await world();
  const token = await tokenOf(sandbox, await makePrincipal(sandbox));
  expect(await sandbox.request('GET', '/subscriptions?api-version=2022-12-01', { token })).toMatchObject({
    status: 200,
    body: { value: [], count: { value: 0 } },
  });
  expect(await sandbox.request('GET', `${sandbox.subscription}?api-version=2022-12-01`, { token })).toMatchObject({
    status: 403,
    body: { error: { code: 'AuthorizationFailed' } },
  });
});

test('says who lacks which action where, in the words of ARM', async () => {
  const sandbox = await world();
  const who = await makePrincipal(sandbox, { roles: ['Reader'] });
  const token = await tokenOf(sandbox, who);
  const id = `${sandbox.subscription}/resourceGroups/rg`;
  const refused = await sandbox.request('PUT', `${id}?${groupVersion}`, { token, body: { location: 'uksouth' } });
  expect(refused).toMatchObject({
    status: 403,
    body: {
      error: {
        code: 'AuthorizationFailed',
        message: `The client '${who.clientId}' with object id '${who.objectId}' does not have authorization to perform action 'Microsoft.Resources/subscriptions/resourcegroups/write' over scope '${id}' or the scope is invalid. If access was recently granted, please refresh your credentials.`,
      },
    },
  });
  expect(
    await sandbox.request('GET', `${sandbox.subscription}/locations?api-version=2022-12-01`, { token }),
  ).toMatchObject({ status: 200 });
});

test('a role at a group reaches what is in it and nothing beside it, and lists show that part alone', async () => {
  const sandbox = await world();
  await sandbox.register('Microsoft.ContainerService');
  for (const name of ['rg-mine', 'rg-theirs']) await makeGroup(sandbox, name);
  const scope = `${sandbox.subscription}/resourceGroups/RG-Mine`;
  const token = await tokenOf(sandbox, await makePrincipal(sandbox, { roles: [{ role: 'Contributor', scope }] }));
  const cluster = (group: string) =>
    `${sandbox.subscription}/resourceGroups/${group}/providers/Microsoft.ContainerService/managedClusters/lab?${clusterVersion}`;
  expect((await sandbox.request('PUT', cluster('rg-mine'), { token, body: clusterBody() })).status).toBe(201);
  expect((await sandbox.request('PUT', cluster('rg-theirs'), { token, body: clusterBody() })).status).toBe(403);
  await sandbox.request('PUT', cluster('rg-theirs'), { body: clusterBody() });
  const groups = `${sandbox.subscription}/resourcegroups?${groupVersion}`;
  expect(names((await sandbox.request('GET', groups, { token })).body)).toEqual(['rg-mine']);
  const clusters = `${sandbox.subscription}/providers/Microsoft.ContainerService/managedClusters?${clusterVersion}`;
  const seen = await sandbox.request('GET', clusters, { token });
  expect(seen.text).toContain('rg-mine');
  expect(seen.text).not.toContain('rg-theirs');
  // Registering is the subscription's affair: this is where a role at a group ends.
  expect(
    await sandbox.request('POST', `${sandbox.subscription}/providers/Microsoft.Insights/register?${groupVersion}`, {
      token,
    }),
  ).toMatchObject({
    status: 403,
    body: {
      error: {
        message: expect.stringContaining(`'Microsoft.Insights/register/action' over scope '${sandbox.subscription}'`),
      },
    },
  });
});

test('what a role takes away again is not allowed: a contributor grants no roles', async () => {
  const sandbox = await world();
  const who = await makePrincipal(sandbox, { roles: ['Contributor'] });
  const token = await tokenOf(sandbox, who);
  const path = `${sandbox.subscription}/providers/Microsoft.Authorization/roleAssignments/11111111-2222-4333-8444-555555555555?${assignmentVersion}`;
  const body = {
    properties: { roleDefinitionId: reader, principalId: who.objectId, principalType: 'ServicePrincipal' },
  };
  expect(await sandbox.request('PUT', path, { token, body })).toMatchObject({
    status: 403,
    body: { error: { message: expect.stringContaining("'Microsoft.Authorization/roleAssignments/write'") } },
  });
});

test('a role that was given or taken is known here sooner than there', async () => {
  const sandbox = await world({ speed: 60 });
  const who = await makePrincipal(sandbox);
  const token = await tokenOf(sandbox, who);
  const ask = async () =>
    (await sandbox.request('GET', `${sandbox.subscription}/locations?api-version=2022-12-01`, { token })).status;
  const path = `${sandbox.subscription}/providers/Microsoft.Authorization/roleAssignments/11111111-2222-4333-8444-555555555555?${assignmentVersion}`;
  const body = {
    properties: { roleDefinitionId: reader, principalId: who.objectId, principalType: 'ServicePrincipal' },
  };
  expect((await sandbox.request('PUT', path, { body })).status).toBe(201);
  expect(await ask()).toBe(403);
  const seen: number[] = [];
  while (seen.slice(-4).some((status) => status !== 200) || seen.length < 4) seen.push(await ask());
  const first = seen.indexOf(200);
  expect(seen.slice(first)).toContain(403);
  await sandbox.request('DELETE', path);
  expect(await ask()).toBe(200);
  while ((await ask()) === 200 || (await ask()) === 200);
});

test('a custom role allows what it names, and goes only when nobody has it', async () => {
  const sandbox = await world();
  const name = '22222222-2222-4333-8444-555555555555';
  const path = `${sandbox.subscription}/providers/Microsoft.Authorization/roleDefinitions/${name}?${assignmentVersion}`;
  const definition = {
    properties: {
      roleName: 'Group maker',
      type: 'CustomRole',
      assignableScopes: [sandbox.subscription],
      permissions: [{ actions: ['Microsoft.Resources/subscriptions/resourceGroups/*'], notActions: ['*/delete'] }],
    },
  };
  expect((await sandbox.request('PUT', path, { body: definition })).status).toBe(201);
  const twin = path.replace(name, '33333333-2222-4333-8444-555555555555');
  expect(await sandbox.request('PUT', twin, { body: definition })).toMatchObject({
    status: 409,
    body: { error: { code: 'RoleDefinitionWithSameNameExists' } },
  });
  const who = await makePrincipal(sandbox, { roles: ['Group maker'] });
  const token = await tokenOf(sandbox, who);
  const group = `${sandbox.subscription}/resourcegroups/rg?${groupVersion}`;
  expect((await sandbox.request('PUT', group, { token, body: { location: 'uksouth' } })).status).toBe(201);
  expect((await sandbox.request('DELETE', group, { token })).status).toBe(403);
  expect(await sandbox.request('DELETE', path)).toMatchObject({
    status: 400,
    body: { error: { code: 'RoleDefinitionHasAssignments' } },
  });
  await sandbox.control('POST', '/sabotage', { kind: 'roles', objectId: who.objectId, roles: [] });
  expect((await sandbox.request('DELETE', path)).status).toBe(200);
});

test('a group of people brings its roles to its members', async () => {
  const sandbox = await world();
  const team = await makePrincipal(sandbox, { type: 'Group', displayName: 'team', roles: ['Reader'] });
  const token = await tokenOf(sandbox, await makePrincipal(sandbox, { groups: [team.objectId] }));
  expect((await sandbox.request('GET', `${sandbox.subscription}?api-version=2022-12-01`, { token })).status).toBe(200);
});

test('a deny assignment stands above every role', async () => {
  const sandbox = await world();
  await makeGroup(sandbox, 'rg');
  const scope = `${sandbox.subscription}/resourceGroups/rg`;
  await sandbox.control('POST', '/sabotage', { kind: 'deny-assignment', scope, displayName: 'hands off' });
  expect(await sandbox.request('DELETE', `${scope}?${groupVersion}`)).toMatchObject({
    status: 403,
    body: {
      error: {
        code: 'DenyAssignmentAuthorizationFailed',
        message: expect.stringMatching(
          /has permission to perform action 'Microsoft\.Resources\/subscriptions\/resourcegroups\/delete' on scope .*; however, the access is denied because of the deny assignment with name 'hands off' and Id '[0-9a-f]{32}' at scope/u,
        ),
      },
    },
  });
  const listed = `${scope}/providers/Microsoft.Authorization/denyAssignments?${assignmentVersion}`;
  expect(await sandbox.request('GET', listed)).toMatchObject({
    body: { value: [{ properties: { denyAssignmentName: 'hands off', principals: [{ type: 'SystemDefined' }] } }] },
  });
});

test('roles are given once, to somebody whom the directory knows or whose type is stated', async () => {
  const sandbox = await world();
  const at = `${sandbox.subscription}/providers/Microsoft.Authorization/roleAssignments`;
  const put = (name: string, properties: Readonly<Record<string, unknown>>) =>
    sandbox.request('PUT', `${at}/${name}?${assignmentVersion}`, { body: { properties } });
  const [one, two] = ['11111111-2222-4333-8444-555555555551', '11111111-2222-4333-8444-555555555552'];
  const stranger = { roleDefinitionId: reader, principalId: '99999999-2222-4333-8444-555555555555' };
  expect(await put(one, stranger)).toMatchObject({ status: 400, body: { error: { code: 'PrincipalNotFound' } } });
  expect(await put(one, { ...stranger, principalType: 'ServicePrincipal' })).toMatchObject({ status: 201 });
  expect(await put(two, { ...stranger, principalType: 'ServicePrincipal' })).toMatchObject({
    status: 409,
    body: { error: { code: 'RoleAssignmentExists', message: expect.stringContaining(one.replaceAll('-', '')) } },
  });
  expect(await put(one, { ...stranger, roleDefinitionId: 'b24988ac-6180-42a0-ab88-20f7382dd24c' })).toMatchObject({
    status: 403,
    body: { error: { code: 'RoleAssignmentUpdateNotPermitted' } },
  });
  expect(await put(two, { ...stranger, roleDefinitionId: two })).toMatchObject({
    status: 400,
    body: { error: { code: 'RoleDefinitionDoesNotExist' } },
  });
});

test('the client of the profile can lose its roles, and permissions tell what it has', async () => {
  const sandbox = await world();
  const path = `${sandbox.subscription}/providers/Microsoft.Authorization/permissions?api-version=2022-04-01`;
  expect(await sandbox.request('GET', path)).toMatchObject({ body: { value: [{ actions: ['*'] }] } });
  await sandbox.control('POST', '/sabotage', { kind: 'roles', roles: ['Reader'] });
  expect(await sandbox.request('GET', path)).toMatchObject({ body: { value: [{ actions: ['*/read'] }] } });
  expect((await makeGroup(sandbox, 'rg')).status).toBe(403);
  expect(
    await sandbox.control('POST', '/sabotage', {
      kind: 'arm-request',
      method: 'PUT',
      path: `${sandbox.subscription}/resourcegroups/rg?${groupVersion}`,
      body: { location: 'uksouth' },
    }),
  ).toMatchObject({ status: 201, body: { name: 'rg' } });
});

test('what a write links with needs a right of its own', async () => {
  const sandbox = await world();
  await sandbox.register('Microsoft.ContainerService', 'Microsoft.OperationalInsights');
  for (const name of ['rg', 'rg-logs']) await makeGroup(sandbox, name);
  const scope = `${sandbox.subscription}/resourceGroups/rg`;
  const workspace = `${sandbox.subscription}/resourceGroups/rg-logs/providers/Microsoft.OperationalInsights/workspaces/logs-lab`;
  const path = `${workspace}?api-version=2025-07-01`;
  await sandbox.request('PUT', path, { body: { location: 'uksouth' } });
  await sandbox.until(path, ({ text }) => text.includes('"provisioningState":"Succeeded"'));
  const who = await makePrincipal(sandbox, { roles: [{ role: 'Contributor', scope }] });
  const token = await tokenOf(sandbox, who);
  const cluster = `${scope}/providers/Microsoft.ContainerService/managedClusters/lab?${clusterVersion}`;
  const put = () => sandbox.request('PUT', cluster, { token, body: clusterBody(workspace) });
  expect(await put()).toMatchObject({
    status: 403,
    body: {
      error: {
        code: 'LinkedAuthorizationFailed',
        message: expect.stringContaining(
          `it does not have permission to perform action(s) 'Microsoft.OperationalInsights/workspaces/sharedkeys/read' on the linked scope(s) '${workspace}'`,
        ),
      },
    },
  });
  const roles = [
    { role: 'Contributor', scope },
    { role: 'Log Analytics Contributor', scope: workspace },
  ];
  await sandbox.control('POST', '/sabotage', { kind: 'roles', objectId: who.objectId, roles });
  expect((await put()).status).toBe(201);
});
