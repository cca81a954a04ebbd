import { readFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Azure } from '../../src/azure/azure.ts';
import type { ClusterBody } from '../../src/azure/cluster-contract.ts';
import { createAzure } from '../../src/azure/create-azure.ts';
import { chooseCredential } from '../../src/azure/credential.ts';
import { parseCloudProfile } from '../../src/config/read-profile.ts';
import { systemClock } from '../../src/engine/clock.ts';
import { wallClock } from '../../src/sandbox/clock.ts';
import { serve } from '../../src/sandbox/serve.ts';
import { noteBodies } from '../support/arm-bodies.ts';

const signal = new AbortController().signal;

interface Sandbox extends AsyncDisposable {
  readonly azure: Azure;
  readonly warnings: readonly string[];
  control(path: string, body: unknown): Promise<void>;
}

/** The imitated Azure in this process, and the product's own way to it: its profile, ClientSecretCredential, HTTPS. */
async function sandbox(): Promise<Sandbox> {
  const dir = await mkdtemp(join(tmpdir(), 'azure-sandbox-'));
  const stop = new AbortController();
  const served = await serve({ dir, clock: wallClock(3000), signal: stop.signal, idleMs: 0 });
  const file = join(dir, 'profile.json');
  const profile = { ...parseCloudProfile(await readFile(file, 'utf8'), file), pollIntervalMs: 50 };
  const warnings: string[] = [];
  const credential = await chooseCredential({
    profile,
    auth: undefined,
    env: {},
    tenant: undefined,
    interactive: false,
    now: () => Date.now(),
  });
  const azure = createAzure({
    profile,
    credential,
    subscriptionId: profile.subscriptionId ?? '',
    tenantId: profile.tenantId ?? '',
    clock: systemClock,
    retry: { delayMs: 20 },
    warn: (code, message) => warnings.push(`${code}: ${message}`),
  });
  const { control, controlToken, caFile } = served.published;
  return {
    azure,
    warnings,
    async control(path, body) {
      const { request } = await import('node:https');
      const ca = await readFile(caFile);
      await new Promise<void>((resolve, reject) => {
        const headers = { authorization: `Bearer ${controlToken}`, 'content-type': 'application/json' };
        const sent = request(`${control}${path}`, { method: 'POST', ca, headers }, (response) => {
          response.resume();
          response.on('end', () =>
            (response.statusCode ?? 500) < 300
              ? resolve()
              : reject(new Error(`control answered ${response.statusCode}`)),
          );
        });
        sent.on('error', reject);
        sent.end(JSON.stringify(body));
      });
    },
    async [Symbol.asyncDispose]() {
      stop.abort();
      await served.closed;
      noteBodies(dir);
      await rm(dir, { recursive: true, force: true });
    },
  };
}

/** Asks until it is so; the sandbox is as late and as inconsistent as Azure. */
async function until<T>(look: () => Promise<T>, good: (seen: T) => boolean): Promise<T> {
  for (;;) {
    const seen = await look();
    if (good(seen)) return seen;
    await systemClock.sleep(20, AbortSignal.timeout(20_000));
  }
}

const PROVIDERS = [
  'Microsoft.ContainerService',
  'Microsoft.OperationalInsights',
  'Microsoft.SecurityInsights',
  'Microsoft.Insights',
];

const logs = { location: 'uksouth', tags: {}, retentionDays: 30 };
async function ready({ azure }: Sandbox): Promise<string> {
  await Promise.all(
    PROVIDERS.map(async (namespace) => {
      await azure.providers.register(namespace, signal);
      await until(
        () => azure.providers.state(namespace, signal),
        (state) => state === 'Registered',
      );
    }),
  );
  await azure.groups.put('lab', { location: 'uksouth', tags: { owner: 'me' } }, signal);
  await azure.workspaces.put('lab', 'lab-logs', logs, undefined, signal);
  const workspace = await until(
    () => azure.workspaces.find('lab', 'lab-logs', signal),
    (seen) => seen?.provisioningState === 'Succeeded',
  );
  return workspace?.id ?? '';
}

const clusterBody = (workspaceId: string): ClusterBody => ({
  location: 'uksouth',
  tags: { owner: 'me' },
  sku: { name: 'Base', tier: 'Free' },
  identity: { type: 'SystemAssigned' },
  properties: {
    dnsPrefix: 'lab',
    agentPoolProfiles: [
      {
        name: 'system',
        mode: 'System',
        type: 'VirtualMachineScaleSets',
        osType: 'Linux',
        vmSize: 'Standard_D4s_v5',
        count: 2,
      },
    ],
    networkProfile: {
      networkPlugin: 'none',
      podCidr: '10.100.0.0/18',
      serviceCidr: '10.101.0.0/20',
      dnsServiceIP: '10.101.0.10',
      loadBalancerSku: 'standard',
      outboundType: 'loadBalancer',
      kubeProxyConfig: { enabled: false },
    },
    addonProfiles: {
      omsagent: { enabled: true, config: { logAnalyticsWorkspaceResourceID: workspaceId, useAADAuth: 'true' } },
    },
  },
});

test('signs in, registers, and makes everything of a workspace', async () => {
  await using cloud = await sandbox();
  const { azure } = cloud;
  await expect(azure.signIn(signal)).resolves.toMatchObject({ tenantId: azure.tenantId });
  const workspaceId = await ready(cloud);
  expect(await azure.workspaces.findById(workspaceId, signal)).toMatchObject({ retentionDays: 30 });

  await azure.tables.put(workspaceId, 'ContainerLogV2', { plan: 'Analytics' }, signal);
  await until(
    () => azure.tables.find(workspaceId, 'ContainerLogV2', signal),
    (table) => table?.plan === 'Analytics' && table.provisioningState === 'Succeeded',
  );

  expect(await azure.sentinel.onboarded(workspaceId, signal)).toBe(false);
  await azure.sentinel.onboard(workspaceId, signal);
  await until(
    () => azure.sentinel.onboarded(workspaceId, signal),
    (onboarded) => onboarded,
  );

  const properties = {
    displayName: 'Shadow file read',
    enabled: true,
    severity: 'High',
    query: 'ContainerLogV2 | where PodName startswith "tetragon"',
    queryFrequency: 'PT5M',
    queryPeriod: 'PT5M',
    triggerOperator: 'GreaterThan',
    triggerThreshold: 0,
    suppressionEnabled: false,
    suppressionDuration: 'PT1H',
    tactics: ['CredentialAccess'],
    techniques: ['T1003'],
  };
  const ruleId = '0f5d1a4e-5a66-5a0b-9c0c-2f0a4b1c2d3e';
  await azure.sentinel.putRule(workspaceId, ruleId, { kind: 'Scheduled', properties }, undefined, signal);
  const rule = await azure.sentinel.findRule(workspaceId, ruleId, signal);
  expect(rule?.properties).toMatchObject(properties);
  await azure.sentinel.putRule(workspaceId, ruleId, { kind: 'Scheduled', properties }, rule?.etag, signal);
  expect(await azure.sentinel.listRules(workspaceId, signal)).toHaveLength(1);
  const now = await azure.sentinel.findRule(workspaceId, ruleId, signal);
  const wrong = { ...properties, techniques: ['T1003.008'] };
  await expect(
    azure.sentinel.putRule(workspaceId, ruleId, { kind: 'Scheduled', properties: wrong }, now?.etag, signal),
  ).rejects.toThrow('T1003.008');
  await azure.sentinel.deleteRule(workspaceId, ruleId, signal);
  expect(await azure.sentinel.findRule(workspaceId, ruleId, signal)).toBeUndefined();

  const search = { category: 'Functions', displayName: 'f', query: 'ContainerLogV2 | take 1', functionAlias: 'f' };
  await azure.savedSearches.put(workspaceId, 'f', search, undefined, signal);
  const seen = await azure.savedSearches.find(workspaceId, 'f', signal);
  expect(seen).toMatchObject(search);
  await expect(azure.savedSearches.put(workspaceId, 'f', search, undefined, signal)).rejects.toMatchObject({
    kind: 'conflict',
  });
  await azure.savedSearches.put(workspaceId, 'f', search, seen?.etag, signal);
  await azure.savedSearches.delete(workspaceId, 'f', signal);
  expect(await azure.savedSearches.find(workspaceId, 'f', signal)).toBeUndefined();
});

test('makes a cluster without kube-proxy in one PUT, and a second one is told that it exists', async () => {
  await using cloud = await sandbox();
  const { azure } = cloud;
  const workspaceId = await ready(cloud);
  const body = clusterBody(workspaceId);
  const submitted = await azure.clusters.create('lab', 'aks', body, signal);
  expect(submitted).toMatchObject({ kind: 'accepted', token: expect.stringContaining('https://') as string });
  expect(await azure.clusters.create('lab', 'aks', body, signal)).toEqual({ kind: 'exists' });
  if (submitted.kind !== 'accepted') return;
  await azure.clusters.watch(submitted.token ?? '', () => {}, signal);
  const cluster = await azure.clusters.find('LAB', 'aks', signal);
  expect(cluster).toMatchObject({
    provisioningState: 'Succeeded',
    kubeProxy: 'off',
    networkPlugin: 'none',
    podCidr: '10.100.0.0/18',
  });
  expect(cluster?.monitoringWorkspaceId?.toLowerCase()).toBe(workspaceId.toLowerCase());
  expect(cluster?.fqdn).toMatch(/^[\w.-]+$/);
  expect(await azure.clusters.kubeconfig('lab', 'aks', signal)).toContain('kind: Config');
  await azure.clusters.tag('lab', 'aks', { owner: 'me', extra: 'yes' }, cluster?.etag, signal);
  expect(cloud.warnings).toEqual([]);

  const rule = { location: 'uksouth', kind: 'Linux' as const, tags: {}, properties: dataCollection(workspaceId) };
  await azure.dataCollectionRules.put('lab', 'MSCI-uksouth-aks', rule, undefined, signal);
  const id = (await azure.dataCollectionRules.find('lab', 'MSCI-uksouth-aks', signal))?.id ?? '';
  const name = 'ContainerInsightsExtension';
  const tie = { dataCollectionRuleId: id, description: 'd' };
  await azure.associations.put(cluster?.id ?? '', name, tie, undefined, signal);
  const association = await azure.associations.find(cluster?.id ?? '', name, signal);
  expect(association?.dataCollectionRuleId.toLowerCase()).toBe(id.toLowerCase());
  expect((await azure.groups.resources('lab', signal)).length).toBeGreaterThanOrEqual(3);
  await azure.associations.delete(cluster?.id ?? '', name, signal);
  await azure.dataCollectionRules.delete('lab', 'MSCI-uksouth-aks', signal);
  const deleted = await until(
    () => azure.clusters.delete('lab', 'aks', signal).catch(() => undefined),
    (answer) => answer !== undefined,
  );
  if (deleted?.kind === 'accepted' && deleted.token !== undefined)
    await azure.clusters.watch(deleted.token, () => {}, signal);
  await until(
    () => azure.clusters.find('lab', 'aks', signal),
    (seen) => seen === undefined,
  );
});

test('turns kube-proxy off on a cluster that has it', async () => {
  await using cloud = await sandbox();
  const { azure } = cloud;
  const body = clusterBody(await ready(cloud));
  const { kubeProxyConfig: _, ...networkProfile } = body.properties['networkProfile'] as Record<string, unknown>;
  const created = await azure.clusters.create(
    'lab',
    'aks',
    { ...body, properties: { ...body.properties, networkProfile } },
    signal,
  );
  if (created.kind === 'accepted') await azure.clusters.watch(created.token ?? '', () => {}, signal);
  expect(await azure.clusters.find('lab', 'aks', signal)).toMatchObject({ kubeProxy: 'on' });
  await cloud.control('/faults', { name: 'conflict-in-progress', count: 1 });
  await expect(azure.clusters.disableKubeProxy('lab', 'aks', signal)).rejects.toMatchObject({ kind: 'conflict' });
  const changed = await until(
    () => azure.clusters.disableKubeProxy('lab', 'aks', signal).catch((error: unknown) => conflictOnly(error)),
    (answer) => answer !== undefined,
  );
  if (changed?.kind === 'accepted') await azure.clusters.watch(changed.token ?? '', () => {}, signal);
  expect(await azure.clusters.find('lab', 'aks', signal)).toMatchObject({
    kubeProxy: 'off',
    provisioningState: 'Succeeded',
  });
});

test('a deleted workspace is found again, and a purged one is not', async () => {
  await using cloud = await sandbox();
  const { azure } = cloud;
  await ready(cloud);
  await azure.workspaces.delete('lab', 'lab-logs', { purge: false }, signal);
  await until(
    () => azure.workspaces.findDeleted('lab', 'LAB-LOGS', signal),
    (found) => found !== undefined,
  );
  await azure.workspaces.put('lab', 'lab-logs', logs, undefined, signal);
  await until(
    () => azure.workspaces.find('lab', 'lab-logs', signal),
    (seen) => seen?.provisioningState === 'Succeeded',
  );
  await azure.workspaces.delete('lab', 'lab-logs', { purge: true }, signal);
  expect(await azure.workspaces.findDeleted('lab', 'lab-logs', signal)).toBeUndefined();
  await azure.groups.delete('lab', signal);
  await until(
    () => azure.groups.find('lab', signal),
    (seen) => seen === undefined,
  );
});

test('sizes, quota and api-versions of a region can be asked', async () => {
  await using cloud = await sandbox();
  const { azure } = cloud;
  const size = await azure.compute.size('uksouth', 'Standard_D4s_v5', signal);
  expect(size).toMatchObject({ vCpus: 4, restriction: undefined });
  expect((await azure.compute.quota('uksouth', size?.family ?? '', signal))?.limit).toBeGreaterThan(0);
  expect(await azure.compute.size('uksouth', 'Standard_Nothing', signal)).toBeUndefined();
  const versions = await azure.providers.apiVersions('Microsoft.ContainerService', 'managedClusters', signal);
  expect(versions).toContain('2026-03-02-preview');
});

test.each([
  [
    'authorization-failed',
    { actions: ['Microsoft.Resources/subscriptions/resourceGroups/write'] },
    { kind: 'permission' },
  ],
  ['invalid-client', {}, { kind: 'sign-in' }],
])('what the sandbox breaks as %s is told in plain words', async (name, rest, expected) => {
  await using cloud = await sandbox();
  await cloud.control('/faults', { name, ...rest });
  await expect(cloud.azure.groups.put('lab', { location: 'uksouth', tags: {} }, signal)).rejects.toMatchObject(
    expected,
  );
});

test.each([
  ['quota-exceeded', { limit: 4 }, { kind: 'failed', code: 'QuotaExceeded' }],
  ['sku-unavailable', {}, { kind: 'failed' }],
  ['feature-required', {}, { kind: 'conflict', code: 'KubeProxyConfigFeatureNotRegistered' }],
])('a create that meets %s says so', async (name, parameters, expected) => {
  await using cloud = await sandbox();
  const body = clusterBody(await ready(cloud));
  await cloud.control('/faults', { name, ...parameters });
  const failed: unknown = await cloud.azure.clusters
    .create('lab', 'aks', body, signal)
    .catch((error: unknown) => error);
  expect(failed).toMatchObject(expected);
  expect(String(failed)).not.toContain('undefined');
});

test('an operation that fails says why, and one whose record is lost leaves the word to the probe', async () => {
  await using cloud = await sandbox();
  const { azure } = cloud;
  const body = clusterBody(await ready(cloud));
  await cloud.control('/faults', {
    name: 'operation-failed',
    code: 'ErrCode_Odd',
    message: 'It broke.',
    count: 1,
  });
  const first = await azure.clusters.create('lab', 'aks', body, signal);
  const token = first.kind === 'accepted' ? (first.token ?? '') : '';
  await expect(azure.clusters.watch(token, () => {}, signal)).rejects.toMatchObject({
    code: 'ErrCode_Odd',
    message: expect.stringContaining('It broke.') as string,
  });
  const broken = await azure.clusters.find('lab', 'aks', signal);
  expect(broken?.provisioningState).toBe('Failed');
  await cloud.control('/faults', { name: 'operation-record-lost', count: 1 });
  const second = await azure.clusters.update('lab', 'aks', body, broken?.etag, signal);
  await azure.clusters.watch(second.kind === 'accepted' ? (second.token ?? '') : '', () => {}, signal);
  await until(
    () => azure.clusters.find('lab', 'aks', signal),
    (seen) => seen?.provisioningState === 'Succeeded',
  );
});

test('goes on after throttling, a lost answer and a token that was taken away', async () => {
  await using cloud = await sandbox();
  await cloud.azure.signIn(signal);
  await cloud.control('/faults', { name: 'token-expired' });
  await cloud.control('/faults', { name: 'reset-after', count: 1, method: 'PUT' });
  await cloud.control('/faults', { name: 'throttled-without-header', count: 1, method: 'PUT' });
  await cloud.azure.groups.put('lab', { location: 'uksouth', tags: {} }, signal);
  expect(await cloud.azure.groups.find('lab', signal)).toMatchObject({ name: 'lab' });
});

const conflictOnly = (error: unknown): undefined => {
  if (typeof error === 'object' && error !== null && 'kind' in error && error.kind === 'conflict') return undefined;
  throw error;
};

const dataCollection = (workspaceResourceId: string) => {
  const streams = ['Microsoft-ContainerLogV2'];
  return {
    dataSources: {
      extensions: [
        {
          name: 'ContainerInsightsExtension',
          extensionName: 'ContainerInsights',
          streams,
          extensionSettings: { dataCollectionSettings: { enableContainerLogV2: true } },
        },
      ],
    },
    dataFlows: [{ streams, destinations: ['la-workspace'] }],
    destinations: { logAnalytics: [{ workspaceResourceId, name: 'la-workspace' }] },
  };
};
