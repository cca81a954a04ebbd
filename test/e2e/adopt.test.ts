import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Colleague, colleague } from './arm.ts';
import { type Cloud, type Ended, eventsOf, type Request, startCloud, writes } from './cloud.ts';

// What somebody else made: left alone unless we are told to take it over, and never taken away.

const group = '/resourceGroups/rg-ebpf-sentinel';
const workspacePath = `${group}/providers/Microsoft.OperationalInsights/workspaces/log-ebpf-sentinel`;
const clusterPath = `${group}/providers/Microsoft.ContainerService/managedClusters/aks-ebpf-sentinel`;
const versioned = (path: string, version: string): string => `${path}?api-version=${version}`;
const theirs = { team: 'payments' };

const makeGroup = (them: Colleague, path = group): Promise<unknown> =>
  them.make(versioned(path, '2025-04-01'), { location: 'uksouth', tags: theirs });

const makeWorkspace = (them: Colleague, path = workspacePath): Promise<unknown> =>
  them.make(versioned(path, '2025-07-01'), {
    location: 'uksouth',
    tags: theirs,
    properties: { sku: { name: 'PerGB2018' }, retentionInDays: 180 },
  });

/** As `az aks create --network-plugin none --enable-addons monitoring` makes it: with kube-proxy, on a stable api-version. */
const makeCluster = (them: Colleague, subscription: string): Promise<unknown> =>
  them.make(versioned(clusterPath, '2026-06-01'), {
    location: 'uksouth',
    tags: theirs,
    sku: { name: 'Base', tier: 'Standard' },
    identity: { type: 'SystemAssigned' },
    properties: {
      dnsPrefix: 'payments',
      agentPoolProfiles: [
        {
          name: 'nodepool1',
          mode: 'System',
          type: 'VirtualMachineScaleSets',
          osType: 'Linux',
          vmSize: 'Standard_D4s_v5',
          count: 2,
        },
      ],
      networkProfile: {
        networkPlugin: 'none',
        podCidr: '10.244.0.0/16',
        serviceCidr: '10.0.0.0/16',
        dnsServiceIP: '10.0.0.10',
      },
      addonProfiles: {
        omsagent: {
          enabled: true,
          config: {
            logAnalyticsWorkspaceResourceID: `/subscriptions/${subscription}${workspacePath}`,
            useAADAuth: 'true',
          },
        },
      },
    },
  });

const init = (cloud: Cloud, ...flags: readonly string[]): Promise<Ended> =>
  cloud.run(['init', '--yes', '--output', 'ndjson', ...flags]);

const isDone = (ended: Ended): void => {
  expect(ended.stderr).toBe('');
  expect(eventsOf(ended).at(-1)).toMatchObject({ outcome: 'done', ready: 18, total: 18 });
  expect(ended.code).toBe(0);
};

const refusal = async (cloud: Cloud, sentence: RegExp): Promise<void> => {
  const before = (await cloud.requests()).length;
  const ended = await cloud.run(['init', '--yes']);
  const said = `${ended.stdout}${ended.stderr}`.replaceAll(/\s+/g, ' ');
  expect(said).toMatch(sentence);
  expect(said).toContain('--adopt');
  expect(ended.code).toBe(4);
  expect(writes((await cloud.requests()).slice(before))).toEqual([]);
};

/** Azure puts searches of its own into every workspace: only those of our name are ours. */
const ourContent = [/\/alertRules\/[^/]+$/i, /\/savedSearches\/aks-ebpf-sentinel-/i];
const leftOf = async (cloud: Cloud, patterns: readonly RegExp[]): Promise<readonly string[]> =>
  (await cloud.resources()).map(({ id }) => id).filter((id) => patterns.some((pattern) => pattern.test(id)));
const ourCollection = [/\/dataCollectionRules\/[^/]+$/i, /\/dataCollectionRuleAssociations\/[^/]+$/i];

const idsOf = async (cloud: Cloud, type: RegExp): Promise<readonly string[]> =>
  (await cloud.resources()).filter((each) => type.test(each.type)).map(({ id }) => id);

/** What another run writes. */
const writesOfAnother = async (cloud: Cloud, ...flags: readonly string[]): Promise<readonly Request[]> => {
  const before = (await cloud.requests()).length;
  isDone(await init(cloud, ...flags));
  return writes((await cloud.requests()).slice(before));
};

describe('a group, a workspace and a cluster with kube-proxy of somebody else', () => {
  let cloud: Cloud;
  let them: Colleague;
  beforeAll(async () => {
    cloud = await startCloud();
    them = await colleague(cloud);
    await them.register('Microsoft.ContainerService', 'Microsoft.OperationalInsights', 'Microsoft.Insights');
    await makeGroup(them);
    await makeWorkspace(them);
  });
  afterAll(() => cloud.close());

  test('without --adopt the run stops at the workspace, with 4 and not one write', () =>
    refusal(cloud, /Log Analytics workspace log-ebpf-sentinel exists and was not made by this deployment/));

  test('and at the cluster', async () => {
    await makeCluster(them, cloud.published['subscriptionId'] ?? '');
    await refusal(cloud, /AKS cluster aks-ebpf-sentinel exists and was not made by this deployment/);
  });

  test('with --adopt it is taken over: kube-proxy goes, all else stays as it was', async () => {
    isDone(await init(cloud, '--adopt'));
    const seen = await them.ask('GET', versioned(clusterPath, '2026-03-02-preview'));
    expect(seen.body).toMatchObject({
      sku: { tier: 'Standard' },
      tags: { ...theirs, 'aks-ebpf-sentinel-adopted': 'true' },
      properties: {
        dnsPrefix: 'payments',
        agentPoolProfiles: [{ name: 'nodepool1', count: 2 }],
        networkProfile: { networkPlugin: 'none', podCidr: '10.244.0.0/16', kubeProxyConfig: { enabled: false } },
        addonProfiles: { omsagent: { enabled: true } },
      },
    });
    const workspace = await them.ask('GET', versioned(workspacePath, '2025-07-01'));
    expect(workspace.body).toMatchObject({ tags: theirs, properties: { retentionInDays: 180 } });
    expect((await them.ask('GET', versioned(group, '2025-04-01'))).body).toMatchObject({ tags: theirs });
    const cilium = await cloud.run(['cilium', 'status', '-o', 'json']);
    expect(JSON.parse(cilium.stdout)).toMatchObject({ ok: true, kubeProxyReplaced: true, kubeProxyPresent: false });
  });

  test('what is taken over stays so: the next run needs no --adopt and writes nothing', async () => {
    expect(await writesOfAnother(cloud)).toEqual([]);
  });

  test('down removes what we made in it, and keeps what we found', async () => {
    const ended = await cloud.run(['down', '--yes', '--workspace-data', 'purge']);
    expect(ended.code).toBe(0);
    expect(`${ended.stdout}${ended.stderr}`).toMatch(/Stays: AKS cluster aks-ebpf-sentinel/);
    expect(await idsOf(cloud, /managedClusters$/i)).toHaveLength(1);
    expect(await idsOf(cloud, /OperationalInsights\/workspaces$/i)).toHaveLength(1);
    expect((await them.ask('GET', versioned(group, '2025-04-01'))).status).toBe(200);
    expect(await leftOf(cloud, ourCollection)).toEqual([]);
  });

  test('our policies leave the cluster that stays, and what it still needs is named', async () => {
    const { policies } = JSON.parse((await cloud.run(['tetragon', 'status', '-o', 'json'])).stdout) as {
      policies: unknown[];
    };
    expect(policies).toEqual([]);
    const again = await cloud.run(['down', '--yes']);
    expect(`${again.stdout}${again.stderr}`).toMatch(/Stays: Cilium in the cluster/);
  });

  test('our detections leave the workspace that stays', async () => {
    expect(await leftOf(cloud, ourContent)).toEqual([]);
  });
});

describe('a workspace that is named by its id', () => {
  let cloud: Cloud;
  let them: Colleague;
  const path = '/resourceGroups/rg-security/providers/Microsoft.OperationalInsights/workspaces/log-security';
  beforeAll(async () => {
    cloud = await startCloud();
    them = await colleague(cloud);
    await them.register('Microsoft.OperationalInsights');
    await makeGroup(them, '/resourceGroups/rg-security');
    await makeWorkspace(them, path);
  });
  afterAll(() => cloud.close());

  test('is used as it is, without a tag of ours, and stays when the rest goes', async () => {
    const flags = ['--workspace-id', `/subscriptions/${cloud.published['subscriptionId'] ?? ''}${path}`];
    isDone(await init(cloud, ...flags));
    expect(await writesOfAnother(cloud, ...flags)).toEqual([]);
    const used = await them.ask('GET', versioned(path, '2025-07-01'));
    expect(used.body).toMatchObject({ properties: { retentionInDays: 180 } });
    expect(used.body['tags']).toEqual(theirs);
    const ended = await cloud.run(['down', '--yes', ...flags]);
    expect(ended.code).toBe(0);
    expect(await idsOf(cloud, /managedClusters$/i)).toEqual([]);
    expect(await idsOf(cloud, /OperationalInsights\/workspaces$/i)).toHaveLength(1);
    expect(await leftOf(cloud, [...ourCollection, ...ourContent])).toEqual([]);
  });
});
