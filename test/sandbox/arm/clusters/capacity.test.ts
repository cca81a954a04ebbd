import { expect, test } from 'vitest';
import { clusterBody, world } from '../../world.ts';
import type { World } from '../../world.ts';

const ready = async (): Promise<World> => {
  const sandbox = await world();
  await sandbox.register('Microsoft.ContainerService');
  await sandbox.request('PUT', `${sandbox.subscription}/resourcegroups/rg?api-version=2025-04-01`, {
    body: { location: 'uksouth' },
  });
  return sandbox;
};

const cluster = ({ subscription }: World): string =>
  `${subscription}/resourceGroups/rg/providers/Microsoft.ContainerService/managedClusters/lab?api-version=2026-03-02-preview`;

const inZones = (location: string, zones: readonly string[]) => ({
  ...clusterBody(undefined, {
    agentPoolProfiles: [
      { name: 'system', mode: 'System', count: 3, vmSize: 'Standard_D4s_v5', availabilityZones: zones },
    ],
  }),
  location,
});

test.each([
  ['a region without zones', 'ukwest', ['1'], "'1' for resource 'system'", "'ukwest' are ''"],
  ['a size that one zone lacks', 'eastus2', ['1', '2', '3'], "'2' for resource 'system'", "'eastus2' are '1,3'"],
])('zones of %s are refused, flat', async (_what, location, zones, missing, supported) => {
  const sandbox = await ready();
  const answer = await sandbox.request('PUT', cluster(sandbox), { body: inZones(location, zones) });
  expect(answer).toMatchObject({ status: 400, body: { code: 'AvailabilityZoneNotSupported', subcode: '' } });
  expect(answer.text).toContain(missing);
  expect(answer.text).toContain(supported);
});

test('the zones that are left can be used, and the list of sizes tells which those are', async () => {
  const sandbox = await ready();
  expect(await sandbox.request('PUT', cluster(sandbox), { body: inZones('eastus2', ['1', '3']) })).toMatchObject({
    status: 201,
  });
  const skus = `${sandbox.subscription}/providers/Microsoft.Compute/skus?api-version=2021-07-01&$filter=location%20eq%20'eastus2'`;
  const found: unknown[] = [];
  for (let next: unknown = skus; typeof next === 'string';) {
    const { body } = await sandbox.request('GET', next);
    found.push(...(body['value'] as unknown[]));
    next = body['nextLink'];
  }
  expect(found).toContainEqual(
    expect.objectContaining({
      name: 'Standard_D4s_v5',
      restrictions: [
        expect.objectContaining({ type: 'Zone', restrictionInfo: { locations: ['eastus2'], zones: ['2'] } }),
      ],
    }),
  );
});

test("Azure's own Cilium does not live beside a kube-proxy that is on", async () => {
  const sandbox = await ready();
  const body = clusterBody(undefined, {
    networkProfile: { networkPlugin: 'azure', networkDataplane: 'cilium', kubeProxyConfig: { enabled: true } },
  });
  expect(await sandbox.request('PUT', cluster(sandbox), { body })).toMatchObject({
    status: 400,
    body: { code: 'BadRequest', subcode: 'CiliumDataplaneRequiresKubeProxyConfigDisabled' },
  });
});
