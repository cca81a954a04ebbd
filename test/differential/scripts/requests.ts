import { http, type Script } from '../call.ts';
import { configMap } from './objects.ts';

const maps = '/api/v1/namespaces/{ns}/configmaps';
const as = (accept: string): Readonly<Record<string, string>> => ({ accept });

/** What HTTP itself has to say: paths, methods, types, sizes. */
export const script: Script = {
  name: 'requests',
  calls: [
    http('create one', 'POST', maps, configMap('a')),
    http('a path that leads nowhere', 'GET', '/nowhere'),
    http('a group that there is not', 'GET', '/apis/none.example/v1'),
    http('a version that there is not', 'GET', '/apis/apps/v9'),
    http('a kind that there is not', 'GET', '/apis/apps/v1/namespaces/{ns}/things'),
    http('one of a kind that there is not', 'GET', '/api/v1/namespaces/{ns}/things/x'),
    http('a subresource that there is not', 'GET', `${maps}/a/status`),
    http('create across namespaces', 'POST', '/api/v1/configmaps', configMap('x')),
    http('put on a list', 'PUT', maps, configMap('a')),
    http('post on one', 'POST', `${maps}/a`, configMap('a')),
    http('patch on a list', 'PATCH', maps, {}, { 'content-type': 'application/merge-patch+json' }),
    http('an unusual method', 'OPTIONS', `${maps}/a`),
    http('a body of another type', 'POST', maps, 'a', { 'content-type': 'text/plain' }),
    http('a body that is no JSON', 'POST', maps, '{"a', { 'content-type': 'application/json' }),
    http('a body that is no object', 'POST', maps, '[]', { 'content-type': 'application/json' }),
    http('an empty body', 'POST', maps, '', { 'content-type': 'application/json' }),
    http('a body as YAML', 'POST', maps, 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: yaml\n', {
      'content-type': 'application/yaml',
    }),
    http('a body that is too large', 'POST', maps, `{"metadata":{"name":"x"},"data":{"k":"${'x'.repeat(3_200_000)}"}}`),
    http('an unknown field, warned of', 'POST', maps, { ...configMap('warned'), dota: { a: 1 } }),
    http('an unknown field, refused', 'POST', `${maps}?fieldValidation=Strict`, {
      ...configMap('refused'),
      dota: 1,
      metadata: { name: 'refused', lables: {} },
    }),
    http('an unknown field, ignored', 'POST', `${maps}?fieldValidation=Ignore`, { ...configMap('ignored'), dota: 1 }),
    ...(['Strict', 'Warn', 'Ignore'] as const).map((validation) =>
      http(
        `fields that stand twice, ${validation}`,
        'POST',
        `${maps}?dryRun=All&fieldValidation=${validation}`,
        '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"x","name":"twice"},"data":{"a":"1","a":"2"}}',
      ),
    ),
    http('a fieldValidation that there is not', 'POST', `${maps}?fieldValidation=Maybe`, configMap('x')),
    http('an answer of a type that there is not', 'GET', `${maps}/a`, undefined, as('text/html')),
    http('any answer', 'GET', `${maps}/a`, undefined, as('*/*')),
    http(
      'metadata alone',
      'GET',
      `${maps}/a`,
      undefined,
      as('application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1'),
    ),
    http(
      'metadata of a list alone',
      'GET',
      `${maps}?fieldSelector=metadata.name%3Da`,
      undefined,
      as('application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1'),
    ),
    http(
      'metadata of what is not there',
      'GET',
      `${maps}/none`,
      undefined,
      as('application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1'),
    ),
    http(
      'metadata of what is created',
      'POST',
      `${maps}?dryRun=All`,
      configMap('dry'),
      as('application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1'),
    ),
    http('pretty', 'GET', `${maps}/a?pretty=true`),
    http('a name with an escaped slash', 'GET', `${maps}/a%2Fb`),
  ],
};
