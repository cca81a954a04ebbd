import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Cloud, startCloud } from '../e2e/cloud.ts';
import { type Az, azureCli, oddAnswers, registered, signedInAz } from './azure-cli.ts';

let cloud: Cloud;
let az: Az;
const named = ['--resource-group', 'rg-az', '--name', 'log-az'] as const;
const logAnalytics = ['monitor', 'log-analytics', 'workspace'] as const;

describe.skipIf(azureCli === undefined)('az and a workspace that was deleted', () => {
  const search = ['--resource-group', 'rg-az', '--workspace-name', 'log-az', '--name', 'shells'] as const;

  beforeAll(async () => {
    cloud = await startCloud();
    az = await signedInAz(cloud);
    await registered(az, 'OperationalInsights');
    await az('group', 'create', '--name', 'rg-az', '--location', 'uksouth');
    const group = `/subscriptions/${cloud.published['subscriptionId'] ?? ''}/resourceGroups/rg-az`;
    // By hand: az's own command waits 30 s for a workspace that is there at once.
    const workspace = `${group}/providers/Microsoft.OperationalInsights/workspaces/log-az?api-version=2025-07-01`;
    await az('rest', '--method', 'put', '--url', workspace, '--body', '{"location":"uksouth"}');
    while (
      (await az<{ provisioningState: string }>(...logAnalytics, 'show', ...named)).provisioningState !== 'Succeeded'
    );
    const text = ['--category', 'hunting', '--display-name', 'Shells', '--saved-query', 'Usage | take 1'] as const;
    await az(...logAnalytics, 'saved-search', 'create', ...search, ...text);
  });
  afterAll(() => cloud?.close());

  test('finds it among the deleted and recovers it as it was', async () => {
    const before = await az<{ customerId: string }>(...logAnalytics, 'show', ...named);
    await az(...logAnalytics, 'delete', ...named, '--yes');
    expect((await az.run(...logAnalytics, 'show', ...named)).code).toBe(3);
    const listed = await az(...logAnalytics, 'list-deleted-workspaces', '--resource-group', 'rg-az');
    expect(listed).toMatchObject([{ name: 'log-az' }]);
    await az(...logAnalytics, 'recover', '--resource-group', 'rg-az', '-n', 'log-az');
    expect(await az(...logAnalytics, 'show', ...named)).toMatchObject({ customerId: before.customerId });
    expect(await az(...logAnalytics, 'saved-search', 'show', ...search)).toMatchObject({ displayName: 'Shells' });
  });

  test('has asked nothing that the sandbox did not know, and was never met by a crash', async () => {
    expect(await oddAnswers(cloud)).toEqual([]);
  });
});
