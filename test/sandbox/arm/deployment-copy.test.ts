import { expect, test } from 'vitest';
import { bodyOf, deployments, inner, templateOf, workspaceOf, workspaces } from './deployment-world.ts';

const version = 'api-version=2025-07-01';
const searchOf = (change: Readonly<Record<string, unknown>>) => ({
  type: `${workspaces}/savedSearches`,
  apiVersion: '2025-07-01',
  properties: { category: 'ours', displayName: 'Ours', query: 'Heartbeat' },
  ...change,
});

test('loops make resources, members, variables and outputs', async () => {
  const { sandbox, path, put, finished } = await deployments();
  const copy = { name: 'all', count: "[length(variables('days'))]" };
  await put(
    bodyOf(
      [
        searchOf({
          name: "[format('logs-{0}/tagged', 1)]",
          dependsOn: ['all'],
          properties: {
            category: 'ours',
            displayName: 'Ours',
            query: 'Heartbeat',
            copy: [
              {
                name: 'tags',
                count: 2,
                input: { name: "[concat('t', copyIndex('tags'))]", value: "[string(copyIndex('tags', 10))]" },
              },
            ],
          },
        }),
        workspaceOf("[concat('logs-', copyIndex(1))]", {
          copy,
          properties: { retentionInDays: "[variables('days')[copyIndex('all')]]" },
        }),
      ],
      {
        variables: { copy: [{ name: 'days', count: 3, input: "[add(60, copyIndex('days'))]" }] },
        outputs: {
          ids: {
            type: 'array',
            copy: { count: 2, input: "[reference(concat('logs-', copyIndex(1))).retentionInDays]" },
          },
        },
      },
    ),
  );
  expect(await finished()).toMatchObject({
    provisioningState: 'Succeeded',
    outputs: { ids: { type: 'array', value: [60, 61] } },
  });
  for (const [name, retentionInDays] of [
    ['logs-1', 60],
    ['logs-2', 61],
    ['logs-3', 62],
  ] as const)
    expect(inner(await sandbox.request('GET', `${path(workspaces, name)}?${version}`))).toMatchObject({
      retentionInDays,
    });
  const tagged = await sandbox.request('GET', `${path(workspaces, 'logs-1')}/savedSearches/tagged?${version}`);
  expect(inner(tagged)['tags']).toEqual([
    { name: 't0', value: '10' },
    { name: 't1', value: '11' },
  ]);
});

test('a serial loop begins a batch when the one before is over', async () => {
  const { sandbox, deployment, put, finished } = await deployments(200);
  const copy = { name: 'all', count: 3, mode: 'serial', batchSize: 2 };
  await put(bodyOf([workspaceOf("[concat('logs-', copyIndex())]", { copy })]));
  const begun = async () =>
    ((await sandbox.request('GET', deployment('/operations'))).body['value'] as readonly unknown[]).length;
  const seen = new Set<number>();
  while (!seen.has(3)) seen.add(await begun());
  expect(seen.has(1)).toBe(false);
  expect(await finished()).toMatchObject({ provisioningState: 'Succeeded' });
  const { value } = (await sandbox.request('GET', deployment('/operations'))).body as unknown as {
    readonly value: readonly { readonly properties: { readonly timestamp: string; readonly duration: string } }[];
  };
  const [first, , last] = value.map(({ properties: { timestamp, duration } }) => ({
    end: Date.parse(timestamp),
    start: Date.parse(timestamp) - Number(/[\d.]+/u.exec(duration)?.[0]) * 1000,
  }));
  expect(last?.start).toBeGreaterThanOrEqual(first?.end ?? Number.POSITIVE_INFINITY);
});

test('a loop of no turns makes nothing, and one without an end is refused', async () => {
  const { sandbox, deployment, put, finished } = await deployments();
  const looped = (count: unknown) =>
    bodyOf([workspaceOf("[concat('logs-', copyIndex())]", { copy: { name: 'all', count } })]);
  for (const count of [801, -1, 1.5, 'two'])
    expect(await put(looped(count))).toMatchObject({ status: 400, body: { error: { code: 'InvalidTemplate' } } });
  expect((await sandbox.request('GET', deployment())).status).toBe(404);
  await put(looped(0));
  expect(await finished()).toMatchObject({ provisioningState: 'Succeeded', outputResources: [] });
});

test('copyIndex has no meaning outside a loop', async () => {
  const { put } = await deployments();
  const answer = await put(bodyOf([workspaceOf("[concat('logs-', copyIndex())]")]));
  expect(answer).toMatchObject({ status: 400, text: expect.stringContaining("'copyIndex' is not expected") });
});

const nested = (name: string, template: unknown, change: Readonly<Record<string, unknown>> = {}) => ({
  type: 'Microsoft.Resources/deployments',
  apiVersion: '2022-09-01',
  name,
  properties: { mode: 'Incremental', template, ...change },
});

test('a nested template reads its own parameters in an inner scope, those around it in an outer one', async () => {
  const { sandbox, group, path, put, finished } = await deployments();
  await sandbox.request('PUT', group('other'), { body: { location: 'westeurope' } });
  const variables = (name: string) => ({ variables: { name } });
  const template = (name: string) =>
    templateOf([workspaceOf("[variables('name')]")], {
      ...variables(name),
      outputs: { where: { type: 'string', value: '[resourceGroup().name]' } },
    });
  await put(
    bodyOf(
      [
        nested('outer', template('logs-inside')),
        {
          ...nested(
            'inner',
            templateOf([workspaceOf("[parameters('called')]")], {
              parameters: { called: { type: 'string' } },
              outputs: { id: { type: 'string', value: `[resourceId('${workspaces}', parameters('called'))]` } },
            }),
            {
              expressionEvaluationOptions: { scope: 'inner' },
              parameters: {
                called: { value: "[concat(variables('name'), '-', reference('outer').outputs.where.value)]" },
              },
            },
          ),
          dependsOn: ['outer'],
          resourceGroup: 'other',
        },
      ],
      {
        ...variables('logs-outside'),
        outputs: {
          id: {
            type: 'string',
            value: "[reference(resourceId('other', 'Microsoft.Resources/deployments', 'inner')).outputs.id.value]",
          },
        },
      },
    ),
  );
  const id = path(workspaces, 'logs-outside-rg', 'other');
  expect(await finished()).toMatchObject({
    provisioningState: 'Succeeded',
    outputs: { id: { value: id } },
    outputResources: [{ id: path(workspaces, 'logs-outside') }, { id }],
  });
  expect((await sandbox.request('GET', `${path(workspaces, 'logs-inside')}?${version}`)).status).toBe(404);
  expect((await sandbox.request('GET', `${id}?${version}`)).body).toMatchObject({ location: 'westeurope' });
});

test('what fails inside fails the whole, and says why', async () => {
  const { sandbox, deployment, put, finished } = await deployments();
  const wrong = workspaceOf('logs', { properties: { retentionInDays: 5 } });
  await put(bodyOf([nested('inside', templateOf([wrong]))]));
  expect(await finished()).toMatchObject({
    provisioningState: 'Failed',
    error: { details: [{ code: 'DeploymentFailed', details: [{ code: 'InvalidParameter' }] }] },
  });
  expect((await sandbox.request('GET', deployment('/operations'))).body['value']).toMatchObject([
    { properties: { targetResource: { resourceType: 'Microsoft.Resources/deployments', resourceName: 'inside' } } },
  ]);
});

test.each([
  [
    'an unknown type',
    nested('in', templateOf([{ ...workspaceOf('logs'), type: 'Microsoft.Nothing/at' }])),
    'InvalidTemplate',
  ],
  [
    'a region that there is not',
    nested('in', templateOf([workspaceOf('logs', { location: 'atlantis' })])),
    'InvalidTemplateDeployment',
  ],
  ['the mode Complete', nested('in', templateOf([]), { mode: 'Complete' }), 'InvalidNestedDeploymentMode'],
  [
    'a group that there is not',
    { ...nested('in', templateOf([])), resourceGroup: 'none' },
    'InvalidTemplateDeployment',
  ],
  [
    'a template elsewhere',
    nested('in', undefined, { templateLink: { uri: 'https://example.invalid/a.json' } }),
    'InvalidTemplate',
  ],
])('a nested template with %s is refused with the whole', async (_what, resource, code) => {
  const { sandbox, deployment, put } = await deployments();
  expect(await put(bodyOf([resource]))).toMatchObject({ status: 400, body: { error: { code } } });
  expect((await sandbox.request('GET', deployment())).status).toBe(404);
});
