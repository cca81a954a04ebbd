import { expect, test } from 'vitest';
import { world } from '../world.ts';
import type { Answer, World } from '../world.ts';

const version = 'api-version=2025-04-01';
const deployment = ({ subscription }: World, rest = ''): string =>
  `${subscription}/resourcegroups/rg/providers/Microsoft.Resources/deployments/pack${rest}?${version}`;
const inner = ({ body }: Answer): Readonly<Record<string, unknown>> => body['properties'] as Record<string, unknown>;

const ready = async (speed = 2000): Promise<World> => {
  const sandbox = await world({ speed });
  await sandbox.register('Microsoft.OperationalInsights', 'Microsoft.SecurityInsights', 'Microsoft.Insights');
  await sandbox.request('PUT', `${sandbox.subscription}/resourcegroups/rg?${version}`, {
    body: { location: 'uksouth' },
  });
  return sandbox;
};

const workspaces = 'Microsoft.OperationalInsights/workspaces';
const workspace = {
  type: workspaces,
  apiVersion: '2025-07-01',
  name: "[parameters('workspace')]",
  location: '[resourceGroup().location]',
  properties: { sku: { name: 'PerGB2018' }, retentionInDays: "[if(equals(length(split('a-b', '-')), 2), 60, 30)]" },
};
const onWorkspace = "[resourceId('Microsoft.OperationalInsights/workspaces', parameters('workspace'))]";
const onboarding = {
  type: 'Microsoft.SecurityInsights/onboardingStates',
  apiVersion: '2025-09-01',
  name: 'default',
  scope: onWorkspace,
  dependsOn: [onWorkspace],
  properties: { customerManagedKey: false },
};
const search = {
  type: `${workspaces}/savedSearches`,
  apiVersion: '2025-07-01',
  name: "[concat(parameters('workspace'), '/', variables('prefix'), '-search')]",
  dependsOn: [onWorkspace],
  properties: {
    category: 'ours',
    displayName: "[format('In {0}', reference(parameters('workspace')).customerId)]",
    query: 'Heartbeat',
  },
};

const body = (resources: readonly unknown[], change: Readonly<Record<string, unknown>> = {}) => ({
  properties: {
    mode: 'Incremental',
    parameters: { workspace: { value: 'workspace' } },
    template: {
      $schema: 'https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#',
      contentVersion: '1.0.0.0',
      parameters: { workspace: { type: 'string' }, secret: { type: 'securestring', defaultValue: 'x' } },
      variables: { prefix: "[toLower('OURS')]" },
      resources,
      outputs: {
        customerId: {
          type: 'string',
          value: `[reference(resourceId('${workspaces}', parameters('workspace'))).customerId]`,
        },
      },
    },
    ...change,
  },
});

const finished = (sandbox: World): Promise<Answer> =>
  sandbox.until(deployment(sandbox), (answer) =>
    ['Succeeded', 'Failed'].includes(String(inner(answer)['provisioningState'])),
  );

test('a deployment makes its resources in the order of their dependencies and tells what it put out', async () => {
  const sandbox = await ready(400);
  const put = await sandbox.request('PUT', deployment(sandbox), { body: body([search, onboarding, workspace]) });
  expect(put).toMatchObject({ status: 201, body: { properties: { provisioningState: 'Accepted' } } });
  expect((await sandbox.request('GET', put.headers['azure-asyncoperation'] ?? '')).body).toEqual({ status: 'Running' });
  expect(await sandbox.request('PUT', deployment(sandbox), { body: body([workspace]) })).toMatchObject({
    status: 409,
    body: { error: { code: 'DeploymentActive' } },
  });
  const done = await finished(sandbox);
  const id = `${sandbox.subscription}/resourceGroups/rg/providers/${workspaces}/workspace`;
  const made = await sandbox.request('GET', `${id}?api-version=2025-07-01`);
  expect(inner(made)).toMatchObject({ retentionInDays: 60 });
  const customerId = inner(made)['customerId'];
  expect(inner(done)).toMatchObject({
    provisioningState: 'Succeeded',
    outputs: { customerId: { type: 'string', value: customerId } },
    parameters: { workspace: { value: 'workspace' }, secret: { type: 'securestring' } },
  });
  expect(inner(await sandbox.request('GET', `${id}/savedSearches/ours-search?api-version=2025-07-01`))).toMatchObject({
    displayName: `In ${String(customerId)}`,
  });
  const operations = await sandbox.request('GET', deployment(sandbox, '/operations'));
  expect(operations.body['value']).toHaveLength(3);
  expect((await sandbox.request('GET', put.headers['azure-asyncoperation'] ?? '')).body).toEqual({
    status: 'Succeeded',
  });
});

test('what a provider refuses fails the deployment, in its words, and what depends on it is never begun', async () => {
  const sandbox = await ready();
  const wrong = { ...workspace, properties: { retentionInDays: 5 } };
  await sandbox.request('PUT', deployment(sandbox), { body: body([wrong, onboarding]) });
  const done = await finished(sandbox);
  expect(inner(done)).toMatchObject({
    provisioningState: 'Failed',
    error: { code: 'DeploymentFailed', details: [{ code: 'InvalidParameter' }] },
  });
  expect((await sandbox.request('GET', deployment(sandbox, '/operations'))).body['value']).toMatchObject([
    { properties: { provisioningState: 'Failed', statusCode: 'BadRequest' } },
  ]);
});

test('a rule is deployed in both ways that templates write an extension', async () => {
  const sandbox = await ready();
  const watchlist = {
    type: `${workspaces}/providers/watchlists`,
    apiVersion: '2025-09-01',
    name: "[concat(parameters('workspace'), '/Microsoft.SecurityInsights/known-good')]",
    dependsOn: [onWorkspace],
    properties: { displayName: 'Ours', provider: 'us', itemsSearchKey: 'image' },
  };
  await sandbox.request('PUT', deployment(sandbox), { body: body([workspace, onboarding]) });
  await finished(sandbox);
  const states = `${sandbox.subscription}/resourceGroups/rg/providers/${workspaces}/workspace/providers/Microsoft.SecurityInsights`;
  await sandbox.until(`${states}/onboardingStates/default?api-version=2025-09-01`, ({ status }) => status === 200);
  await sandbox.request('PUT', deployment(sandbox), { body: body([workspace, watchlist]) });
  expect(inner(await finished(sandbox))).toMatchObject({ provisioningState: 'Succeeded' });
  expect((await sandbox.request('GET', `${states}/watchlists/known-good?api-version=2025-09-01`)).status).toBe(200);
});

test.each([
  ['a circle', [{ ...workspace, dependsOn: ["[parameters('workspace')]"] }], /Circular dependency/u],
  ['an unknown dependency', [{ ...workspace, dependsOn: ['nobody'] }], /'nobody' is not defined in the template/u],
  [
    'an unknown function',
    [{ ...workspace, location: "[pickZones('a', 'b')]" }],
    /'pickZones' is none that this sandbox evaluates/u,
  ],
  ['broken brackets', [{ ...workspace, location: "[concat('a']" }], /is not valid near/u],
])('a template with %s is refused before anything is made', async (_what, resources, words) => {
  const sandbox = await ready();
  const answer = await sandbox.request('PUT', deployment(sandbox), { body: body(resources) });
  expect(answer).toMatchObject({ status: 400, body: { error: { code: 'InvalidTemplate' } } });
  expect(answer.text).toMatch(words);
  expect((await sandbox.request('GET', deployment(sandbox))).status).toBe(404);
});
