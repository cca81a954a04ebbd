import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Cloud, type Request, startCloud } from '../e2e/cloud.ts';
import { type Az, azureCli, oddAnswers, signedInAz } from './azure-cli.ts';

// The real az, which nobody here wrote, in a subscription where nothing is yet.

let cloud: Cloud;
let az: Az;
const group = 'rg-az';

const scope = (): string => `/subscriptions/${cloud.published['subscriptionId'] ?? ''}/resourceGroups/${group}`;

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

  test('finds all groups, though no list tells of more than ten at once', async () => {
    const numbers = Array.from({ length: 12 }, (_, index) => String(index + 10));
    const path = (number: string): string =>
      `/subscriptions/${cloud.published['subscriptionId'] ?? ''}/resourceGroups/rg-many-${number}?api-version=2025-04-01`;
    const body = JSON.stringify({ location: 'uksouth' });
    for (const some of [numbers.slice(0, 6), numbers.slice(6)])
      await Promise.all(some.map((number) => az('rest', '--method', 'put', '--url', path(number), '--body', body)));
    const names = (await az<readonly { name: string }[]>('group', 'list')).map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(numbers.map((number) => `rg-many-${number}`)));
  });

  test('deletes a group by asking where it was told to ask', async () => {
    await az('group', 'create', '--name', 'rg-gone', '--location', 'uksouth');
    await az('group', 'delete', '--name', 'rg-gone', '--yes');
    expect(await az('group', 'exists', '--name', 'rg-gone')).toBe(false);
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

  test('shows who may do what', async () => {
    const owner = { roleDefinitionName: 'Owner', principalType: 'ServicePrincipal' };
    expect(await az('role', 'assignment', 'list')).toEqual(expect.arrayContaining([expect.objectContaining(owner)]));
    // A principal that may not ask Graph is told no names, and az takes that as it comes.
    expect(await asked('POST', /directoryObjects\/getByIds$/)).toMatchObject([{ service: 'graph', status: 403 }]);
  });

  test('has asked nothing that the sandbox did not know, and was never met by a crash', async () => {
    expect(await oddAnswers(cloud)).toEqual([]);
  });
});
