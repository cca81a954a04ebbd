import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { clusterBody, world, type World } from '../world.ts';
import { scratch } from '../../support/scratch.ts';
import { clusterOf, clusterVersion as version, pools, prepare } from './log-path.ts';
import { startRealLab, type RealLab } from './real-lab.ts';

/** kind's three nodes. */
const kindNodes = async (lab: RealLab): Promise<void> => {
  await lab.node('kind-control-plane', {
    labels: { 'node-role.kubernetes.io/control-plane': '' },
    taints: [{ key: 'node-role.kubernetes.io/control-plane', effect: 'NoSchedule' }],
    providerID: 'kind://docker/kind/kind-control-plane',
  });
  await lab.node('kind-worker', { labels: { agentpool: 'before' }, providerID: 'kind://docker/kind/kind-worker' });
  await lab.node('kind-worker2');
};

const attached = async (lab: RealLab, kubernetesService: string | undefined = 'kind-control-plane'): Promise<World> =>
  world({ attach: { kubeconfig: lab.kubeconfig, kubernetesService, remote: false } });

const put = (sandbox: World, change: Readonly<Record<string, unknown>> = {}, name = 'lab') =>
  sandbox.request('PUT', `${clusterOf(sandbox, name)}?${version}`, {
    body: clusterBody(undefined, { agentPoolProfiles: pools(1, 2), ...change }),
  });

const madeCluster = async (sandbox: World) => {
  expect(await put(sandbox)).toMatchObject({ status: 201 });
  return sandbox.until(
    `${clusterOf(sandbox)}?${version}`,
    ({ body }) => (body['properties'] as { provisioningState?: string }).provisioningState === 'Succeeded',
  );
};

interface Node {
  readonly metadata: { readonly labels: Readonly<Record<string, string>>; readonly annotations?: object };
  readonly spec: { readonly taints?: readonly { readonly key: string }[] };
}

/** Without those that Kubernetes itself puts on a node that no kubelet reports. */
const taintsOf = ({ spec }: Node): readonly string[] =>
  (spec.taints ?? []).map(({ key }) => key).filter((key) => !key.startsWith('node.kubernetes.io/'));

const nodeOf = async (lab: RealLab, name: string): Promise<Node> =>
  (await lab.ask('GET', `/api/v1/nodes/${name}`)).body;

test('ARM tells the real version and where the nodes reach the API server, and offers no other version', async () => {
  const lab = await startRealLab();
  await kindNodes(lab);
  const sandbox = await attached(lab);
  await prepare(sandbox);
  const versions = await sandbox.request(
    'GET',
    `${sandbox.subscription}/providers/Microsoft.ContainerService/locations/uksouth/kubernetesVersions?api-version=2026-05-01`,
  );
  expect(versions.body['values']).toMatchObject([{ version: '1.35', patchVersions: { '1.35.4': {} } }]);
  expect(await put(sandbox, { kubernetesVersion: '1.36' })).toMatchObject({
    status: 400,
    body: { code: 'K8sVersionNotSupported' },
  });
  const { body } = await madeCluster(sandbox);
  expect(body['properties']).toMatchObject({ fqdn: 'kind-control-plane', currentKubernetesVersion: '1.35.4' });
  expect(sandbox.published.cluster).toMatchObject({ kubernetesVersion: '1.35.4', nodes: 3 });
});

test('nodes are put into pools as AKS would, and given back as they were', async () => {
  const lab = await startRealLab();
  await kindNodes(lab);
  const sandbox = await attached(lab);
  await prepare(sandbox);
  await madeCluster(sandbox);
  const [control, worker] = [await nodeOf(lab, 'kind-control-plane'), await nodeOf(lab, 'kind-worker')];
  expect(control.metadata.labels).toMatchObject({
    agentpool: 'system',
    'kubernetes.azure.com/agentpool': 'system',
    'kubernetes.azure.com/mode': 'system',
    'kubernetes.azure.com/cluster': 'MC_rg_lab_uksouth',
  });
  expect(taintsOf(control)).toEqual(['node-role.kubernetes.io/control-plane', 'CriticalAddonsOnly']);
  expect(worker.metadata.labels).toMatchObject({ agentpool: 'workloads', 'kubernetes.azure.com/mode': 'user' });
  await sandbox.request('DELETE', `${clusterOf(sandbox)}?${version}`);
  await sandbox.until(`${clusterOf(sandbox)}?${version}`, ({ status }) => status === 404);
  const [after, other] = [await nodeOf(lab, 'kind-control-plane'), await nodeOf(lab, 'kind-worker')];
  expect(after.metadata.labels).toEqual({ 'node-role.kubernetes.io/control-plane': '' });
  expect(after.metadata.annotations ?? {}).toEqual({});
  expect(taintsOf(after)).toEqual(['node-role.kubernetes.io/control-plane']);
  expect(other.metadata.labels).toEqual({ agentpool: 'before' });
});

test('a second cluster, more nodes than there are, and what the real one cannot be are refused', async () => {
  const lab = await startRealLab();
  await kindNodes(lab);
  const sandbox = await attached(lab);
  await prepare(sandbox);
  const tooMany = await put(sandbox, { agentPoolProfiles: pools(2, 2) });
  expect(tooMany).toMatchObject({ status: 400, body: { code: 'QuotaExceeded' } });
  expect(tooMany.body['message']).toContain('has 3 nodes, the agent pools ask for 4 (system 2, workloads 2)');
  expect(await put(sandbox, { networkProfile: { networkPlugin: 'azure' } })).toMatchObject({ status: 400 });
  expect(await put(sandbox, { networkProfile: { networkPlugin: 'none', podCidr: '10.100.0.0/18' } })).toMatchObject({
    status: 400,
    body: { target: 'networkProfile.kubeProxyConfig' },
  });
  await madeCluster(sandbox);
  const second = await put(sandbox, {}, 'other');
  expect(second).toMatchObject({ status: 400, body: { code: 'QuotaExceeded' } });
  expect(second.body['message']).toContain("'lab'");
});

test('the credential is the real one under the names that AKS gives', async () => {
  const lab = await startRealLab();
  await kindNodes(lab);
  const sandbox = await attached(lab);
  await prepare(sandbox);
  const credential = `${clusterOf(sandbox)}/listClusterUserCredential?api-version=2026-05-01`;
  await put(sandbox);
  expect(await sandbox.request('POST', credential)).toMatchObject({ status: 404 });
  await sandbox.until(`${clusterOf(sandbox)}?${version}`, ({ body }) => JSON.stringify(body).includes('"Succeeded"'));
  const answer = await sandbox.request('POST', credential);
  const [{ value }] = answer.body['kubeconfigs'] as [{ value: string }];
  expect(parse(Buffer.from(value, 'base64').toString())).toMatchObject({
    'current-context': 'lab',
    clusters: [{ name: 'lab', cluster: { server: sandbox.published.cluster?.server } }],
    users: [{ name: 'clusterUser_rg_lab' }],
  });
});

test('the folder keeps its real cluster, even while that does not answer', async () => {
  const lab = await startRealLab();
  await kindNodes(lab);
  const dir = scratch();
  const first = await world({
    dir,
    attach: { kubeconfig: lab.kubeconfig, kubernetesService: 'kind-control-plane', remote: false },
  });
  await prepare(first);
  await madeCluster(first);
  await first.stop();
  await lab.close();
  const again = await world({ dir });
  expect(again.published.cluster).toEqual(first.published.cluster);
  expect((await again.control('GET', '/status')).body['cluster']).toMatchObject({ logs: {} });
  await again.stop();
  const other = await startRealLab();
  await expect(
    world({ dir, attach: { kubeconfig: other.kubeconfig, kubernetesService: 'kind-control-plane', remote: false } }),
  ).rejects.toThrow('the cluster lab stands for another real one');
});

test.each([
  ['kube-proxy', 'runs kube-proxy'],
  ['kindnet', 'has a network of its own already (kindnet)'],
])('a cluster with the DaemonSet %s is refused with advice', async (name, says) => {
  const lab = await startRealLab();
  const labels = { app: name };
  const template = { metadata: { labels }, spec: { containers: [{ name: 'main', image: 'image' }] } };
  await lab.ask('POST', '/apis/apps/v1/namespaces/kube-system/daemonsets', {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name },
    spec: { selector: { matchLabels: labels }, template },
  });
  await expect(attached(lab)).rejects.toThrow(says);
});

test("a cluster in somebody's cloud is refused unless that is meant", async () => {
  const lab = await startRealLab();
  await lab.node('aks-system-1', { providerID: 'azure:///subscriptions/s/resourceGroups/g' });
  await expect(attached(lab)).rejects.toThrow('has nodes in Azure');
  const meant = await world({ attach: { kubeconfig: lab.kubeconfig, kubernetesService: 'host', remote: true } });
  expect(meant.published.cluster?.nodes).toBe(1);
});

test('where nodes reach the API server is what the cluster says', async () => {
  const lab = await startRealLab();
  await expect(
    world({ attach: { kubeconfig: lab.kubeconfig, kubernetesService: undefined, remote: false } }),
  ).rejects.toThrow('--kubernetes-service HOST');
  const slice = (port: number) => ({
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name: 'kubernetes', labels: { 'kubernetes.io/service-name': 'kubernetes' } },
    addressType: 'IPv4',
    endpoints: [{ addresses: ['172.18.0.2'] }],
    ports: [{ name: 'https', port, protocol: 'TCP' }],
  });
  await lab.ask('POST', '/apis/discovery.k8s.io/v1/namespaces/default/endpointslices', slice(6443));
  const found = async (): Promise<string | undefined> =>
    (await world({ attach: { kubeconfig: lab.kubeconfig, kubernetesService: undefined, remote: false } })).published
      .cluster?.kubernetesService;
  expect(await found()).toBe('172.18.0.2');
  await lab.ask('POST', '/api/v1/namespaces/kube-system/configmaps', {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'kubeadm-config' },
    data: { ClusterConfiguration: 'controlPlaneEndpoint: kind-control-plane:6443\nkind: ClusterConfiguration\n' },
  });
  expect(await found()).toBe('kind-control-plane');
  await lab.ask('PUT', '/apis/discovery.k8s.io/v1/namespaces/default/endpointslices/kubernetes', slice(8443));
  expect(await found()).toBe('172.18.0.2');
});

test('a kubeconfig that leads nowhere near is refused before anything is asked', async () => {
  const dir = scratch();
  const file = join(dir, 'kubeconfig');
  writeFileSync(
    file,
    `apiVersion: v1\nkind: Config\ncurrent-context: prod\ncontexts: [{name: prod, context: {cluster: c, user: u}}]\nclusters: [{name: c, cluster: {server: "https://prod-1a2b.hcp.uksouth.azmk8s.io:443"}}]\nusers: [{name: u, user: {token: abc}}]\n`,
  );
  await expect(world({ attach: { kubeconfig: file, kubernetesService: undefined, remote: false } })).rejects.toThrow(
    'context prod is neither on this machine nor in a private network',
  );
});

test('a real cluster gets real charts or none of the sandbox, and every run says what is real', async () => {
  const lab = await startRealLab();
  await kindNodes(lab);
  const sandbox = await attached(lab);
  const profile = JSON.parse(readFileSync(join(sandbox.dir, 'profile.json'), 'utf8')) as {
    charts: object;
    notes: readonly string[];
  };
  // Without the real charts at hand the profile names none, so that they come from where they come from on Azure.
  expect(profile.charts).toEqual({});
  expect(profile.notes).toEqual([
    expect.stringMatching(
      /^This is the sandbox: Azure is imitated.* The cluster is a real one, context lab-admin at https:\/\/127\.0\.0\.1:\d+/u,
    ),
  ]);
  expect(statSync(join(sandbox.dir, 'attached.json')).mode & 0o777).toBe(0o600);
});

test('a folder that imitates a cluster takes no real one', async () => {
  const lab = await startRealLab();
  const dir = scratch();
  const sandbox = await world({ dir });
  await prepare(sandbox);
  expect(await put(sandbox)).toMatchObject({ status: 201 });
  await sandbox.stop();
  const attach = { kubeconfig: lab.kubeconfig, kubernetesService: 'kind-control-plane', remote: false };
  await expect(world({ dir, attach })).rejects.toThrow('has the imitated cluster lab');
});
