import { expect, test } from 'vitest';
import { clusterBody, world } from '../world.ts';
import type { World } from '../world.ts';

const allowedLocations = '/providers/Microsoft.Authorization/policyDefinitions/e56962a6-4747-49cd-b67b-bf8b01975c4c';
const groupTag = '/providers/Microsoft.Authorization/policyDefinitions/96670d01-0a4d-4649-9c89-2d3abc0a5025';

const assign = (sandbox: World, scope: string, properties: Readonly<Record<string, unknown>>) =>
  sandbox.request('PUT', `${scope}/providers/Microsoft.Authorization/policyAssignments/guard?api-version=2021-06-01`, {
    body: { properties },
  });

const ask = (
  sandbox: World,
  content: unknown,
  {
    scope = sandbox.subscription,
    apiVersion = '2024-10-01',
    more = {},
  }: { scope?: string; apiVersion?: string; more?: object } = {},
) =>
  sandbox.request(
    'POST',
    `${scope}/providers/Microsoft.PolicyInsights/checkPolicyRestrictions?api-version=${apiVersion}`,
    {
      body: { resourceDetails: { resourceContent: content }, ...more },
    },
  );

const cluster = { type: 'Microsoft.ContainerService/managedClusters', name: 'lab', ...clusterBody() };

/** A policy is not enforced at once: asks until it is. */
const denied = async (of: () => ReturnType<typeof ask>) => {
  for (;;) {
    const answer = await of();
    expect(answer.status).toBe(200);
    if (JSON.stringify(answer.body).includes('NonCompliant')) return answer.body;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
};

test('nobody is answered before the provider is registered', async () => {
  const sandbox = await world();
  expect(await ask(sandbox, cluster)).toMatchObject({
    status: 409,
    body: { error: { code: 'MissingSubscriptionRegistration' } },
  });
});

test('what no policy denies has an empty answer, at the subscription and at a group', async () => {
  const sandbox = await world();
  await sandbox.register('Microsoft.PolicyInsights');
  const scope = `${sandbox.subscription}/resourceGroups/rg`;
  await sandbox.request('PUT', `${scope}?api-version=2025-04-01`, { body: { location: 'uksouth' } });
  const empty = { fieldRestrictions: [], contentEvaluationResult: { policyEvaluations: [] } };
  expect(await ask(sandbox, cluster)).toMatchObject({ status: 200, body: empty });
  expect(await ask(sandbox, cluster, { scope })).toMatchObject({ status: 200, body: empty });
});

test('a denial names assignment, definition, effect and what was compared, and nothing is made', async () => {
  const sandbox = await world();
  await sandbox.register('Microsoft.PolicyInsights');
  await assign(sandbox, sandbox.subscription, {
    policyDefinitionId: allowedLocations,
    parameters: { listOfAllowedLocations: { value: ['westeurope'] } },
  });
  expect(await denied(() => ask(sandbox, cluster))).toMatchObject({
    contentEvaluationResult: {
      policyEvaluations: [
        {
          policyInfo: {
            policyAssignmentId: `${sandbox.subscription}/providers/microsoft.authorization/policyAssignments/guard`,
          },
          evaluationResult: 'NonCompliant',
          evaluationDetails: {
            evaluatedExpressions: expect.arrayContaining([
              expect.objectContaining({
                expression: 'location',
                expressionValue: 'uksouth',
                targetValue: ['westeurope'],
              }),
            ]),
          },
          effectDetails: { policyEffect: 'Deny' },
        },
      ],
    },
  });
  const old = await ask(sandbox, cluster, { apiVersion: '2022-03-01' });
  expect(JSON.stringify(old.body)).not.toContain('effectDetails');
  const elsewhere = await ask(sandbox, { ...cluster, location: 'westeurope' });
  expect(JSON.stringify(elsewhere.body)).not.toContain('NonCompliant');
});

test('a resource group is judged at the subscription by its tags', async () => {
  const sandbox = await world();
  await sandbox.register('Microsoft.PolicyInsights');
  await assign(sandbox, sandbox.subscription, {
    policyDefinitionId: groupTag,
    parameters: { tagName: { value: 'cost' } },
  });
  const group = { type: 'Microsoft.Resources/subscriptions/resourceGroups', name: 'rg', location: 'uksouth' };
  await denied(() => ask(sandbox, group));
  const tagged = await ask(sandbox, { ...group, tags: { Cost: '1' } });
  expect(JSON.stringify(tagged.body)).not.toContain('NonCompliant');
  expect(JSON.stringify((await ask(sandbox, cluster)).body)).not.toContain('NonCompliant');
});

test('it takes the right to ask, and a request that says what is meant', async () => {
  const sandbox = await world();
  await sandbox.register('Microsoft.PolicyInsights');
  for (const body of [undefined, {}, { resourceDetails: {} }, { resourceDetails: { resourceContent: {} } }])
    expect(
      await sandbox.request(
        'POST',
        `${sandbox.subscription}/providers/Microsoft.PolicyInsights/checkPolicyRestrictions?api-version=2024-10-01`,
        body === undefined ? {} : { body },
      ),
    ).toMatchObject({ status: 400 });
  expect(await ask(sandbox, cluster, { more: { pendingFields: [{ field: 'tags' }] } })).toMatchObject({ status: 400 });
  expect(await ask(sandbox, cluster, { apiVersion: '2021-01-01' })).toMatchObject({ status: 400 });
  expect(await ask(sandbox, cluster, { scope: `${sandbox.subscription}/resourceGroups/none` })).toMatchObject({
    status: 404,
    body: { error: { code: 'ResourceGroupNotFound' } },
  });
});

test('who has no role that lets him ask is refused by the action', async () => {
  const sandbox = await world();
  await sandbox.register('Microsoft.PolicyInsights');
  await sandbox.control('POST', '/sabotage', { kind: 'roles', roles: ['Log Analytics Reader'] });
  expect((await ask(sandbox, cluster)).status).toBe(200);
  await sandbox.control('POST', '/sabotage', { kind: 'roles', roles: ['Azure Kubernetes Service Cluster User Role'] });
  expect(await ask(sandbox, cluster)).toMatchObject({
    status: 403,
    body: {
      error: {
        code: 'AuthorizationFailed',
        message: expect.stringContaining("'Microsoft.PolicyInsights/checkPolicyRestrictions/read'"),
      },
    },
  });
});
