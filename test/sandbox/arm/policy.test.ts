import { describe, expect, test } from 'vitest';
import { UnknownExpression, resolveExpression } from '../../../src/sandbox/arm/policy/expression.ts';
import { clusterBody, world } from '../world.ts';
import type { World } from '../world.ts';

const groupVersion = 'api-version=2025-04-01';
const version = 'api-version=2021-06-01';
const allowedLocations = '/providers/Microsoft.Authorization/policyDefinitions/e56962a6-4747-49cd-b67b-bf8b01975c4c';
const groupTag = '/providers/Microsoft.Authorization/policyDefinitions/96670d01-0a4d-4649-9c89-2d3abc0a5025';
const notAllowedTypes = '/providers/Microsoft.Authorization/policyDefinitions/6c112d4e-5bc7-47ae-a041-ea2d9dccd749';

const assign = (sandbox: World, scope: string, properties: Readonly<Record<string, unknown>>, name = 'guard') =>
  sandbox.request('PUT', `${scope}/providers/Microsoft.Authorization/policyAssignments/${name}?${version}`, {
    body: { properties },
  });

const makeGroup = (sandbox: World, name: string, tags = {}) =>
  sandbox.request('PUT', `${sandbox.subscription}/resourcegroups/${name}?${groupVersion}`, {
    body: { location: 'uksouth', tags },
  });

/** `then` as a member written down would make a promise of it. */
const ruleOf = (condition: unknown, effect: string): unknown =>
  Object.fromEntries([['if', condition] as const, ['then', { effect }] as const]);

/** A policy is not enforced at once: asks until it is. */
const refused = async (ask: () => Promise<{ readonly status: number }>) => {
  for (;;) {
    const answer = await ask();
    if (answer.status === 403) return answer;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
};

const workspace = (sandbox: World, group: string): string =>
  `${sandbox.subscription}/resourceGroups/${group}/providers/Microsoft.OperationalInsights/workspaces/logs-lab?api-version=2025-07-01`;

test('a built-in policy at the subscription reaches what is in every group, and is answered as Azure words it', async () => {
  const sandbox = await world();
  await sandbox.register('Microsoft.OperationalInsights');
  await makeGroup(sandbox, 'rg');
  const parameters = { listOfAllowedLocations: { value: ['westeurope'] } };
  const { status, body } = await assign(sandbox, sandbox.subscription, {
    displayName: 'Only Europe',
    policyDefinitionId: allowedLocations,
    parameters,
  });
  expect([status, body['name']]).toEqual([201, 'guard']);
  const put = () => sandbox.request('PUT', workspace(sandbox, 'rg'), { body: { location: 'uksouth' } });
  const assignmentId = `${sandbox.subscription}/providers/Microsoft.Authorization/policyAssignments/guard`;
  expect(await refused(put)).toMatchObject({
    status: 403,
    body: {
      error: {
        code: 'RequestDisallowedByPolicy',
        target: 'logs-lab',
        message: `Resource 'logs-lab' was disallowed by policy. Policy identifiers: '[{"policyAssignment":{"name":"Only Europe","id":"${assignmentId}"},"policyDefinition":{"name":"Allowed locations","id":"${allowedLocations}","version":"1.0.0"}}]'.`,
        additionalInfo: [
          {
            type: 'PolicyViolation',
            info: {
              policyDefinitionDisplayName: 'Allowed locations',
              policyDefinitionEffect: 'deny',
              policyAssignmentId: assignmentId,
              policyAssignmentParameters: parameters,
              evaluationDetails: {
                evaluatedExpressions: [
                  {
                    result: 'True',
                    expressionKind: 'Field',
                    expression: 'location',
                    expressionValue: 'uksouth',
                    targetValue: ['westeurope'],
                    operator: 'NotIn',
                  },
                  { expression: 'location', operator: 'NotEquals' },
                  { expression: 'type' },
                ],
              },
            },
          },
        ],
      },
    },
  });
  // Mode Indexed does not judge groups.
  expect((await makeGroup(sandbox, 'rg-two')).status).toBe(201);
  const elsewhere = { body: { location: 'West Europe' } };
  expect((await sandbox.request('PUT', workspace(sandbox, 'rg-two'), elsewhere)).status).toBe(201);
});

test('a group without the tag that is required is refused, with the message of whoever requires it', async () => {
  const sandbox = await world();
  await assign(sandbox, sandbox.subscription, {
    policyDefinitionId: groupTag,
    parameters: { tagName: { value: 'costCenter' } },
    nonComplianceMessages: [{ message: 'Say who pays.' }],
  });
  expect(await refused(() => makeGroup(sandbox, 'rg'))).toMatchObject({
    body: {
      error: {
        message:
          "Resource 'rg' was disallowed by policy. Reasons: 'Say who pays.'. See error details for policy resource IDs.",
      },
    },
  });
  expect((await makeGroup(sandbox, 'rg-paid', { COSTCENTER: '42' })).status).toBe(201);
});

test('a policy of the organisation may forbid sizes of pools, at one group, unless it only watches', async () => {
  const sandbox = await world();
  await sandbox.register('Microsoft.ContainerService');
  for (const name of ['rg', 'rg-free']) await makeGroup(sandbox, name);
  const definition = `${sandbox.subscription}/providers/Microsoft.Authorization/policyDefinitions/small`;
  const rule = {
    condition: {
      allOf: [
        { field: 'type', equals: 'Microsoft.ContainerService/managedClusters' },
        {
          not: {
            field: 'Microsoft.ContainerService/managedClusters/agentPoolProfiles[*].vmSize',
            in: "[parameters('sizes')]",
          },
        },
      ],
    },
    effect: 'deny',
  };
  const body = {
    properties: {
      mode: 'Indexed',
      displayName: 'Small nodes',
      parameters: { sizes: { type: 'Array' } },
      policyRule: ruleOf(rule.condition, rule.effect),
    },
  };
  expect((await sandbox.request('PUT', `${definition}?${version}`, { body })).status).toBe(201);
  const scope = `${sandbox.subscription}/resourceGroups/rg`;
  const order = { policyDefinitionId: definition, parameters: { sizes: { value: ['Standard_D2s_v5'] } } };
  await assign(sandbox, scope, order);
  const put = (group: string) =>
    sandbox.request(
      'PUT',
      `${sandbox.subscription}/resourceGroups/${group}/providers/Microsoft.ContainerService/managedClusters/lab?api-version=2026-03-02-preview`,
      { body: { ...clusterBody(), location: 'nowhere' } },
    );
  expect(await refused(() => put('rg'))).toMatchObject({ body: { error: { target: 'lab' } } });
  expect((await put('rg-free')).status).toBe(400);
  await assign(sandbox, scope, { ...order, enforcementMode: 'DoNotEnforce' });
  expect((await put('rg')).status).toBe(400);
});

test('types of resources can be forbidden', async () => {
  const sandbox = await world();
  await sandbox.register('Microsoft.OperationalInsights');
  await makeGroup(sandbox, 'rg');
  await assign(sandbox, sandbox.subscription, {
    policyDefinitionId: notAllowedTypes,
    parameters: { listOfResourceTypesNotAllowed: { value: ['Microsoft.OperationalInsights/workspaces'] } },
  });
  const answer = await refused(() =>
    sandbox.request('PUT', workspace(sandbox, 'rg'), { body: { location: 'uksouth' } }),
  );
  expect(answer).toMatchObject({ body: { error: { code: 'RequestDisallowedByPolicy' } } });
});

test('takes only definitions and parameters that there are', async () => {
  const sandbox = await world();
  const unknown = { policyDefinitionId: '/providers/Microsoft.Authorization/policyDefinitions/nothing' };
  expect(await assign(sandbox, sandbox.subscription, unknown)).toMatchObject({
    status: 404,
    body: { error: { code: 'PolicyDefinitionNotFound' } },
  });
  const missing = { policyDefinitionId: allowedLocations, parameters: {} };
  expect(await assign(sandbox, sandbox.subscription, missing)).toMatchObject({
    status: 400,
    body: { error: { code: 'MissingPolicyParameter' } },
  });
  const odd = { policyDefinitionId: allowedLocations, parameters: { x: { value: 1 } } };
  expect(await assign(sandbox, sandbox.subscription, odd)).toMatchObject({
    status: 400,
    body: { error: { code: 'UndefinedPolicyParameter' } },
  });
});

describe('a rule', () => {
  test.each([
    ['with an effect that changes resources', { field: 'type', equals: 'x' }, 'modify'],
    ['with a function', { field: 'location', equals: '[resourceGroup().location]' }, 'deny'],
    ['with a count', { count: { field: 'tags' }, greater: 1 }, 'deny'],
    ['without an operator', { field: 'type', matches: 'x' }, 'deny'],
  ])('%s that the sandbox does not know is refused', async (_name, condition, effect) => {
    const sandbox = await world();
    const path = `${sandbox.subscription}/providers/Microsoft.Authorization/policyDefinitions/odd?${version}`;
    const body = { properties: { policyRule: ruleOf(condition, effect) } };
    expect(await sandbox.request('PUT', path, { body })).toMatchObject({
      status: 400,
      body: { error: { code: 'InvalidPolicyRule' } },
    });
  });
});

test('expressions are computed, and others than known ones are not guessed at', () => {
  const parameters = { tagName: 'owner', list: ['a'] };
  expect(resolveExpression("[concat('tags[', parameters('tagName'), ']')]", parameters)).toBe('tags[owner]');
  expect(resolveExpression("[parameters('LIST')]", parameters)).toEqual(['a']);
  expect(resolveExpression("[toUpper('it''s')]", parameters)).toBe("IT'S");
  expect(resolveExpression('[[literal]', parameters)).toBe('[[literal]');
  expect(() => resolveExpression('[subscription().id]', parameters)).toThrow(UnknownExpression);
  expect(() => resolveExpression("[concat('a']", parameters)).toThrow(UnknownExpression);
});
