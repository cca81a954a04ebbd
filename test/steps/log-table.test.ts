import { expect, test } from 'vitest';
import { type World, world } from '../support/world.ts';

const signal = new AbortController().signal;
const tableId = ({ config }: World): string =>
  `/subscriptions/${config.subscription}/resourceGroups/${config.resourceGroup}/providers/Microsoft.OperationalInsights/workspaces/${config.workspace.name}/tables/ContainerLogV2`;

test('is put on the Analytics plan, because no rule runs on a Basic table', async () => {
  const lab = await world();
  await lab.run('log-table');
  const [put] = await lab.azure.requests({ method: 'PUT', type: 'tables/ContainerLogV2' });
  expect(put?.body).toMatchObject({ properties: { plan: 'Analytics' } });
  await expect(lab.run('log-table')).resolves.toMatchObject({ changed: false });
});

test('a Basic plan is drift: left alone without consent, put right with it', async () => {
  const lab = await world();
  const { out } = await lab.run('workspace');
  await lab.run('log-table');
  await lab.sandbox.sabotage({ kind: 'arm-property', id: tableId(lab), path: 'properties.plan', value: 'Basic' });
  await expect(lab.run('log-table')).rejects.toMatchObject({
    kind: 'drift',
    message: expect.stringContaining("the table's plan is Basic"),
  });
  await lab.run('log-table', { consent: true });
  const { id } = out as { id: string };
  expect(await lab.azure.tables.find(id, 'ContainerLogV2', signal)).toMatchObject({ plan: 'Analytics' });
});
