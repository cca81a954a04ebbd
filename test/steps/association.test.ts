import { expect, test } from 'vitest';
import { world } from '../support/world.ts';

const signal = new AbortController().signal;
const name = 'ContainerInsightsExtension';

test('hangs on the cluster under the name that the agent looks for', async () => {
  const lab = await world();
  await lab.run('association');
  const [put] = await lab.azure.requests({ method: 'PUT', type: `dataCollectionRuleAssociations/${name}` });
  expect(put?.path.toLowerCase()).toBe(
    `${lab.clusterId}/providers/Microsoft.Insights/dataCollectionRuleAssociations/${name}`.toLowerCase(),
  );
  await expect(lab.run('association')).resolves.toMatchObject({ changed: false });
});

test('one with another rule is drift: left alone without consent, put right with it', async () => {
  const lab = await world();
  const { out } = await lab.run('data-collection');
  const { id } = out as { id: string };
  await lab.run('cluster');
  const other = `${id}-other`;
  const rule = await lab.azure.dataCollectionRules.find(lab.config.resourceGroup, id.split('/').at(-1) ?? '', signal);
  // What the service tells beside what it was told is no part of a rule.
  const { immutableId: _id, provisioningState: _state, ...properties } = rule?.properties ?? {};
  await lab.azure.dataCollectionRules.put(
    lab.config.resourceGroup,
    other.split('/').at(-1) ?? '',
    { location: 'uksouth', kind: 'Linux', tags: {}, properties },
    undefined,
    signal,
  );
  const put = { dataCollectionRuleId: other, description: 'theirs' };
  await lab.azure.associations.put(lab.clusterId, name, put, {}, signal);
  await expect(lab.run('association')).rejects.toMatchObject({
    kind: 'drift',
    message: expect.stringMatching(/associated with .*-other/),
  });
  const removal = (await lab.removals()).find(({ id: step }) => step === 'association');
  expect(removal?.removal.kept).toBe('it belongs to another data collection rule');
  await lab.run('association', { consent: true });
  expect((await lab.azure.associations.find(lab.clusterId, name, signal))?.dataCollectionRuleId.toLowerCase()).toBe(
    id.toLowerCase(),
  );
});
