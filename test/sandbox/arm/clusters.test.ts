import { expect, test } from 'vitest';
import type { ClusterHost } from '../../../src/sandbox/kubernetes/host.ts';
import type { ServeOptions } from '../../../src/sandbox/serve.ts';
import { clusterBody, world } from '../world.ts';
import type { Answer, World } from '../world.ts';

const preview = '2026-03-02-preview';
const url = ({ subscription }: World, rest = '', version = preview) =>
  `${subscription}/resourceGroups/rg/providers/Microsoft.ContainerService/managedClusters/lab${rest}?api-version=${version}`;
const state = ({ body }: Answer) => (body['properties'] as Record<string, unknown> | undefined)?.['provisioningState'];
const network = ({ body }: Answer) =>
  (body['properties'] as Record<string, Record<string, unknown>>)['networkProfile'] ?? {};

const ready = async (speed = 2000, options: Partial<ServeOptions> = {}): Promise<World> => {
  const sandbox = await world({ ...options, speed });
  await sandbox.register('Microsoft.ContainerService');
  await sandbox.request('PUT', `${sandbox.subscription}/resourcegroups/rg?api-version=2025-04-01`, {
    body: { location: 'uksouth' },
  });
  return sandbox;
};

const created = async (speed?: number): Promise<World> => {
  const sandbox = await ready(speed);
  await sandbox.request('PUT', url(sandbox), { body: clusterBody() });
  await sandbox.until(url(sandbox), (answer) => state(answer) === 'Succeeded');
  return sandbox;
};

test('a create is one long-running operation with a signed URL of kilobytes', async () => {
  const sandbox = await ready();
  const put = await sandbox.request('PUT', url(sandbox), { body: clusterBody() });
  expect(put).toMatchObject({
    status: 201,
    body: { type: 'Microsoft.ContainerService/ManagedClusters', properties: { provisioningState: 'Creating' } },
  });
  expect(put.body['id']).toContain('/resourcegroups/rg/');
  const operation = put.headers['azure-asyncoperation'] ?? '';
  expect(operation.length).toBeGreaterThan(3000);
  expect(put.headers).not.toHaveProperty('retry-after');
  const status = await sandbox.request('GET', operation);
  expect(status.body).toMatchObject({ status: 'InProgress', startTime: expect.any(String) });
  expect(operation).not.toContain(String(status.body['name']));
  expect((await sandbox.request('GET', operation.replace('&h=', '&h=x'))).status).toBe(403);
  await sandbox.until(operation, ({ body }) => body['status'] === 'Succeeded');
  const done = await sandbox.request('GET', url(sandbox));
  expect(state(done)).toBe('Succeeded');
  expect(done.body).toMatchObject({
    properties: {
      servicePrincipalProfile: { clientId: 'msi' },
      agentPoolProfiles: [{ provisioningState: 'Succeeded', maxPods: 250 }, {}],
    },
  });
  expect(sandbox.told).toHaveLength(2);
  expect(sandbox.told[0]).toMatchObject({
    kubeProxy: false,
    podCidr: '10.100.0.0/18',
    pools: [{ name: 'system', taints: ['CriticalAddonsOnly=true:NoSchedule'] }, { name: 'workloads' }],
  });
});

test('kube-proxy settings exist in previews only', async () => {
  const sandbox = await ready();
  const refused = await sandbox.request('PUT', url(sandbox, '', '2026-05-01'), { body: clusterBody() });
  expect(refused).toMatchObject({ status: 400, body: { code: 'UnmarshalError', subcode: '' } });
  expect(refused.text).toContain('json: unknown field \\"kubeProxyConfig\\"');
  await sandbox.request('PUT', url(sandbox), { body: clusterBody() });
  expect(network(await sandbox.request('GET', url(sandbox)))).toMatchObject({ kubeProxyConfig: { enabled: false } });
  expect(network(await sandbox.request('GET', url(sandbox, '', '2026-05-01')))).not.toHaveProperty('kubeProxyConfig');
});

test('kube-proxy can only be switched off without a CNI of AKS', async () => {
  const sandbox = await ready();
  const body = clusterBody(undefined, {
    networkProfile: { networkPlugin: 'azure', kubeProxyConfig: { enabled: false } },
  });
  expect(await sandbox.request('PUT', url(sandbox), { body })).toMatchObject({
    status: 400,
    body: { code: 'KubeProxyConfigDisabledBYOCNIOnly' },
  });
});

test('a region where the feature is still required says so until it is registered and the provider told again', async () => {
  const sandbox = await ready();
  await sandbox.control('POST', '/faults', { name: 'feature-required' });
  expect(await sandbox.request('PUT', url(sandbox), { body: clusterBody() })).toMatchObject({
    status: 400,
    body: { code: 'KubeProxyConfigFeatureNotRegistered' },
  });
  const feature = `${sandbox.subscription}/providers/Microsoft.Features/providers/Microsoft.ContainerService/features/KubeProxyConfigurationPreview`;
  await sandbox.request('POST', `${feature}/register?api-version=2021-07-01`);
  await sandbox.until(`${feature}?api-version=2021-07-01`, ({ text }) => text.includes('"Registered"'));
  expect((await sandbox.request('PUT', url(sandbox), { body: clusterBody() })).status).toBe(400);
  await sandbox.register('Microsoft.ContainerService');
  expect((await sandbox.request('PUT', url(sandbox), { body: clusterBody() })).status).toBe(201);
});

test('a pod range that nobody asked for is not made up without a CNI', async () => {
  const sandbox = await ready();
  const put = await sandbox.request('PUT', url(sandbox), {
    body: clusterBody(undefined, { networkProfile: { networkPlugin: 'none' } }),
  });
  expect(network(put)).toMatchObject({ networkPlugin: 'none', serviceCidr: '10.0.0.0/16' });
  for (const absent of ['podCidr', 'podCidrs', 'networkPolicy']) expect(network(put)).not.toHaveProperty(absent);
});

test('If-None-Match keeps a second create out, If-Match an old etag', async () => {
  const sandbox = await created();
  const second = await sandbox.request('PUT', url(sandbox), { body: clusterBody(), headers: { 'if-none-match': '*' } });
  expect(second).toMatchObject({ status: 412, body: { code: 'PreconditionFailed' } });
  expect(
    await sandbox.request('PUT', url(sandbox), { body: clusterBody(), headers: { 'if-match': 'old' } }),
  ).toMatchObject({ status: 412 });
});

test('AKS works on by itself after a create, and a PUT then is a 409', async () => {
  const sandbox = await created(400);
  const conflict = async (): Promise<Answer> => {
    for (;;) {
      const answer = await sandbox.request('PUT', url(sandbox, '/agentPools/extra'), {
        body: { properties: { mode: 'User', count: 1, vmSize: 'Nonsense' } },
      });
      if (answer.status === 409) return answer;
    }
  };
  const answer = await conflict();
  expect(answer.body).toMatchObject({ code: 'OperationNotAllowed' });
  expect(answer.text).toContain('in progress PutExtensionAddonHandler operation');
});

test('a GET can be changed and put back', async () => {
  const sandbox = await ready();
  await sandbox.request('PUT', url(sandbox), {
    body: clusterBody(undefined, { networkProfile: { networkPlugin: 'none' } }),
  });
  const before = await sandbox.until(url(sandbox), (answer) => state(answer) === 'Succeeded');
  const body = {
    ...before.body,
    properties: {
      ...(before.body['properties'] as object),
      networkProfile: { ...network(before), kubeProxyConfig: { enabled: false } },
    },
  };
  const wait = async (): Promise<Answer> => {
    for (;;) {
      const answer = await sandbox.request('PUT', url(sandbox), { body });
      if (answer.status !== 409) return answer;
    }
  };
  expect(await wait()).toMatchObject({ status: 200, body: { properties: { provisioningState: 'Updating' } } });
  await sandbox.until(url(sandbox), (answer) => state(answer) === 'Succeeded');
  expect(sandbox.told.at(-1)).toMatchObject({ kubeProxy: false });
});

test.each([
  [
    'overlapping ranges',
    {
      networkProfile: {
        networkPlugin: 'none',
        podCidr: '10.101.0.0/18',
        serviceCidr: '10.101.0.0/20',
        dnsServiceIP: '10.101.0.10',
      },
    },
    /overlaps service CIDR/u,
  ],
  [
    'a DNS address outside',
    { networkProfile: { networkPlugin: 'none', serviceCidr: '10.101.0.0/20', dnsServiceIP: '10.0.0.10' } },
    /not within the service CIDR/u,
  ],
  [
    'a range that AKS keeps',
    { networkProfile: { networkPlugin: 'none', podCidr: '172.31.0.0/18' } },
    /172\.31\.0\.0\/16/u,
  ],
  [
    'a service range that is too large',
    { networkProfile: { networkPlugin: 'none', serviceCidr: '10.0.0.0/8', dnsServiceIP: '10.0.0.10' } },
    /smaller than \/12/u,
  ],
  ['a DNS prefix with an underscore', { dnsPrefix: 'lab_prod' }, /DNS prefix/u],
  [
    'no system pool',
    { agentPoolProfiles: [{ name: 'work', mode: 'User', count: 1, vmSize: 'Standard_D4s_v5' }] },
    /system agent pool/u,
  ],
  [
    'a pool name with capitals',
    { agentPoolProfiles: [{ name: 'System', mode: 'System', count: 1, vmSize: 'Standard_D4s_v5' }] },
    /parameter agentPoolProfile\.name is invalid\. Please see/u,
  ],
  [
    'a burstable system pool',
    { agentPoolProfiles: [{ name: 'system', mode: 'System', count: 1, vmSize: 'Standard_B4ms' }] },
    /SystemPoolSkuTooLow/u,
  ],
  ['an old Kubernetes', { kubernetesVersion: '1.28.3' }, /K8sVersionNotSupported/u],
  [
    'a number that is a text',
    { agentPoolProfiles: [{ name: 'system', mode: 'System', count: '2', vmSize: 'Standard_D4s_v5' }] },
    /cannot unmarshal string into Go struct field/u,
  ],
])('refuses %s, flat', async (_what, change, words) => {
  const sandbox = await ready();
  const answer = await sandbox.request('PUT', url(sandbox), { body: clusterBody(undefined, change) });
  expect(answer.status).toBe(400);
  expect(answer.body).not.toHaveProperty('error');
  expect(answer.text).toMatch(words);
  expect(await sandbox.request('GET', url(sandbox))).toMatchObject({
    status: 404,
    body: { error: { code: 'ResourceNotFound' } },
  });
});

test('quota and sizes are told beforehand and enforced by the PUT', async () => {
  const sandbox = await ready();
  const usages = `${sandbox.subscription}/providers/Microsoft.Compute/locations/uksouth/usages?api-version=2026-04-01`;
  await sandbox.control('POST', '/faults', { name: 'quota-exceeded', limit: 8 });
  expect((await sandbox.request('GET', usages)).text).toContain(
    '"limit":8,"unit":"Count","currentValue":0,"name":{"value":"standardDSv5Family"',
  );
  const refused = await sandbox.request('PUT', url(sandbox), { body: clusterBody() });
  expect(refused.body).toMatchObject({
    code: 'ErrCode_InsufficientVCPUQuota',
    message: 'Insufficient vcpu quota requested 16, remaining 8 for family standardDSv5Family for region uksouth.',
  });
  await sandbox.control('DELETE', '/faults');
  await sandbox.control('POST', '/faults', { name: 'sku-unavailable', vmSize: 'Standard_D4s_v5' });
  const skus = `${sandbox.subscription}/providers/Microsoft.Compute/skus?api-version=2021-07-01&$filter=location%20eq%20'uksouth'`;
  expect((await sandbox.request('GET', skus)).text).toContain('NotAvailableForSubscription');
  expect((await sandbox.request('PUT', url(sandbox), { body: clusterBody() })).text).toContain(
    "The VM size of Standard_D4s_v5 is not allowed in your subscription in location 'uksouth'",
  );
});

test('an operation may fail, its record may be lost, and a cluster may be Failed although the operation was not', async () => {
  const sandbox = await ready();
  await sandbox.control('POST', '/faults', { name: 'operation-failed', code: 'AddonFail', message: 'injected' });
  const failed = await sandbox.request('PUT', url(sandbox), { body: clusterBody() });
  const over = await sandbox.until(
    failed.headers['azure-asyncoperation'] ?? '',
    ({ body }) => body['status'] !== 'InProgress',
  );
  expect(over).toMatchObject({
    status: 200,
    body: { status: 'Failed', error: { code: 'AddonFail', message: 'injected' } },
  });
  expect(state(await sandbox.request('GET', url(sandbox)))).toBe('Failed');

  await sandbox.control('POST', '/faults', { name: 'operation-record-lost' });
  await sandbox.control('POST', '/faults', { name: 'operation-succeeded-resource-failed' });
  const again = await sandbox.request('PUT', url(sandbox), { body: clusterBody() });
  expect((await sandbox.request('GET', again.headers['azure-asyncoperation'] ?? '')).status).toBe(404);
  await sandbox.until(url(sandbox), (answer) => state(answer) === 'Failed');
});

test('an abort leaves a canceled cluster and ends with 204', async () => {
  const sandbox = await ready();
  const put = await sandbox.request('PUT', url(sandbox), { body: clusterBody() });
  const abort = await sandbox.request('POST', url(sandbox, '/abort'));
  expect(abort).toMatchObject({ status: 202, body: { properties: { provisioningState: 'Creating' } } });
  await sandbox.until(abort.headers['location'] ?? '', ({ status }) => status === 204);
  expect(state(await sandbox.request('GET', url(sandbox)))).toBe('Canceled');
  expect(await sandbox.request('GET', put.headers['azure-asyncoperation'] ?? '')).toMatchObject({
    body: { status: 'Canceled' },
  });
  expect(await sandbox.request('POST', url(sandbox, '/abort'))).toMatchObject({ status: 409 });
});

test('pools come and go, and the Kubernetes side hears of it', async () => {
  const sandbox = await created();
  const put = async (): Promise<Answer> => {
    for (;;) {
      const answer = await sandbox.request('PUT', url(sandbox, '/agentPools/extra', '2026-05-01'), {
        body: { properties: { mode: 'User', count: 3, vmSize: 'Standard_D2s_v5' } },
      });
      if (answer.status !== 409) return answer;
    }
  };
  expect(await put()).toMatchObject({
    status: 201,
    body: { name: 'extra', properties: { provisioningState: 'Creating' } },
  });
  await sandbox.until(url(sandbox), (answer) => state(answer) === 'Succeeded');
  expect(sandbox.told.at(-1)).toMatchObject({ pools: [{}, {}, { name: 'extra', count: 3 }] });
  const page = await sandbox.request('GET', url(sandbox, '/agentPools'));
  expect(page.body['value']).toHaveLength(3);
  expect(await sandbox.request('GET', String(page.body['nextLink']))).toMatchObject({ body: { value: [] } });
  const removal = await sandbox.request('DELETE', url(sandbox, '/agentPools/extra'));
  expect(removal.status).toBe(202);
  await sandbox.until(url(sandbox), (answer) => state(answer) === 'Succeeded');
  expect(await sandbox.request('GET', url(sandbox, '/agentPools/extra'))).toMatchObject({ status: 404 });
  expect(await sandbox.request('DELETE', url(sandbox, '/agentPools/system'))).toMatchObject({ status: 400 });
});

test('credentials are there once the control plane is, and not for disabled local accounts', async () => {
  const sandbox = await ready(400);
  await sandbox.request('PUT', url(sandbox), {
    body: clusterBody(undefined, { disableLocalAccounts: true, aadProfile: { managed: true } }),
  });
  expect((await sandbox.request('POST', url(sandbox, '/listClusterUserCredential'))).status).toBe(404);
  await sandbox.until(url(sandbox), (answer) => state(answer) === 'Succeeded');
  expect((await sandbox.request('POST', url(sandbox, '/listClusterAdminCredential'))).text).toContain(
    "Getting static credential isn't allowed because this cluster is set to disable local accounts.",
  );
  const user = await sandbox.request('POST', url(sandbox, '/listClusterUserCredential'));
  const [kubeconfig] = user.body['kubeconfigs'] as { value: string }[];
  expect(Buffer.from(kubeconfig?.value ?? '', 'base64').toString()).toContain('command: kubelogin');
});

test('AKS puts up with twenty PUTs, then asks for patience', async () => {
  const sandbox = await ready(20);
  const put = () => sandbox.request('PUT', url(sandbox), { body: clusterBody(undefined, { dnsPrefix: '_' }) });
  const statuses: number[] = [];
  while (statuses.at(-1) !== 429) statuses.push((await put()).status);
  expect(statuses.length).toBeGreaterThan(20);
  const throttled = await put();
  expect(throttled).toMatchObject({ status: 429, body: { code: 'Throttled' } });
  expect(Number(throttled.headers['retry-after'])).toBeGreaterThan(0);
});

test('a deletion is told in two headers and takes the node resource group with it', async () => {
  const sandbox = await created();
  const removal = await sandbox.request('DELETE', url(sandbox));
  expect(removal).toMatchObject({ status: 202, text: '' });
  expect(removal.headers['location']).toContain('/operationresults/');
  expect(state(await sandbox.request('GET', url(sandbox)))).toBe('Deleting');
  await sandbox.until(removal.headers['azure-asyncoperation'] ?? '', ({ body }) => body['status'] === 'Succeeded');
  expect((await sandbox.request('GET', url(sandbox))).status).toBe(404);
  expect((await sandbox.request('DELETE', url(sandbox))).status).toBe(204);
  const groups = await sandbox.request('GET', `${sandbox.subscription}/resourcegroups?api-version=2025-04-01`);
  expect(groups.text).not.toContain('MC_rg_lab_uksouth');
});

test('a cluster whose Kubernetes does not come up is Failed, not Creating for ever', async () => {
  const clusterHost: ClusterHost = {
    ensure: () => Promise.reject(new Error('no room')),
    kubeconfig: () => '',
    remove: () => Promise.resolve(),
    close: () => Promise.resolve(),
  };
  const sandbox = await ready(2000, { clusterHost });
  const put = await sandbox.request('PUT', url(sandbox), { body: clusterBody() });
  const over = await sandbox.until(
    put.headers['azure-asyncoperation'] ?? '',
    ({ body }) => body['status'] !== 'InProgress',
  );
  expect(over).toMatchObject({ body: { status: 'Failed', error: { code: 'InternalOperationError' } } });
  expect(state(await sandbox.request('GET', url(sandbox)))).toBe('Failed');
});

test('two creates at once end with one cluster', async () => {
  const sandbox = await ready();
  const put = () => sandbox.request('PUT', url(sandbox), { body: clusterBody(), headers: { 'if-none-match': '*' } });
  const statuses = (await Promise.all([put(), put(), put()])).map(({ status }) => status);
  expect(statuses.sort()).toEqual([201, 412, 412]);
});

test('an update by a stable version keeps kube-proxy as it was', async () => {
  const sandbox = await created();
  const before = await sandbox.request('GET', url(sandbox, '', '2026-05-01'));
  const wait = async (): Promise<Answer> => {
    for (;;) {
      const answer = await sandbox.request('PUT', url(sandbox, '', '2026-05-01'), {
        body: { ...before.body, tags: { a: 'b' } },
      });
      if (answer.status !== 409) return answer;
    }
  };
  expect(await wait()).toMatchObject({ status: 200, body: { tags: { a: 'b' } } });
  expect(network(await sandbox.request('GET', url(sandbox)))).toMatchObject({ kubeProxyConfig: { enabled: false } });
});
