import { asProduct, http, patchTypes, type Call, type Script } from '../call.ts';
import { podTemplate } from './objects.ts';

const maps = '/api/v1/namespaces/{ns}/configmaps';
const map = (data: unknown, more: object = {}): object => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'm', ...more },
  data,
});
const apply = (name: string, manager: string, body: unknown, path = `${maps}/m`, more = ''): Call =>
  http(name, 'PATCH', `${path}?fieldManager=${manager}${more}`, body, patchTypes.apply);
const web = '/api/v1/namespaces/{ns}/podtemplates/web';
const container = (more: object): object => ({
  apiVersion: 'v1',
  kind: 'PodTemplate',
  metadata: { name: 'web' },
  template: { spec: { containers: [{ name: 'web', ...more }] } },
});

/** Server-side apply: who owns what, and who is refused. */
export const script: Script = {
  name: 'server-side-apply',
  calls: [
    asProduct(apply('creates what is not there', 'one', map({ a: '1', b: '2' }))),
    asProduct(apply('changes nothing a second time', 'one', map({ a: '1', b: '2' }))),
    asProduct(apply('conflicts with another manager', 'two', map({ a: '9' }))),
    apply('shares what is equal', 'two', map({ a: '1', c: '3' })),
    apply('conflicts with two values of one manager', 'three', map({ b: '8', c: '8' })),
    asProduct(apply('takes over by force', 'two', map({ a: '9', c: '3' }), undefined, '&force=true')),
    apply('takes away what it no longer says', 'one', map({})),
    apply('gives its part of the fields up', 'two', map({ c: '3' })),
    http('an update takes a field over', 'PATCH', `${maps}/m`, { data: { c: '4' } }, patchTypes.merge),
    asProduct(apply('conflicts with an update', 'two', map({ c: '3' }))),
    http(
      'an update by a named manager',
      'PATCH',
      `${maps}/m?fieldManager=editor`,
      { data: { d: '4' } },
      patchTypes.merge,
    ),
    apply('conflicts with a named manager', 'two', map({ c: '4', d: '5' })),
    apply('owns labels one by one', 'four', map(undefined, { labels: { x: '1' }, annotations: { y: '2' } })),
    apply('a finalizer', 'five', map(undefined, { finalizers: ['x.example/hold'] })),
    apply('a finalizer of another', 'six', map(undefined, { finalizers: ['x.example/more'] })),
    apply('gives the finalizer back', 'five', map(undefined)),
    apply('gives the other back', 'six', map(undefined)),
    http('the managers after all this', 'GET', `${maps}/m`),
    http(
      'forgets its managers',
      'PATCH',
      `${maps}/m`,
      [{ op: 'replace', path: '/metadata/managedFields', value: [{}] }],
      patchTypes.json,
    ),
    apply('after that everything belonged to somebody before', 'one', map({ c: 'new' })),
    apply('without a manager', '', map({})),
    http('without the parameter', 'PATCH', `${maps}/m`, map({}), patchTypes.apply),
    apply("with a name that is not the path's", 'one', { ...map({}), metadata: { name: 'other' } }),
    apply('without a name', 'one', { apiVersion: 'v1', kind: 'ConfigMap', data: {} }),
    apply('without a kind', 'one', { metadata: { name: 'm' }, data: {} }),
    apply('with another kind', 'one', { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'm' } }),
    apply('with another version', 'one', { apiVersion: 'v2', kind: 'ConfigMap', metadata: { name: 'm' } }),
    apply('with managedFields', 'one', map({}, { managedFields: [{ manager: 'x', operation: 'Apply' }] })),
    apply('with a stale version', 'one', map({ z: '1' }, { resourceVersion: '1' })),
    apply(
      'of what is not there with a version',
      'one',
      { ...map({}), metadata: { name: 'none', resourceVersion: '1' } },
      `${maps}/none`,
    ),
    apply('with an unknown field', 'one', { ...map({ a: '1' }), dota: {} }),
    apply(
      'with an unknown field, strictly',
      'one',
      { ...map({ a: '1' }), dota: {} },
      undefined,
      '&fieldValidation=Strict',
    ),
    apply(
      'with an unknown field, ignored',
      'one',
      { ...map({ a: '1' }), dota: {} },
      undefined,
      '&fieldValidation=Ignore',
    ),
    apply('with a wrong type', 'one', map({ a: 1 })),
    apply('as YAML', 'one', 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: m}\ndata: {a: "1"}\n'),
    apply('as what is no YAML', 'one', 'a: b: c'),
    apply('a dry run', 'one', map({ a: 'dry' }), undefined, '&dryRun=All'),
    apply('a manager with a long name', 'm'.repeat(129), map({})),
    apply('force without apply', 'one', map({}), undefined, '&force=maybe'),
    http('force on a merge patch', 'PATCH', `${maps}/m?force=true`, {}, patchTypes.merge),
    asProduct(apply('a pod template', 'one', podTemplate('web'), web)),
    apply('a second manager of one container', 'two', container({ env: [{ name: 'A', value: '1' }] }), web),
    apply('a conflict deep within', 'two', container({ image: 'registry.example/web:2' }), web),
    apply(
      "another's port by its key",
      'two',
      container({ ports: [{ containerPort: 80, protocol: 'TCP', name: 'http' }] }),
      web,
    ),
    apply('a key twice', 'two', container({ ports: [{ containerPort: 81 }, { containerPort: 81 }] }), web),
    apply(
      'a key that is missing',
      'two',
      { ...container({}), template: { spec: { containers: [{ image: 'x' }] } } },
      web,
    ),
    apply(
      'lists of its own go with it',
      'two',
      { apiVersion: 'v1', kind: 'PodTemplate', metadata: { name: 'web' } },
      web,
    ),
  ],
};
