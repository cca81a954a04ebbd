import { expect, test } from 'vitest';
import { resourceGroup } from '../../src/steps/resource-group.ts';
import { world } from '../support/world.ts';

const signal = new AbortController().signal;

test('is made with the tags that say who owns it, for which config and by which version', async () => {
  const { azure, run, services, config } = await world();
  await expect(run('resource-group')).resolves.toMatchObject({ changed: true });
  const group = await azure.groups.find(config.resourceGroup, signal);
  expect(group).toMatchObject({ location: config.location });
  expect(group?.tags).toEqual({
    'aks-ebpf-sentinel-owner': services.owner,
    'aks-ebpf-sentinel-config': services.configHash.slice(0, 16),
    'aks-ebpf-sentinel-version': services.version,
  });
});

test('one that exists is used as it is, untagged, and down leaves it', async () => {
  const { azure, run, removals, config } = await world();
  await run('providers');
  await azure.groups.put(config.resourceGroup, { location: 'westeurope', tags: { team: 'blue' } }, signal);
  await expect(run('resource-group')).resolves.toMatchObject({ changed: false });
  expect(await azure.groups.find(config.resourceGroup, signal)).toMatchObject({
    location: 'westeurope',
    tags: { team: 'blue' },
  });
  expect(await removals()).toMatchObject([{ id: 'resource-group', removal: { kept: expect.any(String) } }]);
});

test('one of ours goes with down when it is empty', async () => {
  const { azure, run, down, config } = await world();
  await run('resource-group');
  await down();
  expect(await azure.groups.find(config.resourceGroup, signal)).toBeUndefined();
});

test('one of ours stays while something of somebody else lives in it', async () => {
  const { azure, run, services, config } = await world();
  await run('resource-group');
  await azure.workspaces.put(
    config.resourceGroup,
    'theirs',
    { location: 'uksouth', tags: {}, retentionDays: 30 },
    undefined,
    signal,
  );
  const warnings: string[] = [];
  const context = { out: {}, signal, progress: () => undefined };
  const warn = (_code: string, message: string): void => void warnings.push(message);
  const removal = await resourceGroup.removal?.({ ...services, ...context, warn });
  await removal?.remove(signal);
  expect(await removal?.gone(signal)).toBe(true);
  expect(warnings).toEqual([expect.stringContaining('stays, because it still holds workspaces theirs')]);
  expect(await azure.groups.find(config.resourceGroup, signal)).toBeDefined();
});

test('one that changed hands after the question is not removed', async () => {
  const { azure, run, removals, config } = await world();
  await run('resource-group');
  const [planned] = await removals();
  await azure.groups.put(config.resourceGroup, { location: config.location, tags: { team: 'blue' } }, signal);
  await expect(planned?.removal.remove(signal)).rejects.toMatchObject({ code: 'not-ours' });
  expect(await azure.groups.find(config.resourceGroup, signal)).toBeDefined();
});
