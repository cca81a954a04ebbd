import { expect, test } from 'vitest';
import { clusterBody, world } from '../../world.ts';
import type { Answer, World } from '../../world.ts';

const cluster = ({ subscription }: World, rest = ''): string =>
  `${subscription}/resourceGroups/rg/providers/Microsoft.ContainerService/managedClusters/lab${rest}?api-version=2026-03-02-preview`;
const inner = ({ body }: Answer): Readonly<Record<string, unknown>> => body['properties'] as Record<string, unknown>;

const patiently = async (send: () => Promise<Answer>): Promise<Answer> => {
  for (;;) {
    const answer = await send();
    if (answer.status !== 409) return answer;
  }
};

/** A cluster of 1.35, its control plane of 1.36 by now. */
const upgraded = async (): Promise<World> => {
  const sandbox = await world();
  await sandbox.register('Microsoft.ContainerService');
  await sandbox.request('PUT', `${sandbox.subscription}/resourcegroups/rg?api-version=2025-04-01`, {
    body: { location: 'uksouth' },
  });
  const settled = () => sandbox.until(cluster(sandbox), (answer) => inner(answer)['provisioningState'] === 'Succeeded');
  await sandbox.request('PUT', cluster(sandbox), { body: clusterBody(undefined, { kubernetesVersion: '1.35' }) });
  await settled();
  const next = clusterBody(undefined, { kubernetesVersion: '1.36' });
  await patiently(() => sandbox.request('PUT', cluster(sandbox), { body: next }));
  await settled();
  return sandbox;
};

const pool = (orchestratorVersion: string) => ({
  properties: { mode: 'User', count: 2, vmSize: 'Standard_D4s_v5', osType: 'Linux', orchestratorVersion },
});

test('a pool keeps its version when the control plane goes ahead, and follows when it is asked to', async () => {
  const sandbox = await upgraded();
  const url = cluster(sandbox, '/agentPools/workloads');
  expect(inner(await sandbox.request('GET', url))).toMatchObject({ currentOrchestratorVersion: '1.35.6' });
  const put = await patiently(() => sandbox.request('PUT', url, { body: pool('1.36') }));
  expect(inner(put)).toMatchObject({ currentOrchestratorVersion: '1.36.3' });
});

test('a pool does not go ahead of its control plane', async () => {
  const sandbox = await upgraded();
  const url = cluster(sandbox, '/agentPools/workloads');
  expect(await patiently(() => sandbox.request('PUT', url, { body: pool('1.37') }))).toMatchObject({
    status: 400,
    body: { code: 'NodePoolMcVersionIncompatible' },
  });
});

test('an upgrade needs quota for the nodes that it adds for a while', async () => {
  const sandbox = await upgraded();
  // Four nodes of four vCPUs are there; one more is needed while a pool of two is upgraded.
  await sandbox.control('POST', '/faults', { name: 'quota-exceeded', limit: 18 });
  const url = cluster(sandbox, '/agentPools/workloads');
  const refused = await patiently(() => sandbox.request('PUT', url, { body: pool('1.36') }));
  expect(refused).toMatchObject({ status: 400, body: { code: 'ErrCode_InsufficientVCPUQuota' } });
  expect(refused.text).toContain('requested 20, remaining 18');
  expect(await patiently(() => sandbox.request('PUT', url, { body: pool('1.35') }))).toMatchObject({ status: 200 });
});
