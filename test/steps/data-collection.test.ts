import { expect, test } from 'vitest';
import { logStreams, ruleName } from '../../src/steps/data-collection.ts';
import { type World, world } from '../support/world.ts';

const signal = new AbortController().signal;
const rule = ({ azure, config }: World) =>
  azure.dataCollectionRules.find(
    config.resourceGroup,
    ruleName(config.workspace.location, config.cluster.name),
    signal,
  );

test('lives in the region of its workspace, not in that of the cluster', async () => {
  const lab = await world({ 'workspace-location': 'westeurope' });
  await lab.run('data-collection');
  expect(await rule(lab)).toMatchObject({ location: 'westeurope' });
});

test('sends every stream from its source to the workspace: one that stands in one place only is lost', async () => {
  const lab = await world();
  const { out } = await lab.run('workspace');
  await lab.run('data-collection');
  const { id } = out as { id: string };
  expect((await rule(lab))?.properties).toMatchObject({
    dataSources: { extensions: [{ extensionName: 'ContainerInsights', streams: logStreams }] },
    dataFlows: [{ streams: logStreams, destinations: ['la-workspace'] }],
    destinations: { logAnalytics: [{ workspaceResourceId: id, name: 'la-workspace' }] },
  });
});

test('a stream that was taken out is drift, and is put back with consent', async () => {
  const lab = await world();
  await lab.run('data-collection');
  const id = (await rule(lab))?.id;
  const streams = logStreams.slice(1);
  await lab.sandbox.sabotage({ kind: 'arm-property', id, path: 'properties.dataFlows.0.streams', value: streams });
  await expect(lab.run('data-collection')).rejects.toMatchObject({
    kind: 'drift',
    message: expect.stringContaining('lacks the stream Microsoft-ContainerLogV2'),
  });
  await lab.run('data-collection', { consent: true });
  expect((await rule(lab))?.properties).toMatchObject({ dataFlows: [{ streams: logStreams }] });
});

test('the group of all streams is as good as each of them', async () => {
  const lab = await world();
  await lab.run('data-collection');
  const group = ['Microsoft-ContainerInsights-Group-Default'];
  await lab.sandbox.sabotage({
    kind: 'arm-property',
    id: (await rule(lab))?.id,
    path: 'properties.dataFlows.0.streams',
    value: group,
  });
  await expect(lab.run('data-collection')).resolves.toMatchObject({ changed: false });
});

test('down takes it away, also where the workspace was brought along from another region', async () => {
  const host = await world({ 'workspace-location': 'westeurope' });
  const { out } = await host.run('workspace');
  const { id } = out as { id: string };
  const lab = await world({ 'workspace-id': id });
  await lab.run('data-collection');
  expect(await lab.azure.resources('dataCollectionRules')).toHaveLength(1);
  await lab.down();
  expect(await lab.azure.resources('dataCollectionRules')).toEqual([]);
});

test('a name is cut to what Azure allows and never ends in a dash', () => {
  expect(ruleName('uksouth', 'x'.repeat(63))).toHaveLength(64);
  expect(ruleName('uksouth', `${'x'.repeat(50)}-y`)).toBe(`MSCI-uksouth-${'x'.repeat(50)}`);
});

test('--adopt signs the rule of somebody else and leaves what it does to its owner', async () => {
  const lab = await world({ adopt: true });
  const { out } = await lab.run('workspace');
  const name = ruleName('uksouth', lab.config.cluster.name);
  const properties = {
    dataSources: {},
    dataFlows: [{ streams: ['Microsoft-ContainerInsights-Group-Default', 'Microsoft-Syslog'], destinations: ['logs'] }],
    destinations: {
      logAnalytics: [{ name: 'logs', workspaceResourceId: (out as { readonly id: string }).id }],
    },
  };
  const body = { location: 'uksouth', kind: 'Linux' as const, tags: { team: 'blue' }, properties };
  await lab.azure.dataCollectionRules.put(lab.config.resourceGroup, name, body, undefined, signal);
  await expect(lab.run('data-collection')).resolves.toMatchObject({ changed: true });
  expect(await lab.azure.dataCollectionRules.find(lab.config.resourceGroup, name, signal)).toMatchObject({
    tags: { team: 'blue', 'aks-ebpf-sentinel-adopted': 'true' },
    properties: { dataFlows: properties.dataFlows },
  });
});
