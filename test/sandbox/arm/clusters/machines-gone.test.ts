import { expect, test } from 'vitest';
import { clusterBody, world } from '../../world.ts';
import type { World } from '../../world.ts';

const path = ({ subscription }: World) =>
  `${subscription}/resourceGroups/rg/providers/Microsoft.ContainerService/managedClusters/lab`;
const url = (sandbox: World, rest = '') => `${path(sandbox)}${rest}?api-version=2026-03-02-preview`;
const group = ({ subscription }: World, name: string) =>
  `${subscription}/resourcegroups/${name}?api-version=2025-04-01`;

const made = async (): Promise<World> => {
  const sandbox = await world();
  await sandbox.register('Microsoft.ContainerService');
  await sandbox.request('PUT', group(sandbox, 'rg'), { body: { location: 'uksouth' } });
  await sandbox.request('PUT', url(sandbox), { body: clusterBody() });
  await sandbox.until(url(sandbox), ({ text }) => text.includes('"kubeletidentity"'));
  return sandbox;
};

/** AKS works on a new cluster by itself for a while. */
const patient = async (sandbox: World, method: string, target: string, body: unknown) => {
  for (;;) {
    const answer = await sandbox.request(method, target, { body });
    if (answer.status !== 409) return answer;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
};

test('whoever deletes the node resource group has a cluster without nodes that can only be deleted', async () => {
  const sandbox = await made();
  const nodes = group(sandbox, 'MC_rg_lab_uksouth');
  expect((await sandbox.request('DELETE', nodes)).status).toBe(202);
  await sandbox.until(nodes, ({ status }) => status === 404);
  const last = sandbox.told.at(-1);
  expect(typeof last === 'string' ? [] : last?.pools.map(({ count }) => count)).toEqual([0, 0]);
  expect(await sandbox.request('GET', url(sandbox))).toMatchObject({
    status: 200,
    body: { properties: { agentPoolProfiles: [{ count: 2 }, { count: 2 }] } },
  });
  for (const [target, body] of [
    [url(sandbox), clusterBody()],
    [url(sandbox, '/agentPools/extra'), { properties: { mode: 'User', count: 1, vmSize: 'Standard_D4s_v5' } }],
  ] as const) {
    const put = await patient(sandbox, 'PUT', target, body);
    const over = await sandbox.until(
      put.headers['azure-asyncoperation'] ?? '',
      (answer) => answer.body['status'] !== 'InProgress',
    );
    expect(over.body).toMatchObject({
      status: 'Failed',
      error: { code: 'ResourceGroupNotFound', message: "Resource group 'MC_rg_lab_uksouth' could not be found." },
    });
  }
  expect((await sandbox.request('GET', nodes)).status).toBe(404);
  await sandbox.request('DELETE', url(sandbox));
  await sandbox.until(url(sandbox), ({ status }) => status === 404);
});

test('an abort is known since 2023, the operation that ran last to previews alone', async () => {
  const sandbox = await made();
  const ask = (method: string, verb: string, version: string) =>
    sandbox.request(method, `${path(sandbox)}/${verb}?api-version=${version}`);
  const unknown = { status: 404, body: { code: 'NotFound', message: 'The entity was not found.' } };
  expect(await ask('POST', 'abort', '2022-11-01')).toMatchObject(unknown);
  expect(await ask('GET', 'operations/latest', '2026-05-01')).toMatchObject(unknown);
  expect((await ask('GET', 'operations/latest', '2026-05-02-preview')).status).toBe(200);
});
