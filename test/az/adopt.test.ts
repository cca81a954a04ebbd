import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Cloud, type Ended, eventsOf, startCloud, writes } from '../e2e/cloud.ts';
import { type Az, azureCli, registered, signedInAz } from './azure-cli.ts';

// What az made, init takes over by what it says itself has to be done; what init made, az shows.

let cloud: Cloud;
let az: Az;

const start = async (): Promise<void> => {
  cloud = await startCloud();
  az = await signedInAz(cloud);
};
const wide = (ended: Ended): string => `${ended.stdout}${ended.stderr}`.replaceAll(/\s+/g, ' ');

describe.skipIf(azureCli === undefined)('what az made', () => {
  const names = ['--resource-group', 'rg-az', '--cluster-name', 'aks-az', '--workspace-name', 'log-az'] as const;

  beforeAll(async () => {
    await start();
    const inGroup = ['--resource-group', 'rg-az'] as const;
    await registered(az, 'ContainerService', 'OperationalInsights', 'OperationsManagement', 'Insights');
    await az('group', 'create', '--name', 'rg-az', '--location', 'uksouth', '--tags', 'team=blue');
    await az('monitor', 'log-analytics', 'workspace', 'create', ...inGroup, '--name', 'log-az');
    const plain = ['--location', 'uksouth', '--node-count', '1', '--no-ssh-key', '--network-plugin', 'none'] as const;
    const pods = ['--pod-cidr', '10.244.0.0/16'] as const;
    await az('aks', 'create', ...inGroup, '--name', 'aks-az', ...plain, ...pods, '--no-wait');
    await az('aks', 'wait', ...inGroup, '--name', 'aks-az', '--created', '--interval', '1');
  });
  afterAll(() => cloud?.close());

  test('is not touched without --adopt', async () => {
    const before = (await cloud.requests()).length;
    const refused = await cloud.run(['init', '--yes', ...names]);
    expect(refused.code).toBe(4);
    expect(wide(refused)).toContain('was not made by this deployment');
    expect(writes((await cloud.requests()).slice(before)).filter(({ method }) => method === 'PUT')).toEqual([]);
  });

  test('is taken over once az has done what init asks for', async () => {
    const first = await cloud.run(['init', '--yes', '--adopt', ...names]);
    expect(first.code).toBe(1);
    const advice = /`az (aks enable-addons [^`]+)`/.exec(wide(first))?.[1] ?? '';
    await az(...advice.split(' '), '--no-wait');
    await az('aks', 'wait', '--resource-group', 'rg-az', '--name', 'aks-az', '--updated', '--interval', '1');
    const second = await cloud.run(['init', '--yes', '--adopt', ...names, '--output', 'ndjson']);
    expect(second.stderr).toBe('');
    expect(eventsOf(second).at(-1)).toMatchObject({ outcome: 'done', exitCode: 0 });
  });

  test('is shown as well by status, and keeps what az gave it', async () => {
    const ended = await cloud.run(['status', ...names, '-o', 'json']);
    expect(JSON.parse(ended.stdout)).toMatchObject({ ok: true, errors: [] });
    expect(await az('group', 'show', '--name', 'rg-az')).toMatchObject({ tags: { team: 'blue' } });
    const cluster = await az('aks', 'show', '--resource-group', 'rg-az', '--name', 'aks-az');
    expect(cluster).toMatchObject({
      agentPoolProfiles: [{ name: 'nodepool1', count: 1 }],
      networkProfile: { networkPlugin: 'none', podCidr: '10.244.0.0/16' },
      addonProfiles: { omsagent: { enabled: true } },
    });
  });
});

describe.skipIf(azureCli === undefined)('what init made', () => {
  beforeAll(async () => {
    await start();
    const ended = await cloud.run(['init', '--yes', '--output', 'ndjson']);
    if (ended.code !== 0) throw new Error(wide(ended));
  });
  afterAll(() => cloud?.close());

  test('az shows, resource by resource', async () => {
    const inGroup = ['--resource-group', 'rg-ebpf-sentinel'] as const;
    const cluster = await az<{ id: string; tags: Record<string, string> }>(
      'aks',
      'show',
      ...inGroup,
      '--name',
      'aks-ebpf-sentinel',
    );
    expect(cluster).toMatchObject({
      provisioningState: 'Succeeded',
      networkProfile: { networkPlugin: 'none' },
      agentPoolProfiles: [{ mode: 'System' }, { mode: 'User' }],
    });
    const ofWorkspace = [...inGroup, '--workspace-name', 'log-ebpf-sentinel'] as const;
    const logAnalytics = ['monitor', 'log-analytics', 'workspace'] as const;
    const workspace = await az<{ id: string }>(...logAnalytics, 'show', ...ofWorkspace);
    expect(workspace).toMatchObject({ provisioningState: 'Succeeded', retentionInDays: 90 });
    expect(await az(...logAnalytics, 'table', 'show', ...ofWorkspace, '--name', 'ContainerLogV2')).toMatchObject({
      plan: 'Analytics',
    });
    const searches = await az<readonly { functionAlias?: string }[]>(
      ...logAnalytics,
      'saved-search',
      'list',
      ...ofWorkspace,
      '--query',
      'value || @',
    );
    expect(searches.filter(({ functionAlias = '' }) => /tetragon/i.test(functionAlias))).not.toEqual([]);
    let next: string | undefined =
      `${workspace.id}/providers/Microsoft.SecurityInsights/alertRules?api-version=2025-09-01`;
    const rules: unknown[] = [];
    while (next !== undefined) {
      const page: { value: readonly unknown[]; nextLink?: string } = await az('rest', '--method', 'get', '--url', next);
      rules.push(...page.value);
      next = page.nextLink;
    }
    expect(rules.length).toBeGreaterThanOrEqual(12);
    const associations = `${cluster.id}/providers/Microsoft.Insights/dataCollectionRuleAssociations?api-version=2023-03-11`;
    expect(await az('rest', '--method', 'get', '--url', associations)).toMatchObject({
      value: [{ name: 'ContainerInsightsExtension' }],
    });
    const group = await az<{ tags: Record<string, string> }>('group', 'show', '--name', 'rg-ebpf-sentinel');
    expect(cluster.tags['aks-ebpf-sentinel-owner']).toBe(group.tags['aks-ebpf-sentinel-owner']);
    const listed = await az<readonly { type: string }[]>('resource', 'list', ...inGroup);
    expect(listed.map(({ type }) => type.toLowerCase())).toEqual(
      expect.arrayContaining([
        'microsoft.containerservice/managedclusters',
        'microsoft.operationalinsights/workspaces',
        'microsoft.insights/datacollectionrules',
      ]),
    );
  });
});
