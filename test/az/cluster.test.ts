import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Cloud, type Request, startCloud } from '../e2e/cloud.ts';
import { tools } from '../support/tools.ts';
import { type Az, azureCli, oddAnswers, registered, runProgram, signedInAz } from './azure-cli.ts';

// az waits 30 s between two looks at an operation of AKS, as it does on Azure.

let cloud: Cloud;
let az: Az;
const [group, cluster, workspace] = ['rg-az', 'aks-az', 'log-az'];
const inGroup = ['--resource-group', group] as const;
const ofCluster = [...inGroup, '--name', cluster] as const;

const scope = (): string => `/subscriptions/${cloud.published['subscriptionId'] ?? ''}/resourceGroups/${group}`;
const clusterId = (): string => `${scope()}/providers/Microsoft.ContainerService/managedClusters/${cluster}`;
const workspaceId = (): string => `${scope()}/providers/Microsoft.OperationalInsights/workspaces/${workspace}`;
const rest = <T>(method: string, path: string, body?: unknown): Promise<T> =>
  az<T>('rest', '--method', method, '--url', path, ...(body === undefined ? [] : ['--body', JSON.stringify(body)]));

const asked = async (method: string, path: RegExp): Promise<readonly Request[]> =>
  (await cloud.requests()).filter((each) => each.method === method && path.test(each.path));

describe.skipIf(azureCli === undefined)('az and a cluster', () => {
  beforeAll(async () => {
    cloud = await startCloud();
    az = await signedInAz(cloud);
    await registered(az, 'ContainerService', 'OperationalInsights', 'Insights');
    await az('group', 'create', '--name', group, '--location', 'uksouth');
    await rest('put', `${workspaceId()}?api-version=2025-07-01`, { location: 'uksouth' });
  });
  afterAll(() => cloud?.close());

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

  test('deletes the group and everything in it', async () => {
    await az('group', 'delete', '--name', group, '--yes');
    expect(await az('group', 'exists', '--name', group)).toBe(false);
    expect(await cloud.resources()).toEqual([]);
  });

  test('has asked nothing that the sandbox did not know, and was never met by a crash', async () => {
    expect(await oddAnswers(cloud)).toEqual([]);
  });
});
