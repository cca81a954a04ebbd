import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Cloud, type Request, startCloud } from '../e2e/cloud.ts';
import { tools } from '../support/tools.ts';
import { type Az, azureCli, runProgram, signedInAz } from './azure-cli.ts';

// The real az, which nobody here wrote, takes a subscription from nothing to a cluster and back. It waits 30 s between two looks at an
// AKS operation, as it does on Azure: what can go on meanwhile, does.

let cloud: Cloud;
let az: Az;
const [group, cluster, workspace] = ['rg-az', 'aks-az', 'log-az'];
const inGroup = ['--resource-group', group] as const;
const ofCluster = [...inGroup, '--name', cluster] as const;
const ofNamedWorkspace = [...inGroup, '--workspace-name', workspace] as const;
const logAnalytics = ['monitor', 'log-analytics', 'workspace'] as const;

const scope = (): string => `/subscriptions/${cloud.published['subscriptionId'] ?? ''}/resourceGroups/${group}`;
const clusterId = (): string => `${scope()}/providers/Microsoft.ContainerService/managedClusters/${cluster}`;
const workspaceId = (): string => `${scope()}/providers/Microsoft.OperationalInsights/workspaces/${workspace}`;
const rest = <T>(method: string, path: string, body?: unknown): Promise<T> =>
  az<T>('rest', '--method', method, '--url', path, ...(body === undefined ? [] : ['--body', JSON.stringify(body)]));

const asked = async (method: string, path: RegExp): Promise<readonly Request[]> =>
  (await cloud.requests()).filter((each) => each.method === method && path.test(each.path));

const until = async <T>(look: () => Promise<T>, fits: (seen: T) => boolean): Promise<T> => {
  for (;;) {
    const seen = await look();
    if (fits(seen)) return seen;
  }
};

describe.skipIf(azureCli === undefined)('az', () => {
  beforeAll(async () => {
    cloud = await startCloud();
    az = await signedInAz(cloud);
  });
  afterAll(() => cloud?.close());

  test('learns the cloud from its metadata and signs in', async () => {
    const known = await az<{ endpoints: Record<string, string> }>('cloud', 'show');
    expect(known.endpoints).toMatchObject({
      resourceManager: cloud.published['arm'],
      activeDirectory: cloud.published['authority'],
      logAnalyticsResourceId: cloud.published['logs'],
    });
    expect(await asked('GET', /\/metadata\/endpoints$/)).not.toEqual([]);
    expect(await az('account', 'show')).toMatchObject({
      id: cloud.published['subscriptionId'],
      tenantId: cloud.published['tenantId'],
      state: 'Enabled',
      user: { name: cloud.published['clientId'], type: 'servicePrincipal' },
    });
    await expect(signedInAz(cloud, { home: 'az-wrong', secret: 'wrong' })).rejects.toThrow('AADSTS7000215');
  });

  test('makes, finds and tags a group', async () => {
    expect(await az('group', 'create', '--name', group, '--location', 'uksouth', '--tags', 'team=blue')).toMatchObject({
      name: group,
      location: 'uksouth',
      properties: { provisioningState: 'Succeeded' },
    });
    expect(await az('group', 'exists', '--name', group)).toBe(true);
    expect(await az('group', 'exists', '--name', 'rg-none')).toBe(false);
    const missing = await az.run('group', 'show', '--name', 'rg-none');
    expect(missing.code).toBe(3);
    expect(missing.stderr).toContain('(ResourceGroupNotFound)');
    await az('tag', 'update', '--resource-id', scope(), '--operation', 'Merge', '--tags', 'cost=low');
    expect(await az('group', 'list', '--tag', 'cost=low')).toMatchObject([{ tags: { team: 'blue', cost: 'low' } }]);
    await az('tag', 'update', '--resource-id', scope(), '--operation', 'Delete', '--tags', 'cost=low');
    expect(await az('tag', 'list', '--resource-id', scope())).toMatchObject({ properties: { tags: { team: 'blue' } } });
    expect(await az<readonly { tagName: string }[]>('tag', 'list')).toMatchObject([{ tagName: 'team' }]);
  });

  test('registers providers and features, and sees them go from Registering to Registered', async () => {
    const namespace = ['--namespace', 'Microsoft.ContainerService'] as const;
    expect(await az('provider', 'show', ...namespace)).toMatchObject({ registrationState: 'NotRegistered' });
    const names = ['ContainerService', 'OperationalInsights', 'OperationsManagement', 'Insights', 'SecurityInsights'];
    await Promise.all(names.map((name) => az('provider', 'register', '--wait', '--namespace', `Microsoft.${name}`)));
    expect(await az('provider', 'show', ...namespace)).toMatchObject({ registrationState: 'Registered' });
    const feature = [...namespace, '--name', 'KubeProxyConfigurationPreview'] as const;
    expect(await az('feature', 'register', ...feature)).toMatchObject({ properties: { state: 'Registering' } });
    const seen = await until(
      () => az<{ properties: { state: string } }>('feature', 'show', ...feature),
      ({ properties }) => properties.state !== 'Registering',
    );
    expect(seen.properties.state).toBe('Registered');
  });

  test('makes a workspace with a table and a saved search', async () => {
    const made = await az<{ customerId: string }>(...logAnalytics, 'create', ...inGroup, '--name', workspace);
    expect(made).toMatchObject({ provisioningState: 'Succeeded', retentionInDays: 30, sku: { name: 'pergb2018' } });
    const table = ['--name', 'Mine_CL'] as const;
    const columns = ['--columns', 'TimeGenerated=datetime', 'Text=string'] as const;
    expect(
      await az(...logAnalytics, 'table', 'create', ...ofNamedWorkspace, ...table, ...columns, '--retention-time', '40'),
    ).toMatchObject({ plan: 'Analytics', retentionInDays: 40, schema: { tableType: 'CustomLog' } });
    const longer = ['--total-retention-time', '70'] as const;
    expect(await az(...logAnalytics, 'table', 'update', ...ofNamedWorkspace, ...table, ...longer)).toMatchObject({
      retentionInDays: 40,
      totalRetentionInDays: 70,
      archiveRetentionInDays: 30,
    });
    const none = await az.run(...logAnalytics, 'table', 'show', ...ofNamedWorkspace, '--name', 'None_CL');
    expect(none.stderr).toContain("The specified table: 'None_CL' was not found.");
    const search = [...ofNamedWorkspace, '--name', 'shells'] as const;
    const saved = await az(
      ...logAnalytics,
      'saved-search',
      'create',
      ...search,
      '--category',
      'hunting',
      '--display-name',
      'Shells',
      '--saved-query',
      'Usage | take 1',
    );
    expect(saved).toMatchObject({ name: 'shells', query: 'Usage | take 1', etag: expect.stringContaining('datetime') });
    await az(...logAnalytics, 'saved-search', 'update', ...search, '--display-name', 'More shells');
    expect(await az(...logAnalytics, 'saved-search', 'show', ...search)).toMatchObject({ displayName: 'More shells' });
  });

  test('switches Sentinel on and deploys a rule by its own hand', async () => {
    const sentinel = (path: string): string =>
      `${workspaceId()}/providers/Microsoft.SecurityInsights/${path}?api-version=2025-09-01`;
    const early = await az.run('rest', '--method', 'put', '--url', sentinel('alertRules/early'), '--body', '{}');
    expect(early.stderr).toMatch(/Bad Request|Not Found|Conflict/);
    await rest('put', sentinel('onboardingStates/default'), { properties: { customerManagedKey: false } });
    const rule = {
      kind: 'Scheduled',
      properties: {
        displayName: 'Anything at all',
        enabled: true,
        severity: 'Low',
        query: 'Usage | take 1',
        queryFrequency: 'PT1H',
        queryPeriod: 'PT1H',
        triggerOperator: 'GreaterThan',
        triggerThreshold: 0,
        suppressionDuration: 'PT1H',
        suppressionEnabled: false,
        tactics: ['Execution'],
        techniques: ['T1059'],
      },
    };
    await until(
      () => rest<{ value: readonly unknown[] }>('get', sentinel('onboardingStates')),
      ({ value }) => value.length === 1,
    );
    expect(await rest('put', sentinel('alertRules/any'), rule)).toMatchObject({ name: 'any', kind: 'Scheduled' });
    const missing = { ...rule, properties: { ...rule.properties, displayName: 'None', query: 'NoSuchTable | take 1' } };
    const refused = await az.run(
      'rest',
      '--method',
      'put',
      '--url',
      sentinel('alertRules/none'),
      '--body',
      JSON.stringify(missing),
    );
    expect(refused.code).not.toBe(0);
    expect(refused.stderr).toContain('One of the tables does not exist');
    expect(await rest('get', sentinel('alertRules'))).toMatchObject({ value: [{ name: 'any' }] });
    await rest('delete', sentinel('alertRules/any'));
    expect(await rest('get', sentinel('alertRules'))).toMatchObject({ value: [] });
  });

  test('deletes a workspace softly and recovers it as it was', async () => {
    const named = [...inGroup, '--name', workspace] as const;
    const before = await az<{ customerId: string }>(...logAnalytics, 'show', ...named);
    await az(...logAnalytics, 'delete', ...named, '--yes');
    expect((await az.run(...logAnalytics, 'show', ...named)).code).toBe(3);
    expect(await az(...logAnalytics, 'list-deleted-workspaces', ...inGroup)).toMatchObject([{ name: workspace }]);
    await az(...logAnalytics, 'recover', ...inGroup, '-n', workspace);
    expect(await az(...logAnalytics, 'show', ...named)).toMatchObject({ customerId: before.customerId });
    const search = [...ofNamedWorkspace, '--name', 'shells'] as const;
    expect(await az(...logAnalytics, 'saved-search', 'show', ...search)).toMatchObject({ displayName: 'More shells' });
  });

  test('makes a cluster without a CNI and reaches it with the kubeconfig it gets', async () => {
    const made = await az(
      'aks',
      'create',
      ...ofCluster,
      '--location',
      'uksouth',
      '--node-count',
      '1',
      '--no-ssh-key',
      '--network-plugin',
      'none',
      '--pod-cidr',
      '10.244.0.0/16',
    );
    expect(made).toMatchObject({
      provisioningState: 'Succeeded',
      networkProfile: { networkPlugin: 'none', podCidr: '10.244.0.0/16' },
      agentPoolProfiles: [{ name: 'nodepool1', count: 1, mode: 'System' }],
    });
    expect(await asked('PUT', /managedClusters\/aks-az$/i)).toHaveLength(1);
    const table = await az.run('aks', 'show', ...ofCluster, '--output', 'table');
    expect(table.stdout).toMatch(/aks-az\s+uksouth\s+rg-az\s+1\./);
    const file = join(cloud.folder, 'kubeconfig-az');
    await az('aks', 'get-credentials', ...ofCluster, '--file', file);
    const { kubectl = 'kubectl' } = await tools();
    const nodes = await runProgram(kubectl, ['--kubeconfig', file, 'get', 'nodes'], az.env, cloud.folder);
    // Without a CNI there are nodes, and none of them is Ready.
    expect(nodes.stdout).toMatch(/aks-nodepool1-\S+\s+NotReady/);
  });

  test('adds, lists and deletes a node pool', async () => {
    const pool = [...inGroup, '--cluster-name', cluster] as const;
    const extra = [...pool, '--name', 'extra'] as const;
    const listed = async (): Promise<readonly string[]> =>
      (await az<readonly { name: string }[]>('aks', 'nodepool', 'list', ...pool)).map(({ name }) => name).sort();
    await az('aks', 'nodepool', 'add', ...extra, '--node-count', '1', '--no-wait');
    await az('aks', 'nodepool', 'wait', ...pool, '--nodepool-name', 'extra', '--created', '--interval', '1');
    expect(await az('aks', 'nodepool', 'show', ...extra)).toMatchObject({ mode: 'User', count: 1 });
    expect(await listed()).toEqual(['extra', 'nodepool1']);
    await az('aks', 'nodepool', 'delete', ...extra, '--no-wait');
    await az('aks', 'nodepool', 'wait', ...pool, '--nodepool-name', 'extra', '--deleted', '--interval', '1');
    expect(await listed()).toEqual(['nodepool1']);
  });

  test('collects, associates and diagnoses', async () => {
    const insights = (path: string, version: string): string =>
      `${path}?api-version=${version}`.replace('{insights}', 'providers/Microsoft.Insights');
    const ruleId = `${scope()}/providers/Microsoft.Insights/dataCollectionRules/dcr-az`;
    const streams = ['Microsoft-ContainerLogV2'];
    const extension = { name: 'ci', extensionName: 'ContainerInsights', streams };
    const rule = {
      location: 'uksouth',
      properties: {
        dataSources: { extensions: [extension] },
        destinations: { logAnalytics: [{ name: 'ws', workspaceResourceId: workspaceId() }] },
        dataFlows: [{ streams, destinations: ['ws'] }],
      },
    };
    expect(await rest('put', insights(ruleId, '2023-03-11'), rule)).toMatchObject({
      properties: { immutableId: expect.stringMatching(/^dcr-[0-9a-f]{32}$/), provisioningState: 'Succeeded' },
    });
    const association = insights(`${clusterId()}/{insights}/dataCollectionRuleAssociations/ci`, '2023-03-11');
    await rest('put', association, { properties: { dataCollectionRuleId: ruleId } });
    expect(await rest('get', association)).toMatchObject({ properties: { dataCollectionRuleId: ruleId } });
    const setting = ['monitor', 'diagnostic-settings'] as const;
    await az(
      ...setting,
      'create',
      '--resource',
      clusterId(),
      '--name',
      'audit',
      '--workspace',
      workspaceId(),
      '--logs',
      JSON.stringify([{ category: 'kube-audit-admin', enabled: true }]),
    );
    expect(await az(...setting, 'list', '--resource', clusterId())).toMatchObject([{ name: 'audit' }]);
  });

  test('shows who may do what', async () => {
    expect(await az('role', 'assignment', 'list')).toMatchObject([
      { roleDefinitionName: 'Owner', principalType: 'ServicePrincipal' },
    ]);
    // A principal that may not ask Graph is told no names, and az takes that as it comes.
    expect(await asked('POST', /directoryObjects\/getByIds$/)).toMatchObject([{ service: 'graph', status: 403 }]);
  });

  test('deletes the group and everything in it', async () => {
    await az('group', 'delete', '--name', group, '--yes');
    expect(await az('group', 'exists', '--name', group)).toBe(false);
    expect(await cloud.resources()).toEqual([]);
  });

  test('has asked nothing that the sandbox did not know, and was never met by a crash', async () => {
    const unknown = ['InvalidResourceType', 'InvalidResourceNamespace', 'NoRegisteredProviderFound'];
    const odd = (await cloud.requests()).filter(
      ({ service, path, status, code = '' }) =>
        service === 'arm' &&
        (unknown.includes(code) || Number(status) >= 500 || (code === 'NotFound' && !/\/providers\//i.test(path))),
    );
    expect(odd.map(({ method, path, code }) => `${method} ${path} ${code ?? ''}`)).toEqual([]);
  });
});

describe.skipIf(azureCli === undefined)('az and an operation that takes its time', () => {
  beforeAll(async () => {
    cloud = await startCloud({ speed: 20 });
    az = await signedInAz(cloud);
    await az('provider', 'register', '--wait', '--namespace', 'Microsoft.ContainerService');
    await az('group', 'create', '--name', group, '--location', 'uksouth');
  });
  afterAll(() => cloud?.close());

  test('aborts the creation of a cluster and deletes what is left of it', async () => {
    const small = ['--location', 'uksouth', '--node-count', '1', '--no-ssh-key'] as const;
    await az('aks', 'create', ...ofCluster, ...small, '--network-plugin', 'none', '--no-wait');
    const look = (): Promise<{ provisioningState: string }> => az('aks', 'show', ...ofCluster);
    expect(await look()).toMatchObject({ provisioningState: 'Creating' });
    const early = await az.run('aks', 'nodepool', 'add', ...inGroup, '--cluster-name', cluster, '--name', 'extra');
    expect(early.code).not.toBe(0);
    expect(early.stderr).toContain('OperationNotAllowed');
    await az('aks', 'operation-abort', ...ofCluster);
    expect(await look()).toMatchObject({
      provisioningState: 'Canceled',
      agentPoolProfiles: [{ provisioningState: 'Canceled' }],
    });
    await az('aks', 'delete', ...ofCluster, '--yes', '--no-wait');
    await az('aks', 'wait', ...ofCluster, '--deleted', '--interval', '1');
    expect(await cloud.resources()).toEqual([]);
  });
});
