import { expect, test } from 'vitest';
import { scriptedAzure, SUBSCRIPTION } from '../support/scripted-azure.ts';

const signal = new AbortController().signal;
const ROOT = `/subscriptions/${SUBSCRIPTION}`;
const GROUP = `${ROOT}/resourceGroups/lab`;
const WORKSPACE = `${GROUP}/providers/Microsoft.OperationalInsights/workspaces/logs`;
const SENTINEL = `${WORKSPACE}/providers/Microsoft.SecurityInsights`;
const CLUSTER = `${GROUP}/providers/Microsoft.ContainerService/managedClusters/aks`;

test('no request has a double slash or another host', async () => {
  await using cloud = await scriptedAzure();
  const azure = await cloud.azure();
  await azure.groups.find('lab', signal);
  await azure.workspaces.findById(WORKSPACE, signal);
  await azure.tables.find(WORKSPACE, 'ContainerLogV2', signal);
  await azure.sentinel.onboarded(WORKSPACE, signal);
  await azure.sentinel.findRule(WORKSPACE, 'r', signal);
  await azure.savedSearches.find(WORKSPACE, 's', signal);
  await azure.dataCollectionRules.find('lab', 'dcr', signal);
  await azure.associations.find(CLUSTER, 'ContainerInsightsExtension', signal);
  await azure.features.state('Microsoft.ContainerService', 'KubeProxyConfigurationPreview', signal);
  expect(cloud.only('GET', ROOT)).toHaveLength(9);
  expect(cloud.requests.filter((seen) => seen.path.includes('//'))).toEqual([]);
  expect(
    cloud.only('GET', ROOT).every((seen) => (seen.headers['user-agent'] ?? '').includes('aks-ebpf-sentinel')),
  ).toBe(true);
  expect(cloud.only('GET', ROOT).every((seen) => seen.headers['x-ms-client-request-id'] !== undefined)).toBe(true);
});

test('one sign-in serves every client', async () => {
  await using cloud = await scriptedAzure();
  const azure = await cloud.azure();
  await Promise.all([
    azure.groups.find('lab', signal),
    azure.workspaces.findById(WORKSPACE, signal),
    azure.sentinel.onboarded(WORKSPACE, signal),
    azure.dataCollectionRules.find('lab', 'dcr', signal),
  ]);
  expect(cloud.only('POST', '/oauth2/v2.0/token')).toHaveLength(1);
  const [asked] = cloud.only('POST', '/oauth2/v2.0/token');
  expect(new URLSearchParams(asked?.text).get('scope')).toContain(`${cloud.origin}/.default`);
});

test('every client asks for the audience of the cloud, also where that is not its endpoint', async () => {
  await using cloud = await scriptedAzure();
  const azure = await cloud.azure({ profile: { armAudience: 'https://audience.example/' } });
  await azure.groups.find('lab', signal);
  await azure.workspaces.findById(WORKSPACE, signal);
  await azure.sentinel.onboarded(WORKSPACE, signal);
  await azure.clusters.delete('lab', 'aks', signal);
  await azure.dataCollectionRules.find('lab', 'dcr', signal);
  const scopes = cloud.only('POST', '/token').map((seen) => new URLSearchParams(seen.text).get('scope')?.split(' ')[0]);
  expect(scopes).toEqual(['https://audience.example/.default']);
});

test('onboarding carries customerManagedKey, on the stable version', async () => {
  await using cloud = await scriptedAzure();
  const state = `${SENTINEL}/onboardingStates/default`;
  cloud.on('PUT', state, { status: 201, body: { id: state, name: 'default', properties: {}, systemData: {} } });
  cloud.on(
    'GET',
    state,
    { status: 404, body: { error: { code: 'NotFound', message: 'no' } } },
    { body: { id: state, properties: {} } },
  );
  const { sentinel } = await cloud.azure();
  expect(await sentinel.onboarded(WORKSPACE, signal)).toBe(false);
  await sentinel.onboard(WORKSPACE, signal);
  expect(await sentinel.onboarded(WORKSPACE, signal)).toBe(true);
  const [put] = cloud.only('PUT', 'onboardingStates');
  expect(put?.body).toEqual({ properties: { customerManagedKey: false } });
  expect(put?.query.get('api-version')).toBe('2025-09-01');
});

test('rules reach Sentinel and come back untouched', async () => {
  await using cloud = await scriptedAzure();
  const rule = `${SENTINEL}/alertRules/r-1`;
  const properties = {
    displayName: 'x',
    enabled: true,
    suppressionDuration: 'PT5H',
    suppressionEnabled: false,
    techniques: ['T1003'],
  };
  // What newer versions of Sentinel added may be on a rule already, whoever put it there.
  const answered = {
    ...properties,
    subTechniques: ['T1003.008'],
    sentinelEntitiesMappings: [{ columnName: 'E' }],
  };
  cloud.on('PUT', rule, { status: 201, body: {} });
  cloud.on('GET', rule, { body: { id: rule, name: 'r-1', kind: 'Scheduled', etag: '"7"', properties: answered } });
  cloud.on('DELETE', rule, { body: {} });
  const { sentinel } = await cloud.azure();
  await sentinel.putRule(WORKSPACE, 'r-1', { kind: 'Scheduled', properties }, '"7"', signal);
  expect(cloud.only('PUT', 'alertRules')[0]?.body).toEqual({ kind: 'Scheduled', etag: '"7"', properties });
  expect(await sentinel.findRule(WORKSPACE, 'r-1', signal)).toEqual({
    ruleId: 'r-1',
    kind: 'Scheduled',
    etag: '"7"',
    properties: answered,
  });
  await sentinel.deleteRule(WORKSPACE, 'r-1', signal);
  expect(cloud.only('DELETE', 'alertRules')).toHaveLength(1);
});

test('lists rules over all pages, and only those of our kinds', async () => {
  await using cloud = await scriptedAzure();
  const next = `${cloud.origin}${SENTINEL}/alertRules/page2?api-version=2025-09-01&$skipToken=a`;
  cloud.on('GET', `${SENTINEL}/alertRules`, {
    body: {
      value: [
        { name: 'a', kind: 'NRT', properties: {} },
        { name: 'f', kind: 'Fusion', properties: {} },
      ],
      nextLink: next,
    },
  });
  cloud.on('GET', `${SENTINEL}/alertRules/page2`, {
    body: { value: [{ name: 'b', kind: 'Scheduled', properties: {} }] },
  });
  const found = await (await cloud.azure()).sentinel.listRules(WORKSPACE, signal);
  expect(found.map((rule) => rule.ruleId)).toEqual(['a', 'b']);
});

test('a saved search goes with the etag that was seen, a first one without', async () => {
  await using cloud = await scriptedAzure();
  const search = `${WORKSPACE}/savedSearches/f`;
  const body = {
    category: 'c',
    displayName: 'd',
    query: 'q',
    functionAlias: 'f',
    functionParameters: 'p:string=""',
    tags: [{ name: 'n', value: 'v' }],
  };
  cloud.on('PUT', search, { body: { properties: body } });
  cloud.on('GET', search, { body: { id: search, etag: 'W/"datetime\'2026\'"', properties: { ...body, version: 2 } } });
  const { savedSearches } = await cloud.azure();
  const seen = await savedSearches.find(WORKSPACE, 'f', signal);
  expect(seen).toEqual({ savedSearchId: 'f', etag: 'W/"datetime\'2026\'"', ...body });
  await savedSearches.put(WORKSPACE, 'f', body, undefined, signal);
  await savedSearches.put(WORKSPACE, 'f', body, seen?.etag, signal);
  const [first, second] = cloud.only('PUT', 'savedSearches');
  expect(first?.body).toEqual({ properties: { ...body, version: 2 } });
  expect(second?.body).toEqual({ etag: 'W/"datetime\'2026\'"', properties: { ...body, version: 2 } });
});

test('a workspace is put without waiting for it, and found by parts or id', async () => {
  await using cloud = await scriptedAzure();
  const lower = `${ROOT}/resourcegroups/lab/providers/microsoft.operationalinsights/workspaces/logs`;
  const body = {
    id: lower,
    name: 'logs',
    location: 'uksouth',
    tags: { a: 'b' },
    properties: { customerId: 'guid', retentionInDays: 30, provisioningState: 'Creating', sku: { name: 'pergb2018' } },
  };
  cloud.on('PUT', WORKSPACE, { status: 201, body });
  cloud.on('GET', WORKSPACE, { body });
  const { workspaces } = await cloud.azure();
  await workspaces.put('lab', 'logs', { location: 'uksouth', tags: { a: 'b' }, retentionDays: 30 }, undefined, signal);
  const [put] = cloud.only('PUT', 'workspaces');
  expect(put?.headers).toMatchObject({ 'if-none-match': '*' });
  expect(put?.body).toEqual({
    location: 'uksouth',
    tags: { a: 'b' },
    properties: { sku: { name: 'PerGB2018' }, retentionInDays: 30 },
  });
  expect(await workspaces.findById(`/${WORKSPACE.toUpperCase()}`, signal)).toMatchObject({
    customerId: 'guid',
    resourceGroup: 'lab',
    provisioningState: 'Creating',
  });
});

test.each([
  [true, 'true'],
  [false, 'false'],
])('deletes a workspace with force=%s', async (purge, force) => {
  await using cloud = await scriptedAzure();
  cloud.on('DELETE', WORKSPACE, { status: 200 });
  await (await cloud.azure()).workspaces.delete('lab', 'logs', { purge }, signal);
  expect(cloud.only('DELETE', 'workspaces')[0]?.query.get('force')).toBe(force);
});

test('a deleted workspace is found in its group, or in the subscription where the group is gone', async () => {
  await using cloud = await scriptedAzure();
  const value = [
    {
      id: `${ROOT}/resourceGroups/other/providers/Microsoft.OperationalInsights/workspaces/logs`,
      name: 'logs',
      location: 'x',
    },
    { id: WORKSPACE.toLowerCase(), name: 'LOGS', location: 'x' },
  ];
  cloud.on('GET', `${ROOT}/providers/Microsoft.OperationalInsights/deletedWorkspaces`, { body: { value } });
  const { workspaces } = await cloud.azure();
  expect(await workspaces.findDeleted('lab', 'logs', signal)).toEqual({
    id: WORKSPACE.toLowerCase(),
    location: 'x',
  });
  cloud.on('GET', `${GROUP}/providers/Microsoft.OperationalInsights/deletedWorkspaces`, { body: { value: [] } });
  expect(await workspaces.findDeleted('lab', 'logs', signal)).toBeUndefined();
});

test('a table goes on the Analytics plan with the retention of its workspace', async () => {
  await using cloud = await scriptedAzure();
  const table = `${WORKSPACE}/tables/ContainerLogV2`;
  cloud.on('PUT', table, { status: 202, headers: { 'azure-asyncoperation': `${cloud.origin}/operations/t` } });
  cloud.on('GET', table, {
    body: { name: 'ContainerLogV2', properties: { plan: 'Basic', provisioningState: 'Succeeded' } },
  });
  const { tables } = await cloud.azure();
  await tables.put(WORKSPACE, 'ContainerLogV2', { plan: 'Analytics' }, signal);
  expect(cloud.only('PUT', 'tables')[0]?.body).toEqual({ properties: { plan: 'Analytics', retentionInDays: -1 } });
  expect(await tables.find(WORKSPACE, 'ContainerLogV2', signal)).toEqual({
    plan: 'Basic',
    provisioningState: 'Succeeded',
  });
});

test('groups: find, put with tags, delete without waiting, list over pages', async () => {
  await using cloud = await scriptedAzure();
  const group = {
    id: GROUP,
    name: 'lab',
    location: 'uksouth',
    tags: { a: 'b' },
    properties: { provisioningState: 'Deleting' },
  };
  cloud.on('GET', GROUP, { body: group });
  cloud.on('PUT', GROUP, { status: 201, body: group });
  cloud.on('DELETE', GROUP, { status: 202, headers: { location: `${cloud.origin}/operationresults/g` } });
  cloud.on('GET', '/operationresults/g', { status: 202 });
  cloud.on('GET', `${GROUP}/resources`, {
    body: { value: [{ id: CLUSTER, type: 't', name: 'aks', tags: {} }], nextLink: `${cloud.origin}/page2` },
  });
  cloud.on('GET', '/page2', { body: { value: [] } });
  const { groups } = await cloud.azure();
  expect(await groups.find('lab', signal)).toEqual({
    id: GROUP,
    name: 'lab',
    location: 'uksouth',
    tags: { a: 'b' },
    provisioningState: 'Deleting',
  });
  await groups.put('lab', { location: 'uksouth', tags: { a: 'b' } }, signal);
  await groups.delete('lab', signal);
  expect(await groups.resources('lab', signal)).toEqual([{ id: CLUSTER, type: 't', name: 'aks', tags: {} }]);
  expect(cloud.only('PUT', 'lab')[0]?.body).toEqual({ location: 'uksouth', tags: { a: 'b' } });
});

test('providers and features: state, registration, versions newest first', async () => {
  await using cloud = await scriptedAzure();
  const provider = `${ROOT}/providers/Microsoft.ContainerService`;
  const feature = `${ROOT}/providers/Microsoft.Features/providers/Microsoft.ContainerService/features/KubeProxyConfigurationPreview`;
  cloud.on('GET', provider, {
    body: {
      registrationState: 'Registering',
      resourceTypes: [{ resourceType: 'ManagedClusters', apiVersions: ['2025-01-01', '2026-06-01'] }],
    },
  });
  cloud.on('POST', `${provider}/register`, { body: {} });
  cloud.on('GET', feature, { body: { properties: { state: 'Pending' } } });
  cloud.on('POST', `${feature}/register`, { body: { properties: { state: 'Registering' } } });
  const { providers, features } = await cloud.azure();
  expect(await providers.state('Microsoft.ContainerService', signal)).toBe('Registering');
  expect(await providers.apiVersions('Microsoft.ContainerService', 'managedClusters', signal)).toEqual([
    '2026-06-01',
    '2025-01-01',
  ]);
  await providers.register('Microsoft.ContainerService', signal);
  expect(await features.state('Microsoft.ContainerService', 'KubeProxyConfigurationPreview', signal)).toBe('Pending');
  await features.register('Microsoft.ContainerService', 'KubeProxyConfigurationPreview', signal);
  expect(cloud.only('POST', '/register')).toHaveLength(2);
});

test('data collection: rule and association as they were given', async () => {
  await using cloud = await scriptedAzure();
  const rule = `${GROUP}/providers/Microsoft.Insights/dataCollectionRules/dcr`;
  const association = `${CLUSTER}/providers/Microsoft.Insights/dataCollectionRuleAssociations/ContainerInsightsExtension`;
  const body = { location: 'uksouth', kind: 'Linux' as const, tags: {}, properties: { dataFlows: [] } };
  cloud.on('PUT', rule, { body: { ...body, id: rule } });
  cloud.on('PUT', association, { body: {} });
  cloud.on('GET', association, { body: { properties: { dataCollectionRuleId: rule } } });
  const { dataCollectionRules, associations } = await cloud.azure();
  await dataCollectionRules.put('lab', 'dcr', body, { etag: '"1"' }, signal);
  await associations.put(
    CLUSTER,
    'ContainerInsightsExtension',
    { dataCollectionRuleId: rule, description: 'd' },
    undefined,
    signal,
  );
  expect(cloud.only('PUT', '/dataCollectionRules/')[0]?.headers).toMatchObject({ 'if-match': '"1"' });
  expect(cloud.only('PUT', 'Associations')[0]?.headers).toMatchObject({ 'if-none-match': '*' });
  expect(cloud.only('PUT', '/dataCollectionRules/')[0]?.body).toEqual(body);
  expect(cloud.only('PUT', 'Associations')[0]?.body).toEqual({
    properties: { dataCollectionRuleId: rule, description: 'd' },
  });
  expect(await associations.find(CLUSTER, 'ContainerInsightsExtension', signal)).toEqual({
    dataCollectionRuleId: rule,
  });
  await associations.delete(CLUSTER, 'gone', signal);
});

test('sizes and quota of a region: one listing for all sizes, zone restrictions are none', async () => {
  await using cloud = await scriptedAzure();
  const size = (name: string, restrictions: readonly unknown[]) => ({
    resourceType: 'virtualMachines',
    name,
    family: 'standardDSv5Family',
    locations: ['UKSouth'],
    capabilities: [{ name: 'vCPUs', value: '4' }],
    restrictions,
  });
  cloud.on('GET', `${ROOT}/providers/Microsoft.Compute/skus`, {
    body: {
      value: [
        size('Standard_D4s_v5', [{ type: 'Zone', reasonCode: 'NotAvailableForSubscription' }]),
        size('Standard_E4s_v5', [{ type: 'Location', reasonCode: 'NotAvailableForSubscription' }]),
      ],
    },
  });
  cloud.on('GET', `${ROOT}/providers/Microsoft.Compute/locations/uksouth/usages`, {
    body: { value: [{ name: { value: 'standardDSv5Family' }, currentValue: 4, limit: 10 }] },
  });
  const { compute } = await cloud.azure();
  expect(await compute.size('uksouth', 'standard_d4s_v5', signal)).toEqual({
    family: 'standardDSv5Family',
    vCpus: 4,
    restriction: undefined,
  });
  expect(await compute.size('uksouth', 'Standard_E4s_v5', signal)).toMatchObject({
    restriction: 'NotAvailableForSubscription',
  });
  expect(await compute.size('uksouth', 'Standard_X', signal)).toBeUndefined();
  expect(await compute.quota('uksouth', 'StandardDSv5Family', signal)).toEqual({ used: 4, limit: 10 });
  expect(cloud.only('GET', 'Compute/skus')).toHaveLength(1);
  expect(cloud.only('GET', 'Compute/skus')[0]?.query.get('$filter')).toBe("location eq 'uksouth'");
});

test('stops with the reason of the signal, whoever is being asked', async () => {
  await using cloud = await scriptedAzure();
  const azure = await cloud.azure();
  const stop = AbortSignal.abort(new Error('the user wants to stop'));
  const asked = [
    azure.signIn(stop),
    azure.groups.find('lab', stop),
    azure.workspaces.findById(WORKSPACE, stop),
    azure.sentinel.onboard(WORKSPACE, stop),
    azure.dataCollectionRules.find('lab', 'dcr', stop),
    azure.clusters.kubeconfig('lab', 'aks', stop),
  ];
  const ended = await Promise.allSettled(asked);
  expect(ended.map((each) => (each.status === 'rejected' ? String(each.reason) : 'went on'))).toEqual(
    asked.map(() => 'Error: the user wants to stop'),
  );
});
