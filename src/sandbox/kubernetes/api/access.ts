import type { ObjectStore } from '../objects.ts';
import { ApiError, badRequest, qualified } from './api-error.ts';
import type { ResourceTarget, Target } from './path.ts';
import { authorize } from './rbac.ts';
import type { ApiRequest, UserInfo } from './request.ts';

/** 403 unless RBAC lets this user do this. */
export const checkAccess = (store: ObjectStore, request: ApiRequest, target: Target): void => {
  const { user } = request;
  if (target.kind === 'other') {
    const verb = request.method.toLowerCase();
    if (authorize(store, user, { verb, path: request.path }) !== undefined) return;
    throw new ApiError(
      403,
      'Forbidden',
      `forbidden: User "${user.username}" cannot ${verb} path "${request.path}"`,
      {},
    );
  }
  const verb = verbOf(request, target);
  const { group, version, plural, subresource, name } = target;
  const resource = subresource === undefined ? plural : `${plural}/${subresource}`;
  // A namespace is checked as a thing in itself: a role in it may allow reading it.
  const namespace = target.namespace ?? (plural === 'namespaces' ? name : undefined);
  if (authorize(store, user, { verb, group, resource, namespace, name }) !== undefined) return;
  const where = target.namespace === undefined ? 'at the cluster scope' : `in the namespace "${target.namespace}"`;
  throw new ApiError(
    403,
    'Forbidden',
    `${qualified({ group, version, plural })}${name === undefined ? '' : ` "${name}"`} is forbidden: User "${user.username}" cannot ${verb} resource "${resource}" in API group "${group}" ${where}`,
    { ...(name === undefined ? {} : { name }), ...(group === '' ? {} : { group }), kind: plural },
  );
};

const verbOf = ({ method, query }: ApiRequest, { name }: ResourceTarget): string => {
  switch (method) {
    case 'GET':
    case 'HEAD':
      return query.get('watch') === 'true' || query.get('watch') === '1'
        ? 'watch'
        : name === undefined
          ? 'list'
          : 'get';
    case 'POST':
      return 'create';
    case 'PUT':
      return 'update';
    case 'PATCH':
      return 'patch';
    case 'DELETE':
      return name === undefined ? 'deletecollection' : 'delete';
    default:
      return method.toLowerCase();
  }
};

/** Who a request is for: the caller, or whom it impersonates (`kubectl --as`), which needs the verb of that name. */
export const effectiveUser = (
  store: ObjectStore,
  user: UserInfo,
  asked: { readonly name: string | undefined; readonly groups: readonly string[] },
): UserInfo => {
  if (asked.name === undefined) {
    if (asked.groups.length === 0) return user;
    const groups = asked.groups.map((group) => `{Group  ${group}    }`).join(' ');
    throw badRequest(`requested [${groups}] without impersonating a user`);
  }
  const [, namespace, account] = /^system:serviceaccount:([^:]+):([^:]+)$/.exec(asked.name) ?? [];
  const access =
    account === undefined
      ? { verb: 'impersonate', group: '', resource: 'users', namespace: undefined, name: asked.name }
      : { verb: 'impersonate', group: '', resource: 'serviceaccounts', namespace, name: account };
  if (authorize(store, user, access) === undefined) {
    throw new ApiError(
      403,
      'Forbidden',
      `${access.resource} "${access.name}" is forbidden: User "${user.username}" cannot impersonate resource "${access.resource}" in API group "" at the cluster scope`,
      {
        name: access.name,
        kind: access.resource,
      },
    );
  }
  const implied = account === undefined ? [] : ['system:serviceaccounts', `system:serviceaccounts:${namespace}`];
  return { username: asked.name, groups: [...new Set([...asked.groups, ...implied, 'system:authenticated'])] };
};
