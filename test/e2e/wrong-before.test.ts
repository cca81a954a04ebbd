import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { colleague } from './arm.ts';
import { type Cloud, type Ended, spawnBin, startCloud, writes } from './cloud.ts';

// What is wrong before the first write: named, with the right exit code, and nothing is created. At the end the same deployment is built.

let cloud: Cloud;
beforeAll(async () => {
  cloud = await startCloud();
});
afterAll(async () => {
  await cloud.close();
});

const init = (...args: readonly string[]): Promise<Ended> => cloud.run(['init', '--yes', ...args]);

/** One sentence that names what is wrong; no stack, no secret. */
const refusal = async (run: Promise<Ended>, code: number, sentence: RegExp): Promise<void> => {
  const before = (await cloud.requests()).length;
  const ended = await run;
  expect(ended.stderr.replaceAll(/\s+/g, ' ')).toMatch(sentence);
  expect(ended.stderr).not.toMatch(/\n\s+at /);
  expect(ended.code).toBe(code);
  expect(writes((await cloud.requests()).slice(before))).toEqual([]);
};

test('a name that Azure forbids', () => refusal(init('--cluster-name', 'bad name!'), 2, /bad name!/));

test('ranges that overlap each other', () =>
  refusal(
    init('--pod-cidr', '10.0.0.0/16', '--service-cidr', '10.0.0.0/20', '--dns-service-ip', '10.0.0.10'),
    2,
    /10\.0\.0\.0\/16.*10\.0\.0\.0\/20|overlap/,
  ));

test('a flag that does not exist', () => refusal(init('--clutser', 'x'), 2, /clutser/));

test('an answer that is missing names its flag, and nobody is asked', async () => {
  const ended = await spawnBin(
    ['init', '--yes', '--cloud', 'public', '--state-dir', `${cloud.folder}/none`],
    { HOME: cloud.folder, PATH: '' },
    cloud.folder,
  ).ended;
  expect(ended.stderr).toMatch(/--subscription/);
  expect(ended.stderr).toMatch(/--location/);
  expect(ended.code).toBe(2);
  expect(existsSync(`${cloud.folder}/none`)).toBe(false);
});

test('helm that is not there', () =>
  refusal(cloud.run(['init', '--yes'], { env: { HELM: undefined, PATH: '/nonexistent' } }), 2, /helm is not on PATH/));

test('helm that fails', () => refusal(cloud.run(['init', '--yes'], { env: { HELM: '/bin/false' } }), 4, /helm|false/));

test('a chart with a bad digest', () => refusal(init('--tetragon-sha256', '0'.repeat(64)), 4, /digest|sha256/));

test('a secret that is not accepted', async () => {
  await cloud.fault({ name: 'invalid-client' });
  await refusal(init(), 3, /secret|credential|AADSTS/i);
  await cloud.clearFaults();
});

test('a region that does not have the size', async () => {
  await cloud.fault({ name: 'sku-unavailable' });
  await refusal(init(), 4, /Standard_D4s_v5/);
  await cloud.clearFaults();
});

test('a quota that is too small', async () => {
  await cloud.fault({ name: 'quota-exceeded' });
  await refusal(init(), 4, /vCPUs left/);
  await cloud.clearFaults();
});

test('a policy that denies the resource group', async () => {
  const administrator = await colleague(cloud);
  await administrator.register('Microsoft.PolicyInsights');
  const assignment = '/providers/Microsoft.Authorization/policyAssignments/cost?api-version=2023-04-01';
  await administrator.ask('PUT', assignment, {
    properties: {
      displayName: 'Cost centre',
      policyDefinitionId: '/providers/Microsoft.Authorization/policyDefinitions/96670d01-0a4d-4649-9c89-2d3abc0a5025',
      parameters: { tagName: { value: 'cost' } },
    },
  });
  // In force some time after it was made, as on Azure; until then `init` would be right to begin.
  const question = '/providers/Microsoft.PolicyInsights/checkPolicyRestrictions?api-version=2024-10-01';
  const resourceContent = { type: 'Microsoft.Resources/subscriptions/resourceGroups', name: 'rg', location: 'uksouth' };
  for (;;) {
    const { status, body } = await administrator.ask('POST', question, { resourceDetails: { resourceContent } });
    expect(status).toBe(200);
    if (JSON.stringify(body).includes('NonCompliant')) break;
    await sleep(100);
  }
  await refusal(
    init(),
    4,
    /resource group \S+ would be denied by the Azure Policy assignment "Cost centre": tags\[cost\]/,
  );
  await administrator.ask('DELETE', assignment);
});

test('and afterwards the same command builds it', async () => {
  const ended = await init();
  expect(ended.stderr).toBe('');
  expect(ended.code).toBe(0);
});
