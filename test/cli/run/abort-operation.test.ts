import { expect, test } from 'vitest';
import type { Aborted, Cluster } from '../../../src/azure/cluster-contract.ts';
import { abortOperation, abortText } from '../../../src/cli/run/abort-operation.ts';
import { billedParts } from '../../../src/cli/run/billed.ts';
import type { Config } from '../../../src/config/config.ts';
import { Problem } from '../../../src/errors/problem.ts';
import { fastClock } from '../../support/virtual-clock.ts';

const owner = '11111111-1111-5111-8111-111111111111';
const ours = { 'aks-ebpf-sentinel-owner': owner };

const cluster = (provisioningState: string, tags: Cluster['tags'] = ours): Cluster =>
  ({
    name: 'aks-lab',
    provisioningState,
    tags,
    powerState: 'Running',
    pools: [
      { name: 'system', vmSize: 'Standard_D4s_v5', count: 1 },
      { name: 'workloads', vmSize: 'Standard_D8s_v5', count: 3 },
    ],
  }) as unknown as Cluster;

/** The states that AKS tells, one a look; the last one stays. */
const aborting = (states: readonly (Cluster | undefined)[], answer: Aborted | Problem = { kind: 'accepted' }) => {
  let looks = 0;
  const asked: string[] = [];
  const stop = new AbortController();
  const options = {
    services: {
      owner,
      config: { resourceGroup: 'rg', cluster: { name: 'aks-lab' } },
      azure: {
        clusters: {
          find: () => Promise.resolve(states[Math.min(looks++, states.length - 1)]),
          abort: (_group: string, name: string) => {
            asked.push(name);
            return answer instanceof Problem ? Promise.reject(answer) : Promise.resolve(answer);
          },
        },
      },
    } as unknown as Parameters<typeof abortOperation>[0]['services'],
    pace: { pollMs: 1000, random: () => 0 },
    clock: fastClock(),
    signal: stop.signal,
    waitMs: 10_000,
    say: () => {},
  };
  return { asked, stop, end: () => abortOperation(options) };
};

test('aborts, and waits until the cluster is at rest', async () => {
  const { end, asked } = aborting([cluster('Creating'), cluster('Canceling'), cluster('Canceled')]);
  const ended = await end();
  expect(ended).toMatchObject({ kind: 'aborted', cluster: { provisioningState: 'Canceled' } });
  expect(asked).toEqual(['aks-lab']);
  expect(abortText(ended)).toBe('Cancelled: AKS cluster aks-lab is Canceled.');
});

test('says so where the operation won the race', async () => {
  const { end } = aborting([cluster('Creating'), cluster('Succeeded')]);
  expect(abortText(await end())).toBe('AKS cluster aks-lab is Succeeded: it came to its end before the abort did.');
});

test.each([
  [[undefined], 'nothing', 'There is nothing to cancel: the deployment has no AKS cluster.'],
  [
    [cluster('Succeeded')],
    'nothing',
    'There is nothing to cancel: no operation runs on AKS cluster aks-lab, it is Succeeded.',
  ],
  [[cluster('Deleting')], 'deleting', 'AKS cluster aks-lab is being deleted. A deletion is not aborted'],
  [[cluster('Creating', {})], 'foreign', 'does not belong to this deployment: it is left alone.'],
] as const)('asks AKS for nothing where there is nothing of ours to abort: %j', async (states, kind, words) => {
  const { end, asked } = aborting(states);
  const ended = await end();
  expect(ended.kind).toBe(kind);
  expect(abortText(ended)).toContain(words);
  expect(asked).toEqual([]);
});

test.each([
  ['Succeeded', 'finished'],
  ['Updating', 'refused'],
])('a 409 with the cluster %s is %s, with the words of AKS', async (state, kind) => {
  const { end } = aborting([cluster('Updating'), cluster(state)], { kind: 'refused', says: 'nothing to abort' });
  expect(await end()).toMatchObject({ kind, says: 'nothing to abort' });
});

test('what is not at rest in time goes on, and is not called cancelled', async () => {
  const { end } = aborting([cluster('Creating'), cluster('Canceling')]);
  const ended = await end();
  expect(ended.kind).toBe('aborting');
  expect(abortText(ended)).toContain('goes on in Azure');
});

test('a missing permission is told as what it is', async () => {
  const { end } = aborting([cluster('Creating')], new Problem('no right to abort', { kind: 'permission', code: 'x' }));
  await expect(end()).rejects.toMatchObject({ kind: 'permission' });
});

const config = {
  cluster: {
    tier: 'Standard',
    systemPool: { vmSize: 'Standard_D4s_v5', count: 1 },
    workloadPool: { vmSize: 'Standard_D8s_v5', count: 0 },
  },
  workspace: { name: 'log-lab' },
} as unknown as Config;

test('what is billed is counted from the cluster as it is, without a price', () => {
  expect(billedParts(config, { cluster: cluster('Succeeded'), workspace: true })).toEqual([
    '1 node Standard_D4s_v5 (pool system), 3 nodes Standard_D8s_v5 (pool workloads), with their disks',
    'the AKS control plane, tier Standard',
    "the cluster's load balancer and its public IP address",
    'what arrives in workspace log-lab, by the GB: Log Analytics and Microsoft Sentinel',
  ]);
});

test('of a cluster that could not be looked at, the plan is billed as far as it is made; without one only the data', () => {
  expect(billedParts(config, { cluster: 'assumed', workspace: false })[0]).toBe(
    '1 node Standard_D4s_v5 (pool system), with their disks, as far as they are made',
  );
  expect(billedParts(config, { cluster: undefined, workspace: false })).toEqual([]);
});

test('nodes of a stopped cluster are not billed', () => {
  const stopped = { ...cluster('Succeeded'), powerState: 'Stopped' };
  expect(billedParts(config, { cluster: stopped, workspace: false }).join()).not.toContain('Standard_D4s_v5');
});
