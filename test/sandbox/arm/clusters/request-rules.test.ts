import { expect, test } from 'vitest';
import { clusterBody, world } from '../../world.ts';
import type { World } from '../../world.ts';

const url = ({ subscription }: World) =>
  `${subscription}/resourceGroups/rg/providers/Microsoft.ContainerService/managedClusters/lab?api-version=2026-03-02-preview`;

const ready = async (): Promise<World> => {
  const sandbox = await world();
  await sandbox.register('Microsoft.ContainerService');
  await sandbox.request('PUT', `${sandbox.subscription}/resourcegroups/rg?api-version=2025-04-01`, {
    body: { location: 'uksouth' },
  });
  return sandbox;
};

test.each([
  ['an identity', { identity: undefined }, {}, 'servicePrincipalProfile'],
  ['a DNS prefix', {}, { dnsPrefix: undefined }, 'dnsPrefix'],
  [
    'the mode of a pool',
    {},
    { agentPoolProfiles: [{ name: 'system', mode: 'System' }, { name: 'workloads' }] },
    'agentPoolProfile.mode',
  ],
])('a create has to name %s', async (_what, outside, inside, parameter) => {
  const sandbox = await ready();
  expect(
    await sandbox.request('PUT', url(sandbox), { body: { ...clusterBody(undefined, inside), ...outside } }),
  ).toMatchObject({
    status: 400,
    body: { code: 'InvalidParameter', message: `Required parameter ${parameter} is missing (null).` },
  });
});

test("a group of somebody else's cannot be the node resource group", async () => {
  const sandbox = await ready();
  await sandbox.request('PUT', `${sandbox.subscription}/resourcegroups/theirs?api-version=2025-04-01`, {
    body: { location: 'uksouth', tags: { keep: 'me' } },
  });
  expect(
    await sandbox.request('PUT', url(sandbox), { body: clusterBody(undefined, { nodeResourceGroup: 'Theirs' }) }),
  ).toMatchObject({ status: 400, text: expect.stringContaining("the resource group 'Theirs' already exists") });
  expect(
    await sandbox.request('GET', `${sandbox.subscription}/resourcegroups/theirs?api-version=2025-04-01`),
  ).toMatchObject({ body: { tags: { keep: 'me' } } });
});

test('a PUT replaces tags, and versions only go up, one minor at a time', async () => {
  const sandbox = await ready();
  const put = async (kubernetesVersion: string) => {
    for (;;) {
      const answer = await sandbox.request('PUT', url(sandbox), {
        body: { ...clusterBody(undefined, { kubernetesVersion }), tags: undefined },
      });
      if (answer.status !== 409) return answer;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };
  expect((await put('1.34')).status).toBe(201);
  await sandbox.until(url(sandbox), ({ text }) => text.includes('"provisioningState":"Succeeded"'));
  expect(await put('1.36')).toMatchObject({
    status: 400,
    body: {
      code: 'OperationNotAllowed',
      message: expect.stringMatching(/^Upgrading Kubernetes version 1\.34\.9 to 1\.36\.3/u),
    },
  });
  expect(await put('1.34.8')).toMatchObject({ status: 400, body: { code: 'OperationNotAllowed' } });
  expect(await put('1.35')).toMatchObject({ status: 200, body: { tags: {} } });
});
