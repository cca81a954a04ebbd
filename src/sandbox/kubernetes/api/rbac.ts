import type { KubeObject, ObjectStore } from '../objects.ts';
import { listAt, textAt, type JsonObject, objectAt } from './json.ts';
import { builtin } from './resource-table.ts';
import type { UserInfo } from './request.ts';

export type Access =
  | {
      readonly verb: string;
      readonly group: string;
      readonly resource: string;
      readonly namespace: string | undefined;
      readonly name: string | undefined;
    }
  | { readonly verb: string; readonly path: string };

const roles = builtin('roles');
const clusterRoles = builtin('clusterroles');
const roleBindings = builtin('rolebindings');
const clusterRoleBindings = builtin('clusterrolebindings');

/** Paths that every authenticated user may read (system:discovery). */
const open = /^\/(api|apis|openapi|version|healthz|readyz|livez)(\/|$)/;

/** Why a user may do something, by RBAC, empty for masters, whom nobody asks; undefined where nothing allows it. */
export const authorize = (store: ObjectStore, user: UserInfo, access: Access): string | undefined => {
  if (user.groups.includes('system:masters')) return '';
  if (
    'path' in access &&
    open.test(access.path) &&
    access.verb === 'get' &&
    user.groups.includes('system:authenticated')
  )
    return 'RBAC: allowed by ClusterRoleBinding "system:discovery"';
  if (!('path' in access) && access.resource.startsWith('self') && access.verb === 'create')
    return 'RBAC: allowed by ClusterRoleBinding "system:basic-user"';
  const granted = grants(store, user, 'path' in access ? undefined : access.namespace).find(({ rules }) =>
    rules.some((rule) => covers(rule, access)),
  );
  if (granted === undefined) return undefined;
  const { binding } = granted;
  const { name, namespace } = binding.metadata;
  const subject = listAt(binding, 'subjects').find((one) => isSubject(one, user));
  const where = textAt(subject, 'namespace');
  const whom = `${textAt(subject, 'kind') ?? ''} "${textAt(subject, 'name') ?? ''}${where === undefined ? '' : `/${where}`}"`;
  const role = `${textAt(binding, 'roleRef', 'kind') ?? ''} "${textAt(binding, 'roleRef', 'name') ?? ''}"`;
  return `RBAC: allowed by ${binding.kind} "${name}${namespace === undefined ? '' : `/${namespace}`}" of ${role} to ${whom}`;
};

export const rulesFor = (store: ObjectStore, user: UserInfo, namespace: string | undefined): readonly JsonObject[] =>
  user.groups.includes('system:masters')
    ? [
        { verbs: ['*'], apiGroups: ['*'], resources: ['*'] },
        { verbs: ['*'], nonResourceURLs: ['*'] },
      ]
    : [...everybodysRules(user), ...grants(store, user, namespace).flatMap(({ rules }) => rules)];

/** What the roles that come with every cluster let everybody do: basic user, public info, issuer discovery, discovery. */
const everybodysRules = (user: UserInfo): readonly JsonObject[] => {
  const reads = (nonResourceURLs: readonly string[]): JsonObject => ({ verbs: ['get'], nonResourceURLs });
  const health = ['/healthz', '/livez'];
  const rest = ['/readyz', '/version', '/version/'];
  const issuer = ['/.well-known/openid-configuration', '/openid/v1/jwks'];
  return [
    {
      verbs: ['create'],
      apiGroups: ['authorization.k8s.io'],
      resources: ['selfsubjectaccessreviews', 'selfsubjectrulesreviews'],
    },
    { verbs: ['create'], apiGroups: ['authentication.k8s.io'], resources: ['selfsubjectreviews'] },
    reads([...health, ...rest]),
    ...(user.groups.includes('system:serviceaccounts') ? [reads(issuer.flatMap((path) => [path, `${path}/`]))] : []),
    reads(['/api', '/api/*', '/apis', '/apis/*', ...health, '/openapi', '/openapi/*', ...rest]),
  ];
};

const grants = (
  store: ObjectStore,
  user: UserInfo,
  namespace: string | undefined,
): readonly { readonly binding: KubeObject; readonly rules: readonly JsonObject[] }[] => {
  const bindings = [
    ...store.list(clusterRoleBindings),
    ...(namespace === undefined ? [] : store.list(roleBindings, namespace)),
  ];
  return bindings
    .filter((binding) => listAt(binding, 'subjects').some((subject) => isSubject(subject, user)))
    .map((binding) => ({ binding, rules: rulesOf(store, binding) }));
};

const isSubject = (subject: unknown, user: UserInfo): boolean => {
  const name = textAt(subject, 'name') ?? '';
  switch (textAt(subject, 'kind') ?? '') {
    case 'User':
      return name === user.username;
    case 'Group':
      return user.groups.includes(name);
    case 'ServiceAccount':
      return user.username === `system:serviceaccount:${textAt(subject, 'namespace') ?? ''}:${name}`;
    default:
      return false;
  }
};

const rulesOf = (store: ObjectStore, binding: KubeObject): readonly JsonObject[] => {
  const name = textAt(binding, 'roleRef', 'name') ?? '';
  const role =
    textAt(binding, 'roleRef', 'kind') === 'Role'
      ? store.get(roles, binding.metadata.namespace, name)
      : store.get(clusterRoles, undefined, name);
  return listAt(role, 'rules').map((rule) => objectAt({ rule }, 'rule'));
};

const covers = (rule: JsonObject, access: Access): boolean => {
  const allows = (field: string, value: string): boolean =>
    listAt(rule, field).some((entry) => entry === '*' || entry === value);
  if (!allows('verbs', access.verb)) return false;
  if ('path' in access)
    return listAt(rule, 'nonResourceURLs').some(
      (url) =>
        url === '*' ||
        url === access.path ||
        (typeof url === 'string' && url.endsWith('*') && access.path.startsWith(url.slice(0, -1))),
    );
  const names = listAt(rule, 'resourceNames');
  const [, subresource] = access.resource.split('/');
  const resource =
    allows('resources', access.resource) ||
    (subresource !== undefined && listAt(rule, 'resources').includes(`*/${subresource}`));
  return (
    allows('apiGroups', access.group) &&
    resource &&
    (names.length === 0 || (access.name !== undefined && names.includes(access.name)))
  );
};
