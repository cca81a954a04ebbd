import { asProduct, http, patchTypes, type Call, type Script } from '../call.ts';
import { configMap, podTemplate } from './objects.ts';

const map = '/api/v1/namespaces/{ns}/configmaps/m';
const web = '/api/v1/namespaces/{ns}/podtemplates/web';

const json = (name: string, body: unknown, path = map): Call =>
  http(`json: ${name}`, 'PATCH', path, body, patchTypes.json);
const merge = (name: string, body: unknown, path = map): Call =>
  http(`merge: ${name}`, 'PATCH', path, body, patchTypes.merge);
const strategic = (name: string, body: unknown, path = web): Call =>
  http(`strategic: ${name}`, 'PATCH', path, body, patchTypes.strategic);
const inPod = (spec: object): object => ({ template: { spec } });

/** The patches that are no server-side apply. */
export const script: Script = {
  name: 'patches',
  calls: [
    http('create a map', 'POST', '/api/v1/namespaces/{ns}/configmaps', configMap('m', { a: '1', b: '2' })),
    http('create a pod template', 'POST', '/api/v1/namespaces/{ns}/podtemplates', podTemplate('web')),
    json('replace', [{ op: 'replace', path: '/data/a', value: '3' }]),
    json('add, copy, move, remove', [
      { op: 'add', path: '/data/c', value: '4' },
      { op: 'copy', from: '/data/c', path: '/data/d' },
      { op: 'move', from: '/data/d', path: '/data/e' },
      { op: 'remove', path: '/data/c' },
    ]),
    json('a test that holds', [{ op: 'test', path: '/data/a', value: '3' }]),
    json('a test that does not hold', [{ op: 'test', path: '/data/a', value: 'no' }]),
    json('replace what is not there', [{ op: 'replace', path: '/data/none', value: 'x' }]),
    json('remove what is not there', [{ op: 'remove', path: '/data/nothing' }]),
    json('add below what is not there', [{ op: 'add', path: '/spec/none/x', value: 1 }]),
    json('an operation that there is not', [{ op: 'grow', path: '/data/a' }]),
    json('no list', { op: 'add' }),
    json('no JSON', 'not json'),
    json('a label with a slash', [{ op: 'add', path: '/metadata/labels', value: { 'x.example/y': 'z' } }]),
    json('a label with a slash, by its escaped path', [
      { op: 'replace', path: '/metadata/labels/x.example~1y', value: 'w' },
    ]),
    json('the name', [{ op: 'replace', path: '/metadata/name', value: 'other' }]),
    merge('change and remove', { data: { a: '5', b: null } }),
    merge('nothing', {}),
    merge('what changes nothing', { data: { a: '5' } }),
    merge('a list', []),
    merge('labels away', { metadata: { labels: null } }),
    merge('at a version long past', { metadata: { resourceVersion: '1' }, data: { a: '6' } }),
    merge('with another uid', { metadata: { uid: '00000000-0000-0000-0000-000000000001' }, data: { a: '6' } }),
    merge('an unknown field', { spec: { x: 1 } }),
    merge('of what is not there', { data: { a: '1' } }, '/api/v1/namespaces/{ns}/configmaps/none'),
    merge('a dry run', { data: { a: 'dry' } }, `${map}?dryRun=All`),
    merge('an unknown field, strictly', { dota: { a: '1' } }, `${map}?fieldValidation=Strict`),
    strategic(
      'an environment variable',
      inPod({
        containers: [
          {
            name: 'web',
            env: [
              { name: 'A', value: '1' },
              { name: 'B', value: '2' },
            ],
          },
        ],
      }),
    ),
    strategic(
      'one variable more, one changed',
      inPod({
        containers: [
          {
            name: 'web',
            env: [
              { name: 'C', value: '3' },
              { name: 'A', value: '9' },
            ],
          },
        ],
      }),
    ),
    strategic('one variable away', inPod({ containers: [{ name: 'web', env: [{ name: 'B', $patch: 'delete' }] }] })),
    strategic(
      'another order',
      inPod({ containers: [{ name: 'web', '$setElementOrder/env': [{ name: 'C' }, { name: 'A' }] }] }),
    ),
    strategic('a second container', inPod({ containers: [{ name: 'side', image: 'registry.example/side:2' }] })),
    strategic('a container away', inPod({ containers: [{ $patch: 'delete', name: 'side' }] })),
    strategic('a port more', inPod({ containers: [{ name: 'web', ports: [{ containerPort: 81, name: 'more' }] }] })),
    strategic(
      'all variables replaced',
      inPod({ containers: [{ name: 'web', env: [{ $patch: 'replace' }, { name: 'Z', value: '0' }] }] }),
    ),
    strategic('tolerations, which do not merge', inPod({ tolerations: [{ key: 'a', operator: 'Exists' }] })),
    strategic('tolerations again', inPod({ tolerations: [{ key: 'b', operator: 'Exists' }] })),
    strategic(
      'a volume',
      inPod({
        volumes: [{ name: 'v', emptyDir: {} }],
        containers: [{ name: 'web', volumeMounts: [{ name: 'v', mountPath: '/v' }] }],
      }),
    ),
    strategic(
      'a volume of another kind',
      inPod({ volumes: [{ name: 'v', $retainKeys: ['name', 'configMap'], configMap: { name: 'm' } }] }),
    ),
    strategic('a container without its name', inPod({ containers: [{ image: 'x' }] })),
    strategic('finalizers, a list of words', { metadata: { finalizers: ['x.example/a', 'x.example/b'] } }),
    strategic('a finalizer more', { metadata: { finalizers: ['x.example/c'] } }),
    strategic('finalizers away', {
      metadata: { '$deleteFromPrimitiveList/finalizers': ['x.example/a', 'x.example/b', 'x.example/c'] },
    }),

    asProduct(http('a type that there is not', 'PATCH', map, {}, { 'content-type': 'application/x-patch' })),
    http('no type of a patch', 'PATCH', map, { data: {} }),
    http('apply as CBOR, which is not switched on', 'PATCH', `${map}?fieldManager=x`, Buffer.from([0xa0]), {
      'content-type': 'application/apply-patch+cbor',
    }),
  ],
};
