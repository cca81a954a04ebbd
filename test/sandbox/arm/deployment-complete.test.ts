import { expect, test } from 'vitest';
import { bodyOf, type Deployments, deployments, templateOf, workspaceOf, workspaces } from './deployment-world.ts';

const version = 'api-version=2025-07-01';
const three = async (speed?: number): Promise<Deployments> => {
  const lab = await deployments(speed);
  const { sandbox, path } = lab;
  for (const name of ['logs-kept', 'logs-inside', 'logs-other'])
    await sandbox.request('PUT', `${path(workspaces, name)}?${version}`, {
      body: { location: 'uksouth', tags: { by: 'hand' } },
    });
  for (const name of ['logs-kept', 'logs-inside', 'logs-other'])
    await sandbox.until(`${path(workspaces, name)}?${version}`, ({ text }) => text.includes('"Succeeded"'));
  return lab;
};
const resources = [
  workspaceOf('logs-kept'),
  {
    type: 'Microsoft.Resources/deployments',
    apiVersion: '2022-09-01',
    name: 'inside',
    properties: { mode: 'Incremental', template: templateOf([workspaceOf('logs-inside')]) },
  },
  workspaceOf('logs-new'),
];
const there = async ({ sandbox, path }: Deployments) =>
  Promise.all(
    ['logs-kept', 'logs-inside', 'logs-new', 'logs-other'].map(
      async (name) => (await sandbox.request('GET', `${path(workspaces, name)}?${version}`)).status,
    ),
  );

test('the mode Complete deletes what no template of it names', async () => {
  const lab = await three();
  await lab.put(bodyOf(resources, {}, 'Complete'));
  expect(await lab.finished()).toMatchObject({ provisioningState: 'Succeeded', mode: 'Complete' });
  expect(await there(lab)).toEqual([200, 200, 200, 404]);
  const { value } = (await lab.sandbox.request('GET', lab.deployment('/operations'))).body as unknown as {
    readonly value: readonly { readonly properties: Readonly<Record<string, unknown>> }[];
  };
  expect(value.map(({ properties }) => properties['provisioningOperation'])).toEqual([
    'Create',
    'Create',
    'Create',
    'Delete',
  ]);
});

test('where something of it fails, nothing is deleted; nor what a lock keeps', async () => {
  const lab = await three();
  await lab.put(bodyOf([workspaceOf('logs-new', { properties: { retentionInDays: 5 } })], {}, 'Complete'));
  expect(await lab.finished()).toMatchObject({ provisioningState: 'Failed' });
  expect(await there(lab)).toEqual([200, 200, 404, 200]);
  const lock = `${lab.path(workspaces, 'logs-other')}/providers/Microsoft.Authorization/locks/keep?api-version=2020-05-01`;
  await lab.sandbox.request('PUT', lock, { body: { properties: { level: 'CanNotDelete' } } });
  await lab.put(bodyOf(resources, {}, 'Complete'));
  expect(await lab.finished()).toMatchObject({
    provisioningState: 'Failed',
    error: { details: [{ code: 'ScopeLocked' }] },
  });
  expect((await there(lab)).at(-1)).toBe(200);
});

test('what-if tells of all that would come, change, stay and go, and changes nothing', async () => {
  const lab = await three();
  const { sandbox, path } = lab;
  const ask = async (mode: 'Incremental' | 'Complete', resultFormat: string) => {
    const answer = await sandbox.request('POST', lab.deployment('/whatIf'), {
      body: { properties: { ...bodyOf(resources, {}, mode).properties, whatIfSettings: { resultFormat } } },
    });
    expect(answer).toMatchObject({ status: 202, text: '' });
    const { body } = await sandbox.until(answer.headers['location'] ?? '', ({ status }) => status === 200);
    return (body['properties'] as { readonly changes: readonly Readonly<Record<string, unknown>>[] }).changes;
  };
  const id = (name: string) => path(workspaces, name);
  const [kept, inside, made, other] = await ask('Complete', 'FullResourcePayloads');
  expect(kept).toMatchObject({
    resourceId: id('logs-kept'),
    changeType: 'Modify',
    delta: [
      { path: 'properties.retentionInDays', propertyChangeType: 'Modify', before: 30, after: 60 },
      { path: 'tags.by', propertyChangeType: 'Delete', before: 'hand', after: null },
    ],
  });
  expect(inside).toMatchObject({ resourceId: id('logs-inside'), changeType: 'Modify' });
  expect(made).toMatchObject({
    resourceId: id('logs-new'),
    changeType: 'Create',
    before: null,
    after: { location: 'uksouth', properties: { retentionInDays: 60 } },
  });
  expect(other).toMatchObject({ resourceId: id('logs-other'), changeType: 'Delete', after: null });
  const types = (await ask('Incremental', 'ResourceIdOnly')).map(({ changeType }) => changeType);
  expect(types).toEqual(['Deploy', 'Deploy', 'Create', 'Ignore']);
  expect(await there(lab)).toEqual([200, 200, 404, 200]);
});

test('what is as the template says is told to be no change', async () => {
  const lab = await deployments();
  await lab.put(bodyOf([workspaceOf('logs-kept')]));
  await lab.finished();
  const answer = await lab.sandbox.request('POST', lab.deployment('/whatIf'), {
    body: bodyOf([workspaceOf('logs-kept')]),
  });
  const { body } = await lab.sandbox.until(answer.headers['location'] ?? '', ({ status }) => status === 200);
  expect(body).toMatchObject({ status: 'Succeeded', properties: { changes: [{ changeType: 'NoChange', delta: [] }] } });
});
