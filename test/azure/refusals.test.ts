import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Azure } from '../../src/azure/azure.ts';
import { createAzure } from '../../src/azure/create-azure.ts';
import { chooseCredential } from '../../src/azure/credential.ts';
import { roleFor } from '../../src/azure/role-for-action.ts';
import { parseCloudProfile } from '../../src/config/read-profile.ts';
import { systemClock } from '../../src/engine/clock.ts';
import { exitCodeOf } from '../../src/errors/exit-code.ts';
import { Problem } from '../../src/errors/problem.ts';
import { actionMatches } from '../../src/sandbox/arm/access/action.ts';
import { builtInRoles } from '../../src/sandbox/arm/access/built-in-roles.ts';
import { world } from '../sandbox/world.ts';
import type { World } from '../sandbox/world.ts';

// What an organisation puts in the way of a deployment, as the product tells of it.

const signal = new AbortController().signal;
const group = (azure: Azure): Promise<void> => azure.groups.put('rg', { location: 'uksouth', tags: {} }, signal);

const azureOf = async ({ dir }: World, tenant?: string): Promise<Azure> => {
  const file = join(dir, 'profile.json');
  const profile = { ...parseCloudProfile(await readFile(file, 'utf8'), file), pollIntervalMs: 20 };
  const { subscriptionId = '', tenantId = '' } = profile;
  const credential = await chooseCredential({
    profile,
    auth: undefined,
    env: {},
    tenant,
    interactive: false,
    now: () => Date.now(),
  });
  const [retry, warn] = [{ delayMs: 20 }, () => undefined];
  return createAzure({ profile, credential, subscriptionId, tenantId, clock: systemClock, retry, warn });
};

const refusal = async (work: Promise<unknown>): Promise<Problem> => {
  const thrown: unknown = await work.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (thrown instanceof Problem) return thrown;
  throw new Error(`not refused: ${String(thrown)}`);
};

test('a role that is missing is asked for where it can be given, and its granting is enough', async () => {
  const sandbox = await world();
  const azure = await azureOf(sandbox);
  await sandbox.control('POST', '/sabotage', { kind: 'roles', roles: ['Reader'] });
  const problem = await refusal(group(azure));
  expect(problem.message).toBe(
    `The signed-in account lacks Microsoft.Resources/subscriptions/resourcegroups/write on ${sandbox.subscription}/resourcegroups/rg.`,
  );
  expect(problem.hint).toContain(`--role 'Contributor' --scope ${sandbox.subscription}\``);
  expect(exitCodeOf(problem)).toBe(3);
  await sandbox.control('POST', '/sabotage', { kind: 'roles', roles: ['Contributor'] });
  await group(azure);
});

test('a policy is told with its name and where it is assigned', async () => {
  const sandbox = await world();
  const azure = await azureOf(sandbox);
  const path = `${sandbox.subscription}/providers/Microsoft.Authorization/policyAssignments/tags?api-version=2021-06-01`;
  await sandbox.request('PUT', path, {
    body: {
      properties: {
        displayName: 'Say who pays',
        policyDefinitionId: '/providers/Microsoft.Authorization/policyDefinitions/96670d01-0a4d-4649-9c89-2d3abc0a5025',
        parameters: { tagName: { value: 'costCenter' } },
      },
    },
  });
  let problem: Problem | undefined;
  while (problem === undefined) problem = await refusal(group(azure)).catch(() => undefined);
  expect(problem).toMatchObject({ code: 'RequestDisallowedByPolicy', kind: 'failed' });
  expect(problem.message).toBe(
    `Azure Policy of the organisation forbids rg: "Say who pays", assigned at ${sandbox.subscription}.`,
  );
});

test('a lock and a deny assignment are told with what stands under them', async () => {
  const sandbox = await world();
  const azure = await azureOf(sandbox);
  await group(azure);
  const scope = `${sandbox.subscription}/resourceGroups/rg`;
  const lock = `${scope}/providers/Microsoft.Authorization/locks/freeze?api-version=2020-05-01`;
  await sandbox.request('PUT', lock, { body: { properties: { level: 'ReadOnly' } } });
  expect((await refusal(group(azure))).message).toBe(`A lock on ${scope} forbids every write there.`);
  expect(await azure.locks.readOnly('rg', signal)).toEqual({ name: 'freeze', scope });
  await sandbox.control('POST', '/sabotage', { kind: 'deny-assignment', scope, displayName: 'hands off' });
  const denied = await refusal(group(azure));
  expect(denied.message).toContain(`A deny assignment on ${scope}, "hands off", forbids`);
  expect(exitCodeOf(denied)).toBe(3);
});

test('a sign-in to another tenant than the subscription belongs to', async () => {
  const sandbox = await world();
  const { body } = await sandbox.control('GET', '/principals');
  const azure = await azureOf(sandbox, String(body['otherTenantId']));
  const problem = await refusal(group(azure));
  expect(problem).toMatchObject({ code: 'InvalidAuthenticationTokenTenant', kind: 'sign-in' });
  expect(problem.hint).toContain('--tenant');
  expect(exitCodeOf(problem)).toBe(3);
});

test.each([
  'Microsoft.Resources/subscriptions/resourcegroups/write',
  'Microsoft.ContainerService/register/action',
  'Microsoft.Insights/register/action',
  'Microsoft.ContainerService/managedClusters/write',
  'Microsoft.ContainerService/managedClusters/listClusterUserCredential/action',
  'Microsoft.ContainerService/managedClusters/listClusterAdminCredential/action',
  'Microsoft.OperationalInsights/workspaces/write',
  'Microsoft.OperationalInsights/workspaces/sharedkeys/read',
  'Microsoft.OperationalInsights/workspaces/savedSearches/write',
  'Microsoft.SecurityInsights/alertRules/write',
  'Microsoft.Insights/dataCollectionRules/write',
  'Microsoft.Insights/dataCollectionRuleAssociations/write',
])('the role that we name for %s allows it', (action) => {
  const role = builtInRoles.find(({ roleName }) => roleName === roleFor(action));
  const { actions = [], notActions = [] } = role?.permissions[0] ?? {};
  expect(actions.some((pattern) => actionMatches(pattern, action))).toBe(true);
  expect(notActions.some((pattern) => actionMatches(pattern, action))).toBe(false);
});
