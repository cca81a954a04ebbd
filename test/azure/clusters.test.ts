import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import type { ClusterBody } from '../../src/azure/cluster-contract.ts';
import { scriptedAzure, SUBSCRIPTION } from '../support/scripted-azure.ts';

const GROUP = `/subscriptions/${SUBSCRIPTION}/resourceGroups/lab`;
const CLUSTER = `${GROUP}/providers/Microsoft.ContainerService/managedClusters/aks`;
const PROVIDER = `/subscriptions/${SUBSCRIPTION}/providers/Microsoft.ContainerService`;
const signal = new AbortController().signal;

const body: ClusterBody = {
  location: 'uksouth',
  tags: { owner: 'me' },
  sku: { name: 'Base', tier: 'Free' },
  identity: { type: 'SystemAssigned' },
  properties: {
    dnsPrefix: 'lab',
    networkProfile: { networkPlugin: 'none', podCidr: '10.100.0.0/18', kubeProxyConfig: { enabled: false } },
  },
};

const answered = (properties: Record<string, unknown> = {}, rest: Record<string, unknown> = {}) => ({
  id: `/subscriptions/${SUBSCRIPTION}/resourcegroups/lab/providers/Microsoft.ContainerService/managedClusters/aks`,
  name: 'aks',
  type: 'Microsoft.ContainerService/ManagedClusters',
  location: 'uksouth',
  eTag: 'etag-1',
  tags: { owner: 'me' },
  identity: { type: 'SystemAssigned', principalId: 'p', tenantId: 't' },
  ...rest,
  properties: {
    provisioningState: 'Succeeded',
    powerState: { code: 'Running' },
    fqdn: 'lab-1.hcp.uksouth.azmk8s.io',
    nodeResourceGroup: 'MC_lab',
    currentKubernetesVersion: '1.36.2',
    agentPoolProfiles: [
      {
        name: 'system',
        mode: 'System',
        vmSize: 'Standard_D4s_v5',
        count: 2,
        nodeTaints: ['a=b:NoSchedule'],
        provisioningState: 'Succeeded',
        nodeImageVersion: 'x',
        eTag: 'y',
      },
    ],
    networkProfile: {
      networkPlugin: 'none',
      podCidr: '10.100.0.0/18',
      kubeProxyConfig: { enabled: true, mode: 'IPTABLES' },
      loadBalancerProfile: { managedOutboundIPs: { count: 1 }, effectiveOutboundIPs: [{ id: 'ip' }] },
    },
    addonProfiles: {
      omsagent: {
        enabled: true,
        config: { loganalyticsworkspaceresourceid: '/w', useAADAuth: 'true' },
        identity: { clientId: 'c' },
      },
    },
    ...properties,
  },
});

test('creates with kubeProxyConfig on a preview api-version, and only where nothing is yet', async () => {
  await using cloud = await scriptedAzure();
  const operation = `${cloud.origin}/operations/1?api-version=2016-03-30&t=1&c=${'x'.repeat(3000)}&s=sig&h=hash`;
  cloud.on('PUT', CLUSTER, { status: 201, headers: { 'azure-asyncoperation': operation }, body: answered() });
  const azure = await cloud.azure();
  expect(await azure.clusters.create('lab', 'aks', body, signal)).toEqual({ kind: 'accepted', token: operation });
  const [put] = cloud.only('PUT', 'managedClusters');
  expect(put?.query.get('api-version')).toBe('2026-03-02-preview');
  expect(put?.headers['if-none-match']).toBe('*');
  expect(put?.body).toEqual(body);
  expect(put?.path).toBe(CLUSTER);
});

test('says that a cluster exists when AKS answers 412', async () => {
  await using cloud = await scriptedAzure();
  cloud.on('PUT', CLUSTER, { status: 412, body: { code: 'PreconditionFailed', message: 'exists' } });
  expect(await (await cloud.azure()).clusters.create('lab', 'aks', body, signal)).toEqual({ kind: 'exists' });
});

test('sends the same create again after a broken connection', async () => {
  await using cloud = await scriptedAzure();
  cloud.on('PUT', CLUSTER, 'reset', { status: 412, body: { code: 'PreconditionFailed', message: 'exists' } });
  expect(await (await cloud.azure()).clusters.create('lab', 'aks', body, signal)).toEqual({ kind: 'exists' });
});

test('puts over an existing cluster with the etag that was seen', async () => {
  await using cloud = await scriptedAzure();
  cloud.on('PUT', CLUSTER, { headers: { 'azure-asyncoperation': `${cloud.origin}/operations/2` } }, { status: 412 });
  const { clusters } = await cloud.azure();
  await expect(clusters.update('lab', 'aks', body, 'etag-7', signal)).resolves.toMatchObject({ kind: 'accepted' });
  expect(cloud.only('PUT', 'managedClusters')[0]?.headers['if-match']).toBe('etag-7');
  await expect(clusters.update('lab', 'aks', body, 'etag-7', signal)).rejects.toMatchObject({ kind: 'conflict' });
});

test('what the body of an update does not name stays as it is, read-only fields apart', async () => {
  await using cloud = await scriptedAzure();
  const extra = { name: 'batch', mode: 'User', vmSize: 'Standard_D8s_v5', count: 4 };
  const { properties } = answered();
  const there = answered(
    {
      apiServerAccessProfile: { authorizedIPRanges: ['192.0.2.0/24'] },
      agentPoolProfiles: [...properties.agentPoolProfiles, extra],
    },
    { tags: { owner: 'me', team: 'blue' } },
  );
  cloud.on('GET', CLUSTER, { body: there });
  cloud.on('PUT', CLUSTER, { headers: { 'azure-asyncoperation': `${cloud.origin}/operations/2` } });
  const { clusters } = await cloud.azure();
  const wanted = { ...body, properties: { ...body.properties, agentPoolProfiles: [{ name: 'system', count: 3 }] } };
  await clusters.update('lab', 'aks', wanted, 'etag-1', signal);
  const sent = cloud.only('PUT', 'managedClusters')[0]?.body;
  expect(sent).toMatchObject({
    tags: { owner: 'me', team: 'blue' },
    properties: {
      apiServerAccessProfile: { authorizedIPRanges: ['192.0.2.0/24'] },
      agentPoolProfiles: [{ name: 'system', vmSize: 'Standard_D4s_v5', count: 3 }, extra],
      networkProfile: { kubeProxyConfig: { enabled: false } },
    },
  });
  expect(JSON.stringify(sent)).not.toMatch(/provisioningState|nodeImageVersion|eTag|fqdn/);
  await expect(clusters.update('lab', 'aks', body, 'etag-0', signal)).rejects.toMatchObject({ kind: 'conflict' });
  expect(cloud.only('PUT', 'managedClusters')).toHaveLength(1);
});

test('reads a cluster whatever casing AKS chose', async () => {
  await using cloud = await scriptedAzure();
  cloud.on('GET', CLUSTER, { body: answered() });
  const cluster = await (await cloud.azure()).clusters.find('LAB', 'aks', signal);
  expect(cluster).toMatchObject({
    fqdn: 'lab-1.hcp.uksouth.azmk8s.io',
    etag: 'etag-1',
    powerState: 'Running',
    kubeProxy: 'on',
    monitoringWorkspaceId: '/w',
    entra: false,
    pools: [{ name: 'system', taints: ['a=b:NoSchedule'] }],
  });
});

test.each([
  [undefined, 'on'],
  [{}, 'off'],
  [{ enabled: false }, 'off'],
  [{ enabled: true }, 'on'],
])('reads kubeProxyConfig %j as %s', async (kubeProxyConfig, kubeProxy) => {
  await using cloud = await scriptedAzure();
  cloud.on('GET', CLUSTER, { body: answered({ networkProfile: { networkPlugin: 'none', kubeProxyConfig } }) });
  expect(await (await cloud.azure()).clusters.find('lab', 'aks', signal)).toMatchObject({ kubeProxy });
});

test('finds nothing where ARM says 404, and complains where the subscription is not there', async () => {
  await using cloud = await scriptedAzure();
  const { clusters } = await cloud.azure();
  expect(await clusters.find('lab', 'aks', signal)).toBeUndefined();
  const gone = {
    error: { code: 'SubscriptionNotFound', message: `The subscription '${SUBSCRIPTION}' could not be found.` },
  };
  cloud.on('GET', CLUSTER, { status: 404, body: gone });
  await expect(clusters.find('lab', 'aks', signal)).rejects.toMatchObject({
    kind: 'sign-in',
    code: 'SubscriptionNotFound',
  });
});

test('turns kube-proxy off in what was read, without what nobody may set, and with its etag', async () => {
  await using cloud = await scriptedAzure();
  cloud.on('GET', CLUSTER, { body: answered() });
  cloud.on('PUT', CLUSTER, { headers: { 'azure-asyncoperation': `${cloud.origin}/operations/3` } });
  await (await cloud.azure()).clusters.disableKubeProxy('lab', 'aks', signal);
  const [put] = cloud.only('PUT', 'managedClusters');
  expect(put?.headers['if-match']).toBe('etag-1');
  expect(put?.query.get('api-version')).toMatch(/-preview$/);
  expect(put?.body).toEqual({
    location: 'uksouth',
    tags: { owner: 'me' },
    identity: { type: 'SystemAssigned' },
    properties: {
      nodeResourceGroup: 'MC_lab',
      agentPoolProfiles: [
        { name: 'system', mode: 'System', vmSize: 'Standard_D4s_v5', count: 2, nodeTaints: ['a=b:NoSchedule'] },
      ],
      networkProfile: {
        networkPlugin: 'none',
        podCidr: '10.100.0.0/18',
        kubeProxyConfig: { enabled: false },
        loadBalancerProfile: { managedOutboundIPs: { count: 1 } },
      },
      addonProfiles: {
        omsagent: { enabled: true, config: { loganalyticsworkspaceresourceid: '/w', useAADAuth: 'true' } },
      },
    },
  });
});

test('does not touch kube-proxy while another operation runs', async () => {
  await using cloud = await scriptedAzure();
  cloud.on('GET', CLUSTER, { body: answered({ provisioningState: 'Updating' }) });
  await expect((await cloud.azure()).clusters.disableKubeProxy('lab', 'aks', signal)).rejects.toMatchObject({
    kind: 'conflict',
  });
  expect(cloud.only('PUT', 'managedClusters')).toHaveLength(0);
});

test('gives the kubeconfig as AKS wrote it', async () => {
  await using cloud = await scriptedAzure();
  const value = Buffer.from('apiVersion: v1\nkind: Config\n').toString('base64');
  cloud.on('POST', `${CLUSTER}/listClusterUserCredential`, { body: { kubeconfigs: [{ name: 'clusterUser', value }] } });
  expect(await (await cloud.azure()).clusters.kubeconfig('lab', 'aks', signal)).toBe('apiVersion: v1\nkind: Config\n');
});

test('deletes and tags without waiting for the end', async () => {
  await using cloud = await scriptedAzure();
  const operation = `${cloud.origin}/operations/4?s=1`;
  cloud.on('DELETE', CLUSTER, {
    status: 202,
    headers: { 'azure-asyncoperation': operation, location: `${cloud.origin}/results/4` },
  });
  cloud.on('PATCH', CLUSTER, { status: 200, headers: { 'azure-asyncoperation': operation }, body: answered() });
  cloud.on('GET', '/operations/4', { body: { status: 'InProgress' } });
  const { clusters } = await cloud.azure();
  expect(await clusters.delete('lab', 'aks', signal)).toEqual({ kind: 'accepted', token: operation });
  await clusters.tag('lab', 'aks', { a: 'b' }, '"7"', signal);
  expect(cloud.only('PATCH', 'managedClusters')[0]?.headers).toMatchObject({ 'if-match': '"7"' });
  expect(cloud.only('PATCH', 'managedClusters')[0]?.body).toEqual({ tags: { a: 'b' } });
});

test('takes a deletion of what is not there for done', async () => {
  await using cloud = await scriptedAzure();
  cloud.on('DELETE', CLUSTER, { status: 204 });
  expect(await (await cloud.azure()).clusters.delete('lab', 'aks', signal)).toEqual({
    kind: 'accepted',
    token: undefined,
  });
});

test.each([
  [['2026-08-02-preview', '2026-05-02-preview', '2026-03-02-preview', '2026-06-01'], '2026-03-02-preview', 0],
  [['2026-06-01', '2026-05-02-preview'], '2026-05-02-preview', 0],
  [['2027-02-02-preview', '2027-01-01', '2027-03-02-preview'], '2027-03-02-preview', 1],
  [['2027-01-01'], '2026-03-02-preview', 1],
])('of the served versions %j uses %s', async (apiVersions, chosen, warnings) => {
  await using cloud = await scriptedAzure();
  cloud.on('GET', PROVIDER, { body: { resourceTypes: [{ resourceType: 'managedClusters', apiVersions }] } });
  const { clusters } = await cloud.azure({ clusterApiVersion: undefined });
  await clusters.find('lab', 'aks', signal);
  await clusters.find('lab', 'aks', signal);
  expect(cloud.only('GET', 'managedClusters').map((seen) => seen.query.get('api-version'))).toEqual([chosen, chosen]);
  expect(cloud.warnings).toHaveLength(warnings);
  expect(cloud.requests.filter((seen) => seen.path === PROVIDER)).toHaveLength(1);
});

test('asks Entra for a token of the AKS server application', async () => {
  await using cloud = await scriptedAzure();
  expect(await (await cloud.azure()).clusters.entraToken(signal)).toContain('.signature');
  const [asked] = cloud.only('POST', '/oauth2/v2.0/token');
  expect(new URLSearchParams(asked?.text).get('scope')).toContain('6dae42f8-4368-4678-94ff-3960e28e3630/.default');
});

test('the file that holds the secret is the only place of the secret', async () => {
  await using cloud = await scriptedAzure();
  const azure = await cloud.azure();
  const signedIn = await azure.signIn(signal);
  const secret = (await readFile(`${cloud.folder}/secret`, 'utf8')).trim();
  expect(JSON.stringify(signedIn)).not.toContain(secret);
  expect(signedIn).toEqual({
    account: '33333333-3333-4333-8333-333333333333',
    tenantId: '11111111-1111-4111-8111-111111111111',
    credential:
      'client secret of application 33333333-3333-4333-8333-333333333333, because the cloud profile scripted names it',
  });
});
