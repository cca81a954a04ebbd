import { expect, test } from 'vitest';
import { type World, world } from '../support/world.ts';

const signal = new AbortController().signal;

const puts = async ({ azure, clusterId }: World) =>
  (await azure.requests({ method: 'PUT', type: '/managedClusters/' })).filter(
    ({ path }) => path.toLowerCase() === clusterId.toLowerCase(),
  );

/** A cluster that somebody made with kube-proxy, and that sends its logs where ours do. */
const withKubeProxy = async (): Promise<World> => {
  const lab = await world({ adopt: true });
  const { out } = await lab.run('workspace');
  const { id } = out as { id: string };
  await lab.azure.clusters.create(
    lab.config.resourceGroup,
    lab.config.cluster.name,
    {
      location: 'uksouth',
      tags: { team: 'blue' },
      sku: { name: 'Base', tier: 'Free' },
      identity: { type: 'SystemAssigned' },
      properties: {
        dnsPrefix: 'theirs',
        agentPoolProfiles: [
          { name: 'pool1', mode: 'System', type: 'VirtualMachineScaleSets', vmSize: 'Standard_D4s_v5', count: 1 },
        ],
        networkProfile: { networkPlugin: 'none', podCidr: '10.244.0.0/16' },
        addonProfiles: {
          omsagent: { enabled: true, config: { logAnalyticsWorkspaceResourceID: id, useAADAuth: 'true' } },
        },
      },
    },
    signal,
  );
  return lab;
};

test('on our own cluster there is nothing to do but to look', async () => {
  const lab = await world();
  await expect(lab.run('kube-proxy')).resolves.toMatchObject({ changed: false });
  expect(await puts(lab)).toHaveLength(1);
});

test('on a cluster that has it: read, changed and put back whole, on a preview version, and the DaemonSet gone', async () => {
  const lab = await withKubeProxy();
  await expect(lab.run('kube-proxy')).resolves.toMatchObject({ changed: true });
  const put = (await puts(lab)).at(-1);
  expect(put?.apiVersion).toMatch(/-preview$/);
  expect(put?.body).toMatchObject({
    tags: { team: 'blue', 'aks-ebpf-sentinel-adopted': 'true' },
    properties: {
      dnsPrefix: 'theirs',
      agentPoolProfiles: [{ name: 'pool1', count: 1 }],
      networkProfile: { networkPlugin: 'none', kubeProxyConfig: { enabled: false } },
    },
  });
  const kubernetes = await lab.kubernetes();
  const ref = { apiVersion: 'apps/v1', kind: 'DaemonSet', namespace: 'kube-system', name: 'kube-proxy' };
  expect(await kubernetes.get(ref, signal)).toBeUndefined();
});

test('what the control plane says is not enough: the DaemonSet gone is what counts', async () => {
  const lab = await world();
  await lab.run('cluster-access');
  const kubernetes = await lab.kubernetes();
  const labels = { component: 'kube-proxy' };
  await kubernetes.apply(
    {
      apiVersion: 'apps/v1',
      kind: 'DaemonSet',
      metadata: { name: 'kube-proxy', namespace: 'kube-system' },
      spec: {
        selector: { matchLabels: labels },
        template: {
          metadata: { labels },
          spec: { containers: [{ name: 'kube-proxy', image: 'mcr.microsoft.com/oss/kubernetes/kube-proxy:v1.35.4' }] },
        },
      },
    },
    {},
    signal,
  );
  expect(await lab.sight('kube-proxy')).toMatchObject({
    seen: { state: 'converging', detail: expect.stringContaining('the DaemonSet kube-proxy is still there') },
  });
  await kubernetes.delete(
    { apiVersion: 'apps/v1', kind: 'DaemonSet', namespace: 'kube-system', name: 'kube-proxy' },
    signal,
  );
  await expect(lab.run('kube-proxy')).resolves.toMatchObject({ changed: false });
});

test('windows-kube-proxy-initializer is no kube-proxy', async () => {
  const lab = await world();
  await lab.run('kube-proxy');
  const sets = await (
    await lab.kubernetes()
  ).list({ apiVersion: 'apps/v1', kind: 'DaemonSet', namespace: 'kube-system' }, signal);
  expect(sets.map(({ metadata }) => metadata.name)).toContain('windows-kube-proxy-initializer');
});

test("another operation on the cluster is waited for, and the change carries the look's etag", async () => {
  const lab = await withKubeProxy();
  await lab.run('cluster-access');
  await lab.sandbox.fault({ name: 'conflict-in-progress', count: 2, method: 'PUT' });
  await expect(lab.run('kube-proxy')).resolves.toMatchObject({ changed: true });
  // AKS words the refusal differently where the request has an etag.
  const refused = (await puts(lab)).filter(({ status }) => status === 409);
  expect(new Set(refused.map(({ code }) => code))).toEqual(new Set(['EtagMismatch']));
  expect(refused.length).toBeGreaterThanOrEqual(2);
});

test('a change that leaves the cluster Failed is made again', async () => {
  const lab = await withKubeProxy();
  await lab.run('cluster-access');
  await lab.sandbox.sabotage({
    kind: 'arm-property',
    id: lab.clusterId,
    path: 'properties.provisioningState',
    value: 'Failed',
  });
  const { kubeProxy } = await import('../../src/steps/kube-proxy.ts');
  const out = { cluster: {}, 'cluster-access': { kubernetes: await lab.kubernetes() } };
  const seen = await kubeProxy.probe({
    ...lab.services,
    out: out as never,
    signal,
    progress: () => undefined,
    warn: () => undefined,
  });
  expect(seen).toEqual({ state: 'failed', reason: 'the cluster is Failed', recover: 'retry' });
});
