import { expect, test } from 'vitest';
import { clusterBody, world } from '../world.ts';

const version = 'api-version=2026-05-01';

test('systemData names who asked, and who asked last; what AKS does itself has no author', async () => {
  const sandbox = await world();
  const { published, subscription } = sandbox;
  await sandbox.register('Microsoft.ContainerService', 'Microsoft.Insights');
  await sandbox.request('PUT', `${subscription}/resourcegroups/rg?api-version=2025-04-01`, {
    body: { location: 'uksouth' },
  });
  const other = (await sandbox.control('POST', '/principals', { displayName: 'deployer', roles: ['Contributor'] }))
    .body as unknown as { readonly clientId: string; readonly clientSecret: string };
  const answer = await sandbox.request('POST', `${published.authority}/${published.tenantId}/oauth2/v2.0/token`, {
    token: null,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: other.clientId,
      client_secret: other.clientSecret,
      scope: `${published.arm}/.default`,
    }).toString(),
  });
  const token = String(answer.body['access_token']);
  const inGroup = `${subscription}/resourceGroups/rg/providers`;
  const cluster = `${inGroup}/Microsoft.ContainerService/managedClusters/lab?api-version=2026-03-02-preview`;
  const made = await sandbox.request('PUT', cluster, { body: clusterBody(), token });
  const theirs = { createdBy: other.clientId, createdByType: 'Application' };
  expect(made.body['systemData']).toMatchObject({ ...theirs, lastModifiedBy: other.clientId });
  const done = await sandbox.until(cluster, ({ text }) => text.includes('"kubeletidentity"'));
  expect(done.body['systemData']).toMatchObject({ ...theirs, lastModifiedBy: other.clientId });
  for (;;) {
    const changed = await sandbox.request('PATCH', cluster.replace(/api-version=.*/u, version), {
      body: { tags: { a: 'b' } },
    });
    if (changed.status === 409) continue;
    expect(changed.body['systemData']).toMatchObject({ ...theirs, lastModifiedBy: published.clientId });
    break;
  }
  const endpoint = `${inGroup}/Microsoft.Insights/dataCollectionEndpoints/dce?api-version=2023-03-11`;
  const mine = await sandbox.request('PUT', endpoint, { body: { location: 'uksouth', properties: {} } });
  expect(mine.body['systemData']).toMatchObject({ createdBy: published.clientId, lastModifiedBy: published.clientId });
});

test('the subscription administrator is a person', async () => {
  const sandbox = await world();
  await sandbox.register('Microsoft.Insights');
  await sandbox.request('PUT', `${sandbox.subscription}/resourcegroups/rg?api-version=2025-04-01`, {
    body: { location: 'uksouth' },
  });
  const path = `${sandbox.subscription}/resourceGroups/rg/providers/Microsoft.Insights/dataCollectionEndpoints/dce?api-version=2023-03-11`;
  await sandbox.control('POST', '/sabotage', {
    kind: 'arm-request',
    method: 'PUT',
    path,
    body: { location: 'uksouth', properties: {} },
  });
  expect((await sandbox.request('GET', path)).body['systemData']).toMatchObject({
    createdBy: 'admin@sandbox.invalid',
    createdByType: 'User',
  });
});
