import { describe, expect, test } from 'vitest';
import { startLab, type Answer, type Lab } from '../lab.ts';

const definition = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'policies.example.io' },
  spec: {
    group: 'example.io',
    scope: 'Cluster',
    names: { plural: 'policies', kind: 'Policy', shortNames: ['pol'] },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        subresources: { status: {} },
        additionalPrinterColumns: [{ name: 'Mode', type: 'string', jsonPath: '.spec.mode' }],
        schema: {
          openAPIV3Schema: {
            type: 'object',
            required: ['spec'],
            properties: {
              spec: {
                type: 'object',
                required: ['mode'],
                properties: {
                  mode: { type: 'string', enum: ['audit', 'enforce'] },
                  level: { type: 'integer', minimum: 1, default: 3 },
                  hooks: {
                    type: 'array',
                    maxItems: 2,
                    'x-kubernetes-list-type': 'map',
                    'x-kubernetes-list-map-keys': ['call'],
                    items: {
                      type: 'object',
                      required: ['call'],
                      properties: { call: { type: 'string' }, index: { type: 'integer' } },
                    },
                  },
                  port: { 'x-kubernetes-int-or-string': true },
                  free: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
                },
              },
              status: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
            },
          },
        },
      },
    ],
  },
};

/** A busy machine takes its time. */
const soon = { timeout: 10_000 };
const policies = '/apis/example.io/v1/policies';
const policy = (spec: object, name = 'a'): object => ({
  apiVersion: 'example.io/v1',
  kind: 'Policy',
  metadata: { name },
  spec,
});

const labWithKind = async (): Promise<Lab> => {
  const lab = await startLab();
  await lab.ask('POST', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', definition);
  await expect.poll(async () => (await lab.ask('GET', policies)).status, soon).toBe(200);
  return lab;
};

describe('a custom kind', () => {
  test('is served from the moment it is Established until its definition goes, and its objects go with it', async () => {
    const lab = await startLab();
    expect((await lab.ask('GET', policies)).status).toBe(404);
    await lab.ask('POST', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', definition);
    await expect.poll(async () => (await lab.ask('GET', policies)).status, soon).toBe(200);
    const { resources } = (await lab.ask('GET', '/apis/example.io/v1')).body as unknown as {
      resources: readonly { name: string; shortNames?: readonly string[] }[];
    };
    expect(resources.map(({ name }) => name)).toEqual(['policies', 'policies/status']);
    expect(resources[0]?.shortNames).toEqual(['pol']);
    await lab.ask('POST', policies, policy({ mode: 'audit' }));
    await lab.ask('DELETE', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions/policies.example.io');
    // Its finalizer takes the objects away first.
    await expect.poll(async () => (await lab.ask('GET', policies)).status, soon).toBe(404);
    await lab.ask('POST', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', definition);
    await expect.poll(async () => (await lab.ask('GET', policies)).status, soon).toBe(200);
    expect((await lab.ask('GET', policies)).body['items']).toEqual([]);
  });

  test('has defaults, drops unknown fields and keeps those it was told to keep', async () => {
    const lab = await labWithKind();
    const { status, body, headers } = await lab.ask(
      'POST',
      policies,
      policy({ mode: 'audit', other: 1, free: { any: [1] }, port: '80' }),
    );
    expect(status).toBe(201);
    expect(body['spec']).toEqual({ mode: 'audit', level: 3, free: { any: [1] }, port: '80' });
    expect(headers['warning']).toBe('299 - "unknown field \\"spec.other\\""');
    const strict = await lab.ask(
      'POST',
      `${policies}?fieldValidation=Strict`,
      policy({ mode: 'audit', other: 1 }, 'b'),
    );
    expect(strict.body['message']).toBe(
      'Policy in version "v1" cannot be handled as a Policy: strict decoding error: unknown field "spec.other"',
    );
    const merge = { 'content-type': 'application/merge-patch+json' };
    const patched = await lab.ask('PATCH', `${policies}/a?fieldValidation=Strict`, { spec: { other: 1 } }, merge);
    expect([patched.status, patched.body['message']]).toEqual([
      422,
      expect.stringMatching(
        /^ "" is invalid: patch: Invalid value: ".*": strict decoding error: unknown field "spec.other"$/,
      ),
    ]);
  });

  test.each([
    ['a missing field', {}, 'Policy.example.io "a" is invalid: spec.mode: Required value'],
    [
      'a value not in the enum',
      { mode: 'off' },
      'Policy.example.io "a" is invalid: spec.mode: Unsupported value: "off": supported values: "audit", "enforce"',
    ],
    [
      'a number below the minimum',
      { mode: 'audit', level: 0 },
      'Policy.example.io "a" is invalid: spec.level: Invalid value: 0: spec.level in body should be greater than or equal to 1',
    ],
    [
      'a wrong type',
      { mode: 'audit', level: 'x' },
      'Policy.example.io "a" is invalid: spec.level: Invalid value: "string": spec.level in body must be of type integer: "string"',
    ],
    [
      'a list that is too long',
      { mode: 'audit', hooks: [{ call: 'a' }, { call: 'b' }, { call: 'c' }] },
      'Policy.example.io "a" is invalid: spec.hooks: Too many: 3: must have at most 2 items',
    ],
    [
      'a key twice',
      { mode: 'audit', hooks: [{ call: 'a' }, { call: 'a' }] },
      'Policy.example.io "a" is invalid: spec.hooks[1]: Duplicate value: {"call":"a"}',
    ],
  ])('refuses %s', async (_what, spec, message) => {
    const lab = await labWithKind();
    const { status, body } = await lab.ask('POST', policies, policy(spec));
    expect([status, body['message']]).toEqual([422, message]);
  });

  test('is applied by its list keys and has no strategic merge', async () => {
    const lab = await labWithKind();
    const apply = (manager: string, spec: object): Promise<Answer> =>
      lab.ask('PATCH', `${policies}/a?fieldManager=${manager}`, policy(spec), {
        'content-type': 'application/apply-patch+yaml',
      });
    await apply('one', { mode: 'audit', hooks: [{ call: 'x', index: 1 }] });
    const both = await apply('two', { mode: 'audit', hooks: [{ call: 'y', index: 2 }] });
    expect(both.body['spec']).toMatchObject({
      hooks: [
        { call: 'x', index: 1 },
        { call: 'y', index: 2 },
      ],
    });
    const clash = await apply('two', { mode: 'audit', hooks: [{ call: 'x', index: 3 }] });
    expect(clash.body['message']).toBe(
      'Apply failed with 1 conflict: conflict with "one": .spec.hooks[call="x"].index',
    );
    const strategic = await lab.ask(
      'PATCH',
      `${policies}/a`,
      {},
      { 'content-type': 'application/strategic-merge-patch+json' },
    );
    expect(strategic.status).toBe(415);
  });

  test('counts generations by spec alone, and prints its own columns', async () => {
    const lab = await labWithKind();
    await lab.ask('POST', policies, policy({ mode: 'audit' }));
    const merge = { 'content-type': 'application/merge-patch+json' };
    await lab.ask('PATCH', `${policies}/a/status`, { status: { loaded: true } }, merge);
    const { body } = await lab.ask('PATCH', `${policies}/a`, { spec: { mode: 'enforce' } }, merge);
    expect(body).toMatchObject({ metadata: { generation: 2 }, status: { loaded: true } });
    const table = await lab.ask('GET', policies, undefined, { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' });
    expect(table.body['rows']).toMatchObject([{ cells: ['a', 'enforce'] }]);
  });

  test('must be defined properly', async () => {
    const lab = await startLab();
    const wrong = { ...definition, metadata: { name: 'policy.example.io' } };
    const { body } = await lab.ask('POST', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', wrong);
    expect(body['message']).toBe(
      'CustomResourceDefinition.apiextensions.k8s.io "policy.example.io" is invalid: metadata.name: Invalid value: "policy.example.io": must be spec.names.plural+"."+spec.group',
    );
  });
});
