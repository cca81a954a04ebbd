import { ContainerServiceClient } from '@azure/arm-containerservice';
import { OperationalInsightsManagementClient } from '@azure/arm-operationalinsights';
import { ResourceManagementClient } from '@azure/arm-resources';
import { SecurityInsights } from '@azure/arm-securityinsight';
import { expect, test } from 'vitest';
import { clientOptions, clusterBody, world } from '../world.ts';

const poll = { updateIntervalInMs: 20 };

test('the unmodified SDKs take a subscription from nothing to a cluster, Sentinel and back', async () => {
  const sandbox = await world();
  const { credential, published } = sandbox;
  const options = clientOptions(sandbox);
  const resources = new ResourceManagementClient(credential, published.subscriptionId, options);
  const containers = new ContainerServiceClient(credential, published.subscriptionId, options);
  const insights = new OperationalInsightsManagementClient(credential, published.subscriptionId, options);
  const sentinel = new SecurityInsights(credential, published.subscriptionId, options);

  await sandbox.register(
    'Microsoft.ContainerService',
    'Microsoft.OperationalInsights',
    'Microsoft.SecurityInsights',
    'Microsoft.Insights',
  );
  await resources.resourceGroups.createOrUpdate('rg', { location: 'uksouth', tags: { owner: 'me' } });
  expect(await resources.resourceGroups.checkExistence('nowhere')).toMatchObject({ body: false });

  const workspace = await insights.workspaces.createOrUpdate(
    'rg',
    'logs-lab',
    { location: 'uksouth', sku: { name: 'PerGB2018' }, retentionInDays: 30 },
    poll,
  );
  expect(workspace).toMatchObject({ provisioningState: 'Succeeded', sku: { name: 'pergb2018' } });
  await insights.tables.createOrUpdate(
    'rg',
    'logs-lab',
    'ContainerLogV2',
    { plan: 'Analytics', retentionInDays: -1 },
    poll,
  );
  expect(await insights.tables.get('rg', 'logs-lab', 'ContainerLogV2')).toMatchObject({
    plan: 'Analytics',
    provisioningState: 'Succeeded',
  });

  await sentinel.sentinelOnboardingStates.create('rg', 'logs-lab', 'default', {
    sentinelOnboardingStateParameter: { customerManagedKey: false },
  });
  const state = `${sandbox.subscription}/resourceGroups/rg/providers/Microsoft.OperationalInsights/workspaces/logs-lab/providers/Microsoft.SecurityInsights/onboardingStates/default?api-version=2025-09-01`;
  await sandbox.until(state, ({ status }) => status === 200);
  const rule = await sentinel.alertRules.createOrUpdate('rg', 'logs-lab', 'shadow', {
    kind: 'Scheduled',
    displayName: 'Shadow file',
    enabled: true,
    query: 'ContainerLogV2 | where LogMessage has "shadow"',
    queryFrequency: 'PT5M',
    queryPeriod: 'PT1H',
    severity: 'Medium',
    suppressionDuration: 'PT5H',
    suppressionEnabled: false,
    triggerOperator: 'GreaterThan',
    triggerThreshold: 0,
    tactics: ['CredentialAccess'],
    techniques: ['T1003'],
  });
  expect(rule).toMatchObject({ kind: 'Scheduled', name: 'shadow' });

  const id = `${sandbox.subscription}/resourceGroups/rg/providers/Microsoft.ContainerService/managedClusters/lab`;
  await resources.resources.createOrUpdateById(id.slice(1), '2026-03-02-preview', clusterBody(workspace.id), poll);
  const cluster = await containers.managedClusters.get('rg', 'lab');
  expect(cluster).toMatchObject({ provisioningState: 'Succeeded', servicePrincipalProfile: { clientId: 'msi' } });
  expect(cluster.fqdn).toMatch(/^lab-[0-9a-f]{8}\.hcp\.uksouth\.azmk8s\.io$/u);
  const { kubeconfigs } = await containers.managedClusters.listClusterUserCredentials('rg', 'lab');
  expect(Buffer.from(kubeconfigs?.[0]?.value ?? []).toString()).toContain('kind: Config');

  const pools = [];
  for await (const pool of containers.agentPools.list('rg', 'lab')) pools.push(pool.name);
  expect(pools).toEqual(['system', 'workloads']);

  await containers.managedClusters.delete('rg', 'lab', poll);
  await expect(containers.managedClusters.get('rg', 'lab')).rejects.toMatchObject({
    statusCode: 404,
    code: 'ResourceNotFound',
  });
  await resources.resourceGroups.delete('rg', poll);
  expect(await resources.resourceGroups.checkExistence('rg')).toMatchObject({ body: false });
  expect(sandbox.told.at(-1)).toBe(`-${id}`);
});
