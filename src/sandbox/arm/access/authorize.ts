import { arrayAt } from '../../json.ts';
import type { Principal } from '../../entra/principals.ts';
import type { Arm, Route } from '../context.ts';
import { ArmError } from '../errors.ts';
import { findProvider, findType } from '../catalog.ts';
import { actionMatches } from './action.ts';
import type { Subject } from './action.ts';
import { nameOf } from './caller.ts';
import type { Caller } from './caller.ts';

/** Whether an answer holds everything that was asked for, or of a list only what the caller may see. */
export type Sight = 'everything' | 'own';

/**
 * 403 unless the caller's roles allow the action there. Lists are shown in part to those who may see a part: ARM asks about each
 * resource where the caller has no right to the whole.
 */
export const authorize = (route: Route, action: string, subject: Subject, caller: Caller, arm: Arm): Sight => {
  takeFault(route, action, subject, caller, arm);
  if (isOpen(route)) return 'everything';
  const { principal } = caller;
  const decision = arm.access.decide(principal, action, subject.scope);
  switch (decision.kind) {
    case 'allowed':
      return 'everything';
    case 'denied':
      throw new ArmError(
        403,
        'DenyAssignmentAuthorizationFailed',
        `The client '${nameOf(principal)}' with object id '${principal.objectId}' has permission to perform action '${action}' on scope '${subject.scope}'; however, the access is denied because of the deny assignment with name '${decision.by.displayName}' and Id '${decision.by.name.replaceAll('-', '')}' at scope '${decision.by.scope}'.`,
      );
    case 'missing':
      // A subscription can be read by whoever has any role in it.
      if (action === 'Microsoft.Resources/subscriptions/read' && arm.access.hasAnyRole(principal, subject.scope))
        return 'everything';
      if (subject.list && listed(route) && arm.access.hasAnyRole(principal, scopeOfList(subject.scope))) return 'own';
      throw missing(principal, action, subject.scope);
  }
  return decision satisfies never;
};

/** What any token may ask: whose it is, what is built in, and how an operation goes, by the signed URL that its start gave away. */
const isOpen = ({ type, pattern }: Route): boolean =>
  pattern === '/subscriptions' ||
  pattern.startsWith('/providers/') ||
  ['tenants', 'permissions'].includes(type) ||
  /(?:^|\/)(?:operations|operationresults|operationStatuses)$/iu.test(type);

/** Lists of what ARM tracks; what is inside a resource is that resource's provider's to list, all or nothing. */
const listed = ({ method, namespace, type }: Route): boolean => {
  if (method !== 'GET' || type.includes('/')) return false;
  if (namespace === 'Microsoft.Resources') return type === 'resourceGroups' || type === 'resources';
  const provider = findProvider(namespace);
  return provider !== undefined && findType(provider, type)?.global !== true;
};

/** `…/resourceGroups/rg/providers/Microsoft.X` is about what is in the group. */
const scopeOfList = (scope: string): string => scope.replace(/\/providers\/[^/]+$/iu, '');

export const missing = ({ objectId, ...who }: Principal, action: string, scope: string): ArmError =>
  new ArmError(
    403,
    'AuthorizationFailed',
    `The client '${nameOf({ objectId, ...who })}' with object id '${objectId}' does not have authorization to perform action '${action}' over scope '${scope}' or the scope is invalid. If access was recently granted, please refresh your credentials.`,
  );

/** 403 unless the caller may do something to a resource that the one written to is to be linked with. */
export const authorizeLink = (
  link: { readonly action: string; readonly scope: string },
  own: { readonly action: string; readonly scope: string },
  { principal }: Caller,
  arm: Arm,
): void => {
  if (arm.access.decide(principal, link.action, link.scope).kind === 'allowed') return;
  throw new ArmError(
    403,
    'LinkedAuthorizationFailed',
    `The client '${nameOf(principal)}' with object id '${principal.objectId}' has permission to perform action '${own.action}' on scope '${own.scope}'; however, it does not have permission to perform action(s) '${link.action}' on the linked scope(s) '${link.scope}' (respectively) or the linked scope(s) are invalid.`,
  );
};

/** The fault takes actions away from the sandbox's own client, whatever its roles. */
const takeFault = (route: Route, action: string, { scope, path }: Subject, { principal }: Caller, arm: Arm): void => {
  const where = { method: route.method, path };
  const fault = arm.faults.find('authorization-failed', where);
  const denied = fault === undefined ? [] : arrayAt(fault.parameters, 'actions').map(String);
  if (fault === undefined || (denied.length > 0 && !denied.some((pattern) => actionMatches(pattern, action)))) return;
  arm.faults.take('authorization-failed', where);
  throw missing(principal, action, scope);
};

/** What of a list the caller may see; anything else than a list stays as it is. */
export const visiblePart = (body: unknown, { principal }: Caller, route: Route, arm: Arm): unknown => {
  if (typeof body !== 'object' || body === null || !('value' in body) || !Array.isArray(body.value)) return body;
  const value = (body.value as unknown[]).filter((item) => {
    const id = (item as { readonly id?: unknown } | null)?.id;
    const type = (item as { readonly type?: unknown } | null)?.type;
    if (typeof id !== 'string') return false;
    const action = route.type === 'resources' && typeof type === 'string' ? `${type}/read` : readOf(route);
    return arm.access.decide(principal, action, id).kind === 'allowed';
  });
  return { ...body, value };
};

const readOf = (route: Route): string => route.permission ?? `${route.namespace}/${route.type}/read`;

/** Whether a subscription is the caller's at all: others are not even listed. */
export const seesSubscription = ({ principal, claims }: Caller, arm: Arm): boolean =>
  claims.tid === arm.identity.tenantId &&
  arm.access.hasAnyRole(principal, `/subscriptions/${arm.identity.subscriptionId}`);
