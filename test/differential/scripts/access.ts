import { asProduct, http, type Call, type Script, type World } from '../call.ts';
import { configMap } from './objects.ts';

const ns = '/api/v1/namespaces/{ns}';
const rbac = '/apis/rbac.authorization.k8s.io/v1';
const authz = '/apis/authorization.k8s.io/v1';

const tokenOf = async (world: World): Promise<string> => {
  const known = world.kept.get('token');
  if (known !== undefined) return known;
  const { body } = await world.ask('POST', `${ns}/serviceaccounts/reader/token`, { spec: { expirationSeconds: 3600 } });
  const { token } = (body as { readonly status: { readonly token: string } }).status;
  world.kept.set('token', token);
  return token;
};

/** A request as the service account `reader`. */
const asReader = (name: string, method: string, path: string, body?: unknown): Call => ({
  name: `as a service account: ${name}`,
  run: async (world) => world.as(await tokenOf(world))(method, path, body),
});
const asAlice = (name: string, method: string, path: string, body?: unknown, more: object = {}): Call =>
  http(`as alice: ${name}`, method, path, body, { 'impersonate-user': 'alice', ...more });
const review = (name: string, spec: object): Call =>
  http(name, 'POST', `${authz}/selfsubjectaccessreviews`, {
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SelfSubjectAccessReview',
    spec,
  });
const readerMay = (name: string, resourceAttributes: object): Call =>
  http(name, 'POST', `${authz}/subjectaccessreviews`, {
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SubjectAccessReview',
    spec: {
      user: 'system:serviceaccount:{ns}:reader',
      groups: ['system:serviceaccounts', 'system:authenticated'],
      resourceAttributes,
    },
  });
const rules = [
  { apiGroups: [''], resources: ['configmaps'], verbs: ['get', 'list'] },
  { apiGroups: [''], resources: ['secrets'], resourceNames: ['one'], verbs: ['get'] },
  { apiGroups: ['apps'], resources: ['deployments/scale'], verbs: ['update'] },
];

/** Who may what, and how those who may not are told. */
export const script: Script = {
  name: 'access',
  calls: [
    http('a service account', 'POST', `${ns}/serviceaccounts`, { metadata: { name: 'reader' } }),
    http('a role', 'POST', `${rbac}/namespaces/{ns}/roles`, { metadata: { name: 'r' }, rules }),
    http('a binding', 'POST', `${rbac}/namespaces/{ns}/rolebindings`, {
      metadata: { name: 'b' },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'r' },
      subjects: [{ kind: 'ServiceAccount', name: 'reader', namespace: '{ns}' }],
    }),
    http(
      'another role in the same binding',
      'PATCH',
      `${rbac}/namespaces/{ns}/rolebindings/b`,
      { roleRef: { name: 'other' } },
      { 'content-type': 'application/merge-patch+json' },
    ),
    http('a role without verbs', 'POST', `${rbac}/namespaces/{ns}/roles`, {
      metadata: { name: 'x' },
      rules: [{ apiGroups: [''], resources: ['pods'] }],
    }),
    http('a binding of a kind that there is not', 'POST', `${rbac}/namespaces/{ns}/rolebindings`, {
      metadata: { name: 'x' },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Rule', name: 'r' },
      subjects: [],
    }),
    {
      name: 'a token',
      async run(world) {
        const answer = await world.ask('POST', `${ns}/serviceaccounts/reader/token`, {
          spec: { expirationSeconds: 3600 },
        });
        const { status, ...body } = answer.body as { readonly status: { readonly token: string } };
        return { ...answer, body, parts: status.token.split('.').length };
      },
    },
    http('a token for too short a time', 'POST', `${ns}/serviceaccounts/reader/token`, {
      spec: { expirationSeconds: 5 },
    }),
    http('a token of nobody', 'POST', `${ns}/serviceaccounts/nobody/token`, { spec: {} }),
    asReader('what it may list', 'GET', `${ns}/configmaps?fieldSelector=metadata.name%3Dnone`),
    asReader('what it may get, and is not there', 'GET', `${ns}/configmaps/none`),
    asReader('what it may not create', 'POST', `${ns}/configmaps`, configMap('x')),
    asReader('what it may not list', 'GET', `${ns}/pods`),
    asReader('the secret that it may get', 'GET', `${ns}/secrets/one`),
    asReader('a secret that it may not get', 'GET', `${ns}/secrets/two`),
    asReader('another namespace', 'GET', '/api/v1/namespaces/default/configmaps'),
    asReader('the whole cluster', 'GET', '/api/v1/nodes'),
    asReader('one node', 'GET', '/api/v1/nodes/none'),
    asReader('a subresource', 'PUT', '/apis/apps/v1/namespaces/{ns}/deployments/none/scale', {
      apiVersion: 'autoscaling/v1',
      kind: 'Scale',
      metadata: { name: 'none', namespace: '{ns}' },
      spec: { replicas: 1 },
    }),
    asReader('a path', 'GET', '/metrics'),
    asReader('discovery', 'GET', '/api'),
    asReader('a kind that there is not', 'GET', '/apis/none.example/v1/things'),
    asReader('a watch', 'GET', `${ns}/secrets?watch=true`),
    asReader('deleting all', 'DELETE', `${ns}/configmaps`),
    asReader('a patch', 'PATCH', `${ns}/configmaps/a`, {}),
    asReader('impersonation', 'GET', `${ns}/configmaps`),
    {
      name: 'as a service account: all that it may',
      async run(world) {
        const { status, body } = await world.as(await tokenOf(world))('POST', `${authz}/selfsubjectrulesreviews`, {
          apiVersion: 'authorization.k8s.io/v1',
          kind: 'SelfSubjectRulesReview',
          spec: { namespace: '{ns}' },
        });
        const review = body as { readonly status: Readonly<Record<string, unknown>> };
        // Rules stand in the order in which an authorizer happens to hold its bindings.
        const sorted = Object.entries(review.status).map(([key, rules]) => [
          key,
          Array.isArray(rules)
            ? rules.map((rule: object) => JSON.stringify(Object.entries(rule).toSorted())).toSorted()
            : rules,
        ]);
        return { status, body: { ...review, status: Object.fromEntries(sorted) as unknown } };
      },
    },
    asReader('who it is', 'POST', '/apis/authentication.k8s.io/v1/selfsubjectreviews', {}),
    asAlice('nothing at all', 'GET', `${ns}/configmaps`),
    asAlice('as a master', 'GET', `${ns}/configmaps/none`, undefined, { 'impersonate-group': 'system:masters' }),
    asAlice(
      'who she is',
      'POST',
      '/apis/authentication.k8s.io/v1/selfsubjectreviews',
      { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' },
      { 'impersonate-group': 'builders' },
    ),
    http('a group without a user', 'GET', `${ns}/configmaps`, undefined, { 'impersonate-group': 'builders' }),
    { name: 'nobody', run: (world) => world.as(undefined)('GET', `${ns}/configmaps`) },
    { name: 'a token that is none', run: (world) => world.as('nonsense')('GET', '/version') },
    asProduct(
      review('may I create', {
        resourceAttributes: { verb: 'create', group: 'apps', resource: 'deployments', namespace: '{ns}' },
      }),
    ),
    review('may I read a path', { nonResourceAttributes: { verb: 'get', path: '/metrics' } }),
    review('neither resource nor path', {}),
    review('both resource and path', {
      resourceAttributes: { verb: 'get', resource: 'pods' },
      nonResourceAttributes: { verb: 'get', path: '/' },
    }),
    readerMay('may the account list', { verb: 'list', resource: 'configmaps', namespace: '{ns}' }),
    readerMay('may the account get one', { verb: 'get', resource: 'secrets', name: 'one', namespace: '{ns}' }),
    readerMay('may the account get another', { verb: 'get', resource: 'secrets', name: 'two', namespace: '{ns}' }),
    readerMay('may the account scale', {
      verb: 'update',
      group: 'apps',
      resource: 'deployments',
      subresource: 'scale',
      namespace: '{ns}',
    }),
    readerMay('may the account look elsewhere', { verb: 'list', resource: 'configmaps', namespace: 'default' }),
  ],
};
