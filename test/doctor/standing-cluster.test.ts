import { expect, test } from 'vitest';
import type { AgentPool, Cluster } from '../../src/azure/cluster-contract.ts';
import { checkStandingCluster } from '../../src/doctor/standing-cluster.ts';
import { world } from '../support/world.ts';

const pool = (name: string, count: number, taints: readonly string[] = []): AgentPool => ({
  name,
  mode: taints.length > 0 ? 'System' : 'User',
  vmSize: 'Standard_D4s_v5',
  count,
  taints,
  provisioningState: 'Succeeded',
});

const cluster = (pools: readonly AgentPool[], podCidr?: string): Cluster => ({
  id: 'id',
  name: 'theirs',
  location: 'uksouth',
  tags: {},
  etag: undefined,
  provisioningState: 'Succeeded',
  powerState: 'Running',
  fqdn: 'host',
  kubernetesVersion: '1.35.4',
  nodeResourceGroup: 'MC',
  pools,
  networkPlugin: 'none',
  podCidr,
  serviceCidr: undefined,
  dnsServiceIP: undefined,
  kubeProxy: 'off',
  monitoringWorkspaceId: undefined,
  localAccountsDisabled: false,
  entra: false,
});

const config = async (flags = {}) => (await world(flags)).config;
const critical = ['CriticalAddonsOnly=true:NoSchedule'];

test("the cluster's own nodes are counted against its own pod range, not those of the config", async () => {
  const mine = await config({ nodes: 1 });
  expect(() => checkStandingCluster(cluster([pool('a', 3), pool('b', 2)], '10.244.0.0/22'), mine)).toThrow(
    'AKS cluster theirs has 5 nodes, and the pod range 10.244.0.0/22 has room for 4: every node takes a /24',
  );
  expect(() => checkStandingCluster(cluster([pool('a', 3), pool('b', 1)], '10.244.0.0/22'), mine)).not.toThrow();
});

test('where the cluster tells no pod range, that of the config is judged by its nodes, and can be changed', async () => {
  const mine = await config({ nodes: 1, 'pod-cidr': '10.244.0.0/21' });
  expect(() => checkStandingCluster(cluster([pool('a', 9)]), mine)).toThrow(
    expect.objectContaining({ kind: 'preflight', hint: 'Give a larger range with --pod-cidr.' }),
  );
});

test('a demo needs a node that takes it, whatever --nodes says', async () => {
  const mine = await config({ nodes: 1, demo: true });
  expect(() => checkStandingCluster(cluster([pool('a', 2, critical)]), mine)).toThrow('--demo needs a node');
  expect(() => checkStandingCluster(cluster([pool('a', 2, critical), pool('b', 0)]), mine)).toThrow('--demo needs');
  expect(() => checkStandingCluster(cluster([pool('a', 2, critical), pool('b', 1)]), mine)).not.toThrow();
});
