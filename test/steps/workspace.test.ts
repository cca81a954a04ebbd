import { expect, test } from 'vitest';
import { Problem } from '../../src/errors/problem.ts';
import { exitCodeOf } from '../../src/errors/exit-code.ts';
import { type World, world } from '../support/world.ts';

const signal = new AbortController().signal;
const theirs = { location: 'westeurope', tags: { team: 'blue' }, retentionDays: 31 };

const put = async ({ azure, config, run }: World, body = theirs): Promise<void> => {
  await run('resource-group');
  await azure.workspaces.put(config.resourceGroup, config.workspace.name, body, undefined, signal);
};
const seen = ({ azure, config }: World) => azure.workspaces.find(config.resourceGroup, config.workspace.name, signal);

test('is made with the retention of the config, and its output is what later steps need', async () => {
  const lab = await world({ 'retention-days': 60 });
  const { out } = await lab.run('workspace');
  const made = await seen(lab);
  expect(made).toMatchObject({ retentionDays: 60, provisioningState: 'Succeeded' });
  expect(out).toEqual({ id: made?.id, customerId: made?.customerId, location: 'uksouth' });
});

test('one of somebody else stops the run with not-ours and the exit code of a check before the first write', async () => {
  const lab = await world();
  await put(lab);
  const error: unknown = await lab.run('workspace').catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ kind: 'preflight', code: 'not-ours', hint: expect.stringContaining('--adopt') });
  expect(error instanceof Problem && exitCodeOf(error)).toBe(4);
  expect(await seen(lab)).toMatchObject({ tags: { team: 'blue' } });
});

test('--adopt signs it, keeps its region and retention, and down keeps it', async () => {
  const lab = await world({ adopt: true, 'retention-days': 90 });
  await put(lab);
  await expect(lab.run('workspace')).resolves.toMatchObject({ changed: true });
  expect(await seen(lab)).toMatchObject({
    location: 'westeurope',
    retentionDays: 31,
    tags: {
      team: 'blue',
      'aks-ebpf-sentinel-owner': lab.services.owner,
      'aks-ebpf-sentinel-adopted': 'true',
    },
  });
  // A PUT would have put our price tier and no daily cap in place of theirs.
  expect(await lab.azure.requests({ method: 'PUT', type: '/workspaces/' })).toHaveLength(1);
  await expect(lab.run('workspace')).resolves.toMatchObject({ changed: false });
  const removal = (await lab.removals()).find(({ id }) => id === 'workspace');
  expect(removal?.removal.kept).toBe('this deployment did not make it');
});

test('another retention is drift: left alone without consent, put right with it', async () => {
  const lab = await world({ 'retention-days': 90 });
  await lab.run('workspace');
  const longer = await lab.elsewhere({ 'retention-days': 120 });
  await expect(longer.run('workspace')).rejects.toMatchObject({
    kind: 'drift',
    message: expect.stringContaining('retention is 90 days, the config says 120'),
  });
  expect(await seen(lab)).toMatchObject({ retentionDays: 90 });
  await longer.run('workspace', { consent: true });
  expect(await seen(lab)).toMatchObject({ retentionDays: 120 });
});

test('one that was deleted here comes back with its data, and the run says so', async () => {
  const lab = await world();
  await lab.run('workspace');
  const before = await seen(lab);
  await lab.down();
  const { events } = await lab.run('workspace');
  expect(events).toContainEqual(
    expect.objectContaining({ type: 'warning', step: 'workspace', code: 'workspace-recovered' }),
  );
  expect((await seen(lab))?.customerId).toBe(before?.customerId);
});

test('one that was deleted in another region stops the run at once, with the two ways out', async () => {
  const lab = await world({ 'workspace-location': 'westeurope' });
  await lab.run('workspace');
  await lab.down();
  const elsewhere = await lab.elsewhere({ 'workspace-location': 'northeurope' });
  const error: unknown = await elsewhere.run('workspace').catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({
    kind: 'preflight',
    code: 'workspace-name-held',
    message: expect.stringContaining('deleted in westeurope'),
    hint: expect.stringContaining('--workspace-location westeurope'),
  });
  expect(await seen(elsewhere)).toBeUndefined();
});

test('one that is named by its id is used as it is and never removed', async () => {
  const lab = await world();
  await put(lab);
  const id = (await seen(lab))?.id ?? '';
  const guest = await world({ 'workspace-id': id });
  const { changed, out } = await guest.run('workspace');
  expect({ changed, out }).toMatchObject({ changed: false, out: { id, location: 'westeurope' } });
  expect(await seen(lab)).toMatchObject({ tags: { team: 'blue' }, retentionDays: 31 });
  const removal = (await guest.removals()).find(({ id: step }) => step === 'workspace');
  expect(removal?.removal.kept).toBeDefined();
});

test('an id that names nothing stops the run before the first write', async () => {
  const { config } = await world();
  const id = `/subscriptions/${config.subscription}/resourceGroups/none/providers/Microsoft.OperationalInsights/workspaces/none`;
  const lab = await world({ 'workspace-id': id });
  await expect(lab.run('workspace')).rejects.toMatchObject({ kind: 'preflight', code: 'workspace-missing' });
});
