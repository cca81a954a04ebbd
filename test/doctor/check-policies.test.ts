import { expect, test } from 'vitest';
import { preflight } from '../../src/doctor/preflight.ts';
import { exitCodeOf } from '../../src/errors/exit-code.ts';
import { Problem } from '../../src/errors/problem.ts';
import { type World, world } from '../support/world.ts';

// Against the sandbox's policies, which judge writes and this question by the same rules.

const signal = new AbortController().signal;
const definitions = '/providers/Microsoft.Authorization/policyDefinitions';
const allowedLocations = `${definitions}/e56962a6-4747-49cd-b67b-bf8b01975c4c`;
const groupTag = `${definitions}/96670d01-0a4d-4649-9c89-2d3abc0a5025`;
const notAllowedTypes = `${definitions}/6c112d4e-5bc7-47ae-a041-ea2d9dccd749`;

const asAdministrator = (lab: World, method: string, path: string, body?: unknown) =>
  lab.sandbox.sabotage({ kind: 'arm-request', method, path, ...(body === undefined ? {} : { body }) });

const assign = (lab: World, definition: string, parameters: object, displayName: string) =>
  asAdministrator(
    lab,
    'PUT',
    `/subscriptions/${lab.config.subscription}/providers/Microsoft.Authorization/policyAssignments/guard?api-version=2023-04-01`,
    { properties: { displayName, policyDefinitionId: definition, parameters } },
  );

const register = async (lab: World): Promise<void> => {
  await lab.services.azure.providers.register('Microsoft.PolicyInsights', signal);
  while ((await lab.services.azure.providers.state('Microsoft.PolicyInsights', signal)) !== 'Registered')
    await new Promise((resolve) => setTimeout(resolve, 20));
};

const check = async (lab: World) => {
  const warnings: string[] = [];
  const error: unknown = await preflight(
    lab.services,
    (code, message) => void warnings.push(`${code}: ${message}`),
    signal,
  ).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  return { error, warnings };
};

/** An assignment is in force some time after it was made: perhaps between two of a check's questions, so that the next check says all. */
const refusal = async (lab: World): Promise<Problem> => {
  for (let seen = 0; ;) {
    const { error } = await check(lab);
    if (error instanceof Problem && ++seen > 1) return error;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
};

const made = async (lab: World) =>
  (await lab.azure.requests({ type: 'resourcegroups' })).filter(
    ({ method, path }) => method !== 'GET' && !path.endsWith('/checkPolicyRestrictions'),
  );

test('a denied region names the assignment, the field and everything that it would deny, and nothing is made', async () => {
  const lab = await world();
  await register(lab);
  await assign(lab, allowedLocations, { listOfAllowedLocations: { value: ['westeurope', 'northeurope'] } }, 'Only EU');
  const error = await refusal(lab);
  const { cluster, workspace, subscription } = lab.config;
  expect(error).toMatchObject({
    code: 'RequestDisallowedByPolicy',
    message:
      `Log Analytics workspace ${workspace.name}, data collection rule MSCI-uksouth-${cluster.name} and AKS cluster ${cluster.name} would be denied by ` +
      'the Azure Policy assignment "Only EU": location is uksouth (notIn westeurope, northeurope; notEquals global)',
    hint: expect.stringContaining(`\`az policy assignment show --name guard --scope /subscriptions/${subscription}\``),
  });
  expect(exitCodeOf(error)).toBe(4);
  expect(await made(lab)).toEqual([]);
  // And a region that it allows passes.
  const there = await lab.elsewhere({ location: 'westeurope' });
  expect((await check(there)).error).toBeUndefined();
});

test('a tag that resource groups need is told of the group alone, until the group is there', async () => {
  const lab = await world();
  await register(lab);
  await assign(lab, groupTag, { tagName: { value: 'cost' } }, 'Cost centre');
  expect(await refusal(lab)).toMatchObject({
    message: `resource group ${lab.config.resourceGroup} would be denied by the Azure Policy assignment "Cost centre": tags[cost] is not set (exists false)`,
  });
  await asAdministrator(
    lab,
    'PUT',
    `/subscriptions/${lab.config.subscription}/resourceGroups/${lab.config.resourceGroup}?api-version=2025-04-01`,
    { location: 'uksouth', tags: { cost: '1' } },
  );
  expect(await check(lab)).toEqual({ error: undefined, warnings: [] });
});

test('a type that is forbidden is told by its type', async () => {
  const lab = await world();
  await register(lab);
  const types = ['Microsoft.ContainerService/managedClusters'];
  await assign(lab, notAllowedTypes, { listOfResourceTypesNotAllowed: { value: types } }, 'No AKS');
  expect(await refusal(lab)).toMatchObject({
    message: `AKS cluster ${lab.config.cluster.name} would be denied by the Azure Policy assignment "No AKS": type is ${types[0] ?? ''} (in ${types[0] ?? ''})`,
  });
});

test('where the provider that answers is not registered, a note says how to have it answer', async () => {
  const lab = await world();
  await assign(lab, groupTag, { tagName: { value: 'cost' } }, 'Cost centre');
  const { error, warnings } = await check(lab);
  expect(error).toBeUndefined();
  expect(warnings).toEqual([
    expect.stringMatching(/^policies-unchecked: .*`az provider register --namespace Microsoft.PolicyInsights`/u),
  ]);
});

test('who may not ask gets a note, and who may not list the assignments is answered all the same', async () => {
  const lab = await world();
  await register(lab);
  await assign(lab, groupTag, { tagName: { value: 'cost' } }, 'Cost centre');
  await refusal(lab);
  await lab.sandbox.fault({
    name: 'authorization-failed',
    actions: ['Microsoft.Authorization/policyAssignments/read'],
  });
  // Its display name is in the list alone.
  expect(await refusal(lab)).toMatchObject({ message: expect.stringContaining('assignment "guard"') });
  await lab.sandbox.clearFaults();
  await lab.sandbox.fault({
    name: 'authorization-failed',
    actions: ['Microsoft.PolicyInsights/checkPolicyRestrictions/read'],
  });
  const { error, warnings } = await check(lab);
  expect(error).toBeUndefined();
  expect(warnings).toEqual([expect.stringMatching(/^policies-unchecked: /u)]);
});
