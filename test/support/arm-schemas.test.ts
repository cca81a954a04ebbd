import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { USER_AGENT } from '../../src/azure/arm-request.ts';
import { bodiesOf, judgeBodies, requestLogOf, wordedJudgement } from './arm-bodies.ts';
import { acceptedObjections, schemaless } from './arm-schemas-accepted.ts';
import { judgeBody, knownSchemas, schemaFolder, typeOfPath } from './arm-schemas.ts';
import { scratch } from './scratch.ts';

const group = '/subscriptions/s/resourceGroups/rg';
const clusterPath = `${group}/providers/Microsoft.ContainerService/managedClusters/lab`;
const cluster = { type: 'Microsoft.ContainerService/managedClusters', apiVersion: '2026-03-02-preview', method: 'PUT' };
const pool = { name: 'system', mode: 'System', count: 1 };
const body = (properties: Readonly<Record<string, unknown>>): unknown => ({ location: 'uksouth', properties });

test('the type is what a path names last, and a word without a name is an action', () => {
  expect(typeOfPath(clusterPath)).toEqual({ type: cluster.type, action: false });
  expect(typeOfPath(`${clusterPath}/agentPools/a`)).toEqual({ type: `${cluster.type}/agentPools`, action: false });
  expect(typeOfPath(`${clusterPath}/listClusterUserCredential`)).toEqual({ type: cluster.type, action: true });
  expect(typeOfPath(`${clusterPath}/providers/Microsoft.Insights/dataCollectionRuleAssociations/a`)).toEqual({
    type: 'Microsoft.Insights/dataCollectionRuleAssociations',
    action: false,
  });
  expect(typeOfPath(group)).toEqual({ type: 'Microsoft.Resources/resourceGroups', action: false });
  expect(typeOfPath('/subscriptions/s/providers/Microsoft.Insights/register')).toMatchObject({ action: true });
});

describe.skipIf(schemaFolder === undefined)('Microsoft’s schemas', () => {
  const refused = async (properties: Readonly<Record<string, unknown>>, apiVersion = cluster.apiVersion) => {
    const verdict = await judgeBody({ ...cluster, apiVersion, body: body(properties) });
    return verdict.kind === 'refused' ? verdict.objections.map(({ at, keyword }) => `${at} ${keyword}`) : verdict.kind;
  };

  test('take what is right, in any case, and refuse each thing that is wrong by its place', async () => {
    expect(await refused({ agentPoolProfiles: [pool], networkProfile: { networkPlugin: 'NONE' } })).toBe('good');
    expect(await refused({ agentPoolProfiles: [{ mode: 'System' }] })).toEqual([
      '/properties/agentPoolProfiles/0 required',
    ]);
    expect(await refused({ networkProfile: { networkPlugin: 'nothing' } })).toEqual([
      '/properties/networkProfile/networkPlugin knownValues',
    ]);
    expect(await refused({ networkProfil: {} })).toEqual(['/properties/networkProfil additionalProperties']);
    expect(await refused({ enableRBAC: 'yes' })).toEqual(['/properties/enableRBAC type']);
  });

  test('know kubeProxyConfig in a preview only', async () => {
    const off = { networkProfile: { kubeProxyConfig: { enabled: false } } };
    expect(await refused(off)).toBe('good');
    expect(await refused(off, '2026-05-01')).toEqual([
      '/properties/networkProfile/kubeProxyConfig additionalProperties',
    ]);
  });

  test('need of a PATCH only what it changes', async () => {
    const patch = { ...cluster, method: 'PATCH', body: { tags: { a: 'b' } } };
    expect(await judgeBody(patch)).toEqual({ kind: 'good' });
    expect(await judgeBody({ ...patch, method: 'PUT' })).toMatchObject({ kind: 'refused' });
    expect(await judgeBody({ ...patch, body: { tags: { a: 1 } } })).toMatchObject({ kind: 'refused' });
  });

  test('take the examples that stand beside them', async () => {
    const rule = { method: 'PUT', type: 'Microsoft.SecurityInsights/alertRules', apiVersion: '2025-09-01' };
    const examples = join(schemaFolder ?? '', 'examples');
    const official = readdirSync(examples).find((name) => name.startsWith('official.')) ?? '';
    const example: unknown = JSON.parse(readFileSync(join(examples, official), 'utf8'));
    expect(await judgeBody({ ...rule, body: example })).toEqual({ kind: 'good' });
    expect(await judgeBody({ ...rule, body: { kind: 'Skeduled' } })).toMatchObject({
      objections: [{ at: '/kind', value: 'Skeduled' }],
    });
  });

  test('of what a sandbox was sent judge our bodies alone, and name test, path, version and property', async () => {
    const dir = scratch();
    const line = { time: '2026-11-23T10:00:00.000Z', service: 'arm', client: `${USER_AGENT} azsdk-js`, method: 'PUT' };
    const wrong = { ...line, path: clusterPath, apiVersion: cluster.apiVersion, body: body({ dnsPrefx: 'lab' }) };
    const lines = [
      wrong,
      { ...wrong, client: 'AZURECLI/2.91.0' },
      { ...wrong, method: 'POST', path: `${clusterPath}/listClusterUserCredential` },
      { ...wrong, service: 'kubernetes' },
      { ...line, path: `${group}/providers/Microsoft.New/things/a`, apiVersion: '2026-01-01', body: {} },
    ];
    writeFileSync(join(dir, 'requests.ndjson'), `${lines.map((each) => JSON.stringify(each)).join('\n')}\n{"torn":`);
    const judgement = await judgeBodies(bodiesOf(requestLogOf(dir)));
    expect(wordedJudgement(judgement, () => 'a test')).toEqual([
      `a test: PUT ${clusterPath}?api-version=2026-03-02-preview: /properties/dnsPrefx ("lab") is not a property of this api-version`,
      expect.stringContaining('no schema judges microsoft.new/things@2026-01-01'),
    ]);
  });

  test('lack what is listed as lacking, and no more; a nearest one is there', () => {
    for (const [key, { nearest, reason }] of Object.entries(schemaless)) {
      expect(knownSchemas).not.toContain(key);
      expect([undefined, ...knownSchemas]).toContain(nearest && key.replace(/@.*/u, `@${nearest}`));
      expect(reason).not.toBe('');
    }
    for (const { schema } of acceptedObjections) expect(knownSchemas.some((key) => schema.test(key))).toBe(true);
  });
});
