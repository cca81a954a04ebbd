import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Cloud, startCloud } from '../e2e/cloud.ts';
import { type Az, azureCli, oddAnswers, registered, signedInAz } from './azure-cli.ts';

// az waits 30 s between two looks at an operation, as it does on Azure: what can go on meanwhile, does.

let cloud: Cloud;
let az: Az;
const [group, workspace] = ['rg-az', 'log-az'];
const inGroup = ['--resource-group', group] as const;
const ofNamedWorkspace = [...inGroup, '--workspace-name', workspace] as const;
const logAnalytics = ['monitor', 'log-analytics', 'workspace'] as const;

const scope = (): string => `/subscriptions/${cloud.published['subscriptionId'] ?? ''}/resourceGroups/${group}`;
const workspaceId = (): string => `${scope()}/providers/Microsoft.OperationalInsights/workspaces/${workspace}`;
const rest = <T>(method: string, path: string, body?: unknown): Promise<T> =>
  az<T>('rest', '--method', method, '--url', path, ...(body === undefined ? [] : ['--body', JSON.stringify(body)]));

const until = async <T>(look: () => Promise<T>, fits: (seen: T) => boolean): Promise<T> => {
  for (;;) {
    const seen = await look();
    if (fits(seen)) return seen;
  }
};

describe.skipIf(azureCli === undefined)('az and a workspace', () => {
  beforeAll(async () => {
    cloud = await startCloud();
    az = await signedInAz(cloud);
    await registered(az, 'OperationalInsights', 'OperationsManagement', 'SecurityInsights');
    await az('group', 'create', '--name', group, '--location', 'uksouth');
  });
  afterAll(() => cloud?.close());

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

  test('has asked nothing that the sandbox did not know, and was never met by a crash', async () => {
    expect(await oddAnswers(cloud)).toEqual([]);
  });
});
