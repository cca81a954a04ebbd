import { expect, test } from 'vitest';
import type { Arm } from '../../../src/sandbox/arm/context.ts';
import type { ResourceRecord } from '../../../src/sandbox/arm/resources.ts';
import { logRoute } from '../../../src/sandbox/attached/log-route.ts';

const group = '/subscriptions/s/resourceGroups/rg/providers';
const clusterId = `${group}/Microsoft.ContainerService/managedClusters/lab`;
const ruleId = `${group}/Microsoft.Insights/dataCollectionRules/MSCI-uksouth-lab`;
const workspaceId = `${group}/Microsoft.OperationalInsights/workspaces/log-lab`;
const associations = `${clusterId}/providers/Microsoft.Insights/dataCollectionRuleAssociations`;
const streams = ['Microsoft-ContainerLogV2'];

interface Parts {
  readonly cluster: object;
  readonly addon: object;
  readonly associationName: string;
  readonly associated: string;
  readonly source: object;
  readonly flow: object;
  readonly destination: object;
  readonly workspace: string;
}

const whole: Parts = {
  cluster: { provisioningState: 'Succeeded' },
  addon: { enabled: true, config: { useAADAuth: 'true' } },
  associationName: 'ContainerInsightsExtension',
  // Ids are compared without case.
  associated: ruleId.toLowerCase(),
  source: { extensionName: 'ContainerInsights', streams },
  flow: { streams, destinations: ['la'] },
  destination: { name: 'la', workspaceResourceId: workspaceId.toUpperCase() },
  workspace: workspaceId,
};

const armWith = (parts: Parts): Arm => {
  const records = [
    { id: clusterId, properties: { ...parts.cluster, addonProfiles: { omsagent: parts.addon } } },
    { id: `${associations}/${parts.associationName}`, properties: { dataCollectionRuleId: parts.associated } },
    {
      id: ruleId,
      name: 'MSCI-uksouth-lab',
      properties: {
        dataSources: { extensions: [parts.source] },
        dataFlows: [parts.flow],
        destinations: { logAnalytics: [parts.destination] },
      },
    },
    { id: parts.workspace, properties: { customerId: 'guid' } },
  ] as unknown as readonly ResourceRecord[];
  const resources = {
    get: (id: string) => records.find((record) => record.id.toLowerCase() === id.toLowerCase()),
    list: (fits: (record: ResourceRecord) => boolean) => records.filter(fits),
  };
  return { resources } as unknown as Arm;
};

test('the way is open where every hop is there, by stream or by group', () => {
  const open = { kind: 'open', clusterId, customerIds: ['guid'] };
  expect(logRoute(armWith(whole), clusterId)).toEqual(open);
  const all = ['Microsoft-ContainerInsights-Group-Default'];
  const grouped = { ...whole, source: { ...whole.source, streams: all }, flow: { ...whole.flow, streams: all } };
  expect(logRoute(armWith(grouped), clusterId)).toEqual(open);
});

const others = ['Microsoft-KubeEvents'];

test.each<readonly [string, Partial<Parts>, string]>([
  ['the cluster is being deleted', { cluster: { provisioningState: 'Deleting' } }, 'no managed cluster'],
  ['the add-on is off', { addon: { enabled: false } }, 'omsagent is off'],
  ['the add-on has no useAADAuth', { addon: { enabled: true, config: {} } }, 'no useAADAuth'],
  ['the association has another name', { associationName: 'mine' }, 'no association ContainerInsightsExtension'],
  ['the association names a rule that is gone', { associated: `${ruleId}-old` }, 'names no data collection rule'],
  [
    'the data source lacks the stream',
    { source: { extensionName: 'ContainerInsights', streams: others } },
    'no data source',
  ],
  ['the data source is of another extension', { source: { extensionName: 'Other', streams } }, 'no data source'],
  [
    'the data source switches the table off',
    {
      source: {
        extensionName: 'ContainerInsights',
        streams,
        extensionSettings: { dataCollectionSettings: { enableContainerLogV2: false } },
      },
    },
    'switches ContainerLogV2 off',
  ],
  ['the data flow lacks the stream', { flow: { streams: others, destinations: ['la'] } }, 'no data flow'],
  ['the data flow goes elsewhere', { flow: { streams, destinations: ['metrics'] } }, 'no workspace'],
  ['the workspace is gone', { workspace: `${workspaceId}-other` }, 'no workspace'],
])('nothing comes where %s', (_case, change, why) => {
  const route = logRoute(armWith({ ...whole, ...change }), clusterId);
  expect(route).toEqual({ kind: 'closed', why: expect.stringContaining(why) });
});

test('nothing comes before a managed cluster stands for the real one', () => {
  expect(logRoute(armWith(whole), undefined)).toMatchObject({ kind: 'closed' });
});
