import { expect, test } from 'vitest';
import { connect } from '../../src/kubernetes/connect.ts';
import { clusterAccess } from '../../src/steps/cluster-access.ts';
import { withBearer } from '../../src/steps/kubeconfig-bearer.ts';
import type { AccessOutput, ClusterOutput } from '../../src/steps/outputs.ts';
import { world } from '../support/world.ts';

const signal = new AbortController().signal;

test('gives a client that reaches the API server, and a kubeconfig that stays in memory', async () => {
  const lab = await world();
  const { out } = await lab.run('cluster-access');
  const { kubernetes } = out as AccessOutput;
  expect(await kubernetes.version(signal)).toMatch(/^v1\.\d+\.\d+/);
  const { readdirSync } = await import('node:fs');
  expect(readdirSync(lab.services.stateDir)).toEqual(['journal.ndjson']);
});

test('where Entra guards the cluster, the token that kubelogin would fetch is in its place', async () => {
  const lab = await world();
  await lab.run('cluster');
  // Local accounts are left on, and the user's kubeconfig asks kubelogin all the same.
  const aadProfile = { managed: true, enableAzureRBAC: true };
  await lab.sandbox.sabotage({
    kind: 'arm-property',
    id: lab.clusterId,
    path: 'properties.aadProfile',
    value: aadProfile,
  });
  const { out } = await lab.run('cluster');
  expect(await lab.azure.clusters.kubeconfig(lab.config.resourceGroup, lab.config.cluster.name, signal)).toContain(
    'kubelogin',
  );
  const opened: string[] = [];
  const clusters = { ...lab.azure.clusters, entraToken: async () => 'entra-token' };
  const seen = await clusterAccess
    .probe({
      ...lab.services,
      azure: { ...lab.azure, clusters },
      connect: async (kubeconfig) => {
        opened.push(kubeconfig);
        return connect(withBearer(kubeconfig, 'of nobody'));
      },
      out: { cluster: out as ClusterOutput },
      signal,
      progress: () => undefined,
      warn: () => undefined,
    })
    .catch((error: unknown) => error);
  expect(opened).toEqual([expect.stringContaining('token: entra-token')]);
  expect(opened.join()).not.toContain('kubelogin');
  // The API server is asked with what stands in the kubeconfig, and says so where it is wrong.
  expect(seen).toMatchObject({ kind: 'sign-in' });
});

test('a bearer takes the place of every user, and clusters and contexts stay', () => {
  const before =
    'apiVersion: v1\nkind: Config\ncurrent-context: lab\nclusters: [{name: lab, cluster: {server: https://lab}}]\ncontexts: [{name: lab, context: {cluster: lab, user: me}}]\nusers: [{name: me, user: {exec: {command: kubelogin}}}]\n';
  const after = withBearer(before, 'secret');
  expect(after).toContain('token: secret');
  expect(after).not.toContain('kubelogin');
  expect(after).toContain('server: https://lab');
});

test('a kubeconfig without users is refused', () => {
  expect(() => withBearer('apiVersion: v1', 'secret')).toThrow(/has no users/);
});
