import { ResourceManagementClient } from '@azure/arm-resources';
import { expect, test } from 'vitest';
import { clientOptions, clusterBody, world } from '../world.ts';
import type { World } from '../world.ts';

const groupVersion = 'api-version=2025-04-01';
const cluster = ({ subscription }: World, version = '2026-03-02-preview') =>
  `${subscription}/resourceGroups/rg/providers/Microsoft.ContainerService/managedClusters/lab?api-version=${version}`;

test('asks for a token, and for one of its own that is still good', async () => {
  const sandbox = await world();
  const path = `${sandbox.subscription}?api-version=2022-12-01`;
  const missing = await sandbox.request('GET', path, { token: null });
  expect(missing).toMatchObject({ status: 401, body: { error: { code: 'AuthenticationFailed' } } });
  expect(missing.headers['www-authenticate']).toContain(sandbox.published.tenantId);
  expect(await sandbox.request('GET', path, { token: 'a.b.c' })).toMatchObject({
    status: 401,
    body: { error: { code: 'InvalidAuthenticationToken' } },
  });
  const forLogs = await sandbox.token(`${sandbox.published.logs}/.default`);
  expect(await sandbox.request('GET', path, { token: forLogs })).toMatchObject({
    status: 401,
    body: { error: { code: 'InvalidAuthenticationTokenAudience' } },
  });
});

test('a token from before the fault token-expired is refused, a new one is not', async () => {
  const sandbox = await world();
  const path = `${sandbox.subscription}?api-version=2022-12-01`;
  const token = await sandbox.token(`${sandbox.published.arm}/.default`);
  expect(await sandbox.request('GET', path, { token })).toMatchObject({ status: 200 });
  await sandbox.control('POST', '/faults', { name: 'token-expired' });
  expect(await sandbox.request('GET', path, { token })).toMatchObject({
    status: 401,
    body: { error: { code: 'ExpiredAuthenticationToken' } },
  });
  await new Promise((resolve) => setTimeout(resolve, 5));
  expect(
    await sandbox.request('GET', path, { token: await sandbox.token(`${sandbox.published.arm}/.default`) }),
  ).toMatchObject({ status: 200 });
});

test('knows one subscription', async () => {
  const sandbox = await world();
  const other = '/subscriptions/11111111-2222-4333-8444-555555555555';
  expect(await sandbox.request('GET', `${other}/resourcegroups?${groupVersion}`)).toMatchObject({
    status: 404,
    body: { error: { code: 'SubscriptionNotFound' } },
  });
  expect(await sandbox.request('GET', '/subscriptions?api-version=2022-12-01')).toMatchObject({
    body: { value: [{ subscriptionId: sandbox.published.subscriptionId, tenantId: sandbox.published.tenantId }] },
  });
});

test('refuses api-versions that are missing, unknown or retired, each in its own words', async () => {
  const sandbox = await world();
  expect(await sandbox.request('GET', `${sandbox.subscription}/resourcegroups`)).toMatchObject({
    status: 400,
    body: { error: { code: 'MissingApiVersionParameter' } },
  });
  expect(await sandbox.request('GET', `${sandbox.subscription}/resourcegroups?api-version=1999-01-01`)).toMatchObject({
    body: { error: { code: 'InvalidApiVersionParameter' } },
  });
  const retired = await sandbox.request('PUT', cluster(sandbox, '2024-02-02-preview'), { body: clusterBody() });
  expect(retired).toMatchObject({ status: 400, body: { error: { code: 'NoRegisteredProviderFound' } } });
  expect(retired.text).toContain(
    "No registered resource provider found for location 'uksouth' and API version '2024-02-02-preview' for type 'managedClusters'",
  );
  expect(
    await sandbox.request('GET', `${sandbox.subscription}/providers/Microsoft.Nowhere/things?api-version=2020-01-01`),
  ).toMatchObject({ status: 404, body: { error: { code: 'InvalidResourceNamespace' } } });
});

test('writes need a registered provider, and registering takes its time', async () => {
  const sandbox = await world({ speed: 200 });
  await sandbox.request('PUT', `${sandbox.subscription}/resourcegroups/rg?${groupVersion}`, {
    body: { location: 'uksouth' },
  });
  const refused = await sandbox.request('PUT', cluster(sandbox), { body: clusterBody() });
  expect(refused).toMatchObject({
    status: 409,
    body: { error: { code: 'MissingSubscriptionRegistration', details: [{ target: 'Microsoft.ContainerService' }] } },
  });
  const provider = `${sandbox.subscription}/providers/Microsoft.ContainerService`;
  expect(await sandbox.request('POST', `${provider}/register?${groupVersion}`)).toMatchObject({
    body: { registrationState: 'Registering' },
  });
  const registered = await sandbox.until(
    `${provider}?${groupVersion}`,
    ({ body }) => body['registrationState'] === 'Registered',
  );
  const types = registered.body['resourceTypes'] as {
    resourceType: string;
    locations: string[];
    apiVersions: string[];
  }[];
  const managedClusters = types.find(({ resourceType }) => resourceType === 'managedClusters');
  expect(managedClusters?.locations).toContain('UK South');
  expect(managedClusters?.apiVersions.filter((version) => version.endsWith('-preview'))[0]).toBe('2026-05-02-preview');
});

test('what only a provider knows cannot be read before it is registered, what ARM tracks can', async () => {
  const sandbox = await world();
  await sandbox.request('PUT', `${sandbox.subscription}/resourcegroups/rg?api-version=2025-04-01`, {
    body: { location: 'uksouth' },
  });
  const versions = `${sandbox.subscription}/providers/Microsoft.ContainerService/locations/uksouth/kubernetesVersions?api-version=2026-05-01`;
  expect(await sandbox.request('GET', versions)).toMatchObject({
    status: 409,
    body: { error: { code: 'MissingSubscriptionRegistration' } },
  });
  expect(await sandbox.request('GET', cluster(sandbox, '2026-05-01'))).toMatchObject({
    status: 404,
    body: { error: { code: 'ResourceNotFound' } },
  });
  await sandbox.register('Microsoft.ContainerService');
  expect((await sandbox.request('GET', versions)).status).toBe(200);
});

test('a feature is Registering for minutes, and stays so while the fault says it', async () => {
  const sandbox = await world();
  const feature = `${sandbox.subscription}/providers/Microsoft.Features/providers/Microsoft.ContainerService/features/KubeProxyConfigurationPreview`;
  const version = 'api-version=2021-07-01';
  expect(await sandbox.request('GET', `${feature}?${version}`)).toMatchObject({
    body: { properties: { state: 'NotRegistered' } },
  });
  await sandbox.control('POST', '/faults', { name: 'feature-stuck' });
  expect(await sandbox.request('POST', `${feature}/register?${version}`)).toMatchObject({
    body: { properties: { state: 'Registering' } },
  });
  await new Promise((resolve) => setTimeout(resolve, 250));
  expect(await sandbox.request('GET', `${feature}?${version}`)).toMatchObject({
    body: { properties: { state: 'Registering' } },
  });
  await sandbox.control('DELETE', '/faults');
  await sandbox.until(`${feature}?${version}`, ({ text }) => text.includes('"Registered"'));
});

test('routes without regard to case and gives a missing group its own error', async () => {
  const sandbox = await world();
  const path = `${sandbox.subscription}/resourcegroups/RG-One`;
  expect(await sandbox.request('PUT', `${path}?${groupVersion}`, { body: { location: 'UK South' } })).toMatchObject({
    status: 201,
    body: { location: 'uksouth' },
  });
  expect(
    await sandbox.request('GET', `${path.toUpperCase().replace('/SUBSCRIPTIONS', '/Subscriptions')}?${groupVersion}`),
  ).toMatchObject({ body: { name: 'RG-One' } });
  expect(await sandbox.request('PUT', `${path}?${groupVersion}`, { body: { location: 'westeurope' } })).toMatchObject({
    status: 409,
    body: { error: { code: 'InvalidResourceGroupLocation' } },
  });
  const missing = await sandbox.request('GET', cluster(sandbox));
  expect(missing).toMatchObject({
    status: 404,
    body: { error: { code: 'ResourceGroupNotFound', message: "Resource group 'rg' could not be found." } },
  });
  expect(
    await sandbox.request('PUT', `${sandbox.subscription}/resourcegroups/a%20b.?${groupVersion}`, {
      body: { location: 'uksouth' },
    }),
  ).toMatchObject({ status: 400, body: { error: { code: 'InvalidResourceGroup' } } });
});

test('takes actions away when the fault says so', async () => {
  const sandbox = await world();
  await sandbox.control('POST', '/faults', {
    name: 'authorization-failed',
    actions: ['Microsoft.Resources/subscriptions/resourceGroups/write'],
  });
  const refused = await sandbox.request('PUT', `${sandbox.subscription}/resourcegroups/rg?${groupVersion}`, {
    body: { location: 'uksouth' },
  });
  expect(refused).toMatchObject({ status: 403, body: { error: { code: 'AuthorizationFailed' } } });
  expect(refused.text).toContain(`The client '${sandbox.published.clientId}' with object id`);
  expect(await sandbox.request('GET', `${sandbox.subscription}/resourcegroups?${groupVersion}`)).toMatchObject({
    status: 200,
  });
  expect(
    await sandbox.request(
      'GET',
      `${sandbox.subscription}/providers/Microsoft.Authorization/permissions?api-version=2022-04-01`,
    ),
  ).toMatchObject({
    body: { value: [{ actions: ['*'], notActions: ['Microsoft.Resources/subscriptions/resourceGroups/write'] }] },
  });
});

test('every answer carries the ids that support asks for', async () => {
  const sandbox = await world();
  const { headers } = await sandbox.request('GET', `${sandbox.subscription}/resourcegroups?${groupVersion}`, {
    headers: { 'x-ms-correlation-request-id': 'abc' },
  });
  expect(headers['x-ms-request-id']).toMatch(/^[0-9a-f-]{36}$/u);
  expect(headers['x-ms-correlation-request-id']).toBe('abc');
});

test('a claims challenge makes the SDK ask for a new token by itself, an expired token does not', async () => {
  const sandbox = await world();
  const resources = new ResourceManagementClient(
    sandbox.credential,
    sandbox.published.subscriptionId,
    clientOptions(sandbox),
  );
  await resources.resourceGroups.createOrUpdate('rg', { location: 'uksouth' });
  await sandbox.control('POST', '/faults', { name: 'token-expired', challenge: true });
  await expect(resources.resourceGroups.get('rg')).resolves.toMatchObject({ name: 'rg' });
  await new Promise((resolve) => setTimeout(resolve, 5));
  await sandbox.control('POST', '/faults', { name: 'token-expired' });
  await expect(resources.resourceGroups.get('rg')).rejects.toMatchObject({
    statusCode: 401,
    code: 'ExpiredAuthenticationToken',
  });
});
