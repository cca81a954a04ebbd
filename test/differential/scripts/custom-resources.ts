import { http, patchTypes, type Call, type Script } from '../call.ts';

const crds = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
const group = '{p}.example';
const widgets = `/apis/${group}/v1/namespaces/{ns}/widgets`;

const schema = {
  type: 'object',
  required: ['spec'],
  properties: {
    spec: {
      type: 'object',
      required: ['size'],
      properties: {
        size: { type: 'integer', minimum: 1, maximum: 10 },
        mode: { type: 'string', enum: ['fast', 'slow'], default: 'slow' },
        code: { type: 'string', pattern: '^[a-z]+$', maxLength: 5 },
        tags: { type: 'array', maxItems: 2, items: { type: 'string' }, 'x-kubernetes-list-type': 'set' },
        parts: {
          type: 'array',
          items: {
            type: 'object',
            required: ['name'],
            properties: { name: { type: 'string' }, count: { type: 'integer', default: 1 } },
          },
          'x-kubernetes-list-type': 'map',
          'x-kubernetes-list-map-keys': ['name'],
        },
        free: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
        port: { 'x-kubernetes-int-or-string': true },
        replicas: { type: 'integer' },
      },
    },
    status: {
      type: 'object',
      properties: { replicas: { type: 'integer' }, phase: { type: 'string' }, selector: { type: 'string' } },
    },
  },
};

const definition = (more: object = {}): object => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: `widgets.${group}` },
  spec: {
    group,
    scope: 'Namespaced',
    names: { plural: 'widgets', kind: 'Widget', shortNames: ['wd'] },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        schema: { openAPIV3Schema: schema },
        subresources: {
          status: {},
          scale: {
            specReplicasPath: '.spec.replicas',
            statusReplicasPath: '.status.replicas',
            labelSelectorPath: '.status.selector',
          },
        },
        additionalPrinterColumns: [{ name: 'Size', type: 'integer', jsonPath: '.spec.size' }],
      },
    ],
    ...more,
  },
});

const widget = (name: string, spec: unknown, more: object = {}): object => ({
  apiVersion: `${group}/v1`,
  kind: 'Widget',
  metadata: { name },
  spec,
  ...more,
});
const refused = (what: string, spec: unknown): Call => http(`refused: ${what}`, 'POST', widgets, widget('no', spec));

/** Kinds that are brought along: their schemas, what they default, prune and refuse, and their subresources. */
export const script: Script = {
  name: 'custom-resources',
  calls: [
    http('a definition with a wrong name', 'POST', crds, {
      ...definition(),
      metadata: { name: 'gadgets.{p}.example' },
    }),
    http(
      'a definition without a schema',
      'POST',
      crds,
      definition({ versions: [{ name: 'v1', served: true, storage: true }] }),
    ),
    http('before there is a definition', 'GET', widgets),
    {
      name: 'a definition is accepted and served',
      async run(world) {
        const { status } = await world.ask('POST', crds, definition());
        const { body } = await world.until(`${crds}/widgets.${group}`, (answer) =>
          JSON.stringify(answer.body).includes('"InitialNamesAccepted"'),
        );
        const { conditions, acceptedNames, storedVersions } = (
          body as {
            readonly status: {
              readonly conditions: readonly {
                readonly type: string;
                readonly status: string;
                readonly reason: string;
                readonly message: string;
              }[];
              readonly acceptedNames: unknown;
              readonly storedVersions: unknown;
            };
          }
        ).status;
        await world.until(widgets, (answer) => answer.status === 200);
        return {
          status,
          acceptedNames,
          storedVersions,
          conditions: conditions
            .map(({ type, status: is, reason, message }) => ({ type, is, reason, message }))
            .toSorted((a, b) => (a.type < b.type ? -1 : 1)),
        };
      },
    },
    http('an empty list', 'GET', widgets),
    http(
      'create with defaults',
      'POST',
      widgets,
      widget('a', { size: 3, parts: [{ name: 'x' }], free: { any: { thing: 1 } }, port: 'http', replicas: 1 }),
    ),
    http('unknown fields are pruned', 'POST', widgets, widget('b', { size: 3, colour: 'red', free: { kept: true } })),
    http(
      'unknown fields are refused',
      'POST',
      `${widgets}?fieldValidation=Strict`,
      widget('no', { size: 3, colour: 'red' }),
    ),
    refused('no spec', undefined),
    refused('no size', {}),
    refused('too small', { size: 0 }),
    refused('too large', { size: 11 }),
    refused('a wrong type', { size: 'three' }),
    refused('a fraction', { size: 1.5 }),
    refused('not of the list', { size: 1, mode: 'medium' }),
    refused('not of the pattern', { size: 1, code: 'A1' }),
    refused('too long', { size: 1, code: 'abcdef' }),
    refused('too many', { size: 1, tags: ['a', 'b', 'c'] }),
    refused('twice in a set', { size: 1, tags: ['a', 'a'] }),
    refused('a key twice', { size: 1, parts: [{ name: 'x' }, { name: 'x' }] }),
    refused('a part without its key', { size: 1, parts: [{ count: 2 }] }),
    http('another kind', 'POST', widgets, { ...widget('no', { size: 1 }), kind: 'Gadget' }),
    http('replace without a version', 'PUT', `${widgets}/a`, widget('a', { size: 4 })),
    http('merge patch', 'PATCH', `${widgets}/a`, { spec: { size: 5 } }, patchTypes.merge),
    http('merge patch that is refused', 'PATCH', `${widgets}/a`, { spec: { size: 50 } }, patchTypes.merge),
    http('strategic merge patch', 'PATCH', `${widgets}/a`, { spec: { size: 5 } }, patchTypes.strategic),
    http(
      'apply a part by its key',
      'PATCH',
      `${widgets}/a?fieldManager=two`,
      widget('a', { parts: [{ name: 'y', count: 2 }] }),
      patchTypes.apply,
    ),
    http('apply a conflict', 'PATCH', `${widgets}/a?fieldManager=three`, widget('a', { size: 9 }), patchTypes.apply),
    http(
      'apply what the schema does not know',
      'PATCH',
      `${widgets}/a?fieldManager=three`,
      widget('a', { colour: 'red' }),
      patchTypes.apply,
    ),
    http(
      'status through the object is ignored',
      'PATCH',
      `${widgets}/a`,
      { status: { phase: 'Good' } },
      patchTypes.merge,
    ),
    http(
      'status through status',
      'PATCH',
      `${widgets}/a/status`,
      { status: { phase: 'Good', replicas: 2, selector: 'a=b' } },
      patchTypes.merge,
    ),
    http('spec through status is ignored', 'PATCH', `${widgets}/a/status`, { spec: { size: 9 } }, patchTypes.merge),
    http('scale', 'GET', `${widgets}/a/scale`),
    http('scale up', 'PATCH', `${widgets}/a/scale`, { spec: { replicas: 4 } }, patchTypes.merge),
    http('list', 'GET', widgets),
    http('by a field', 'GET', `${widgets}?fieldSelector=metadata.name%3Da`),
    http('by a field that cannot be selected', 'GET', `${widgets}?fieldSelector=spec.size%3D3`),
    http('discovery of its group', 'GET', `/apis/${group}`),
    http('its group without a definition', 'GET', '/apis/none.{p}.example'),
    http('delete one', 'DELETE', `${widgets}/b`),
    http('another scope', 'PATCH', `${crds}/widgets.${group}`, { spec: { scope: 'Cluster' } }, patchTypes.merge),
    {
      name: 'with its definition all of its kind go',
      async run(world) {
        const { status } = await world.ask('DELETE', `${crds}/widgets.${group}`);
        const gone = await world.until(widgets, (answer) => answer.status === 404);
        return { status, gone };
      },
    },
  ],
};
