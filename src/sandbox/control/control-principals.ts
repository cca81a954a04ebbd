import type { Arm } from '../arm/context.ts';
import { arrayAt, textAt } from '../json.ts';
import { newPrincipal, otherTenantOf } from '../entra/principals.ts';
import type { Principal, PrincipalType } from '../entra/principals.ts';
import { grantRoles } from './sabotage-access.ts';
import { json } from '../server/http.ts';
import type { HttpReply } from '../server/http.ts';

const types: readonly PrincipalType[] = ['ServicePrincipal', 'User', 'Group'];

/** Without secrets: those are told once, when a principal is made. */
const view = (principal: Principal, arm: Arm): unknown => {
  const { clientSecret: _secret, ...rest } = principal;
  const roles = arm.access.assignments
    .list()
    .filter(({ principalId }) => principalId === principal.objectId)
    .map(({ role, scope }) => ({ role: arm.access.roles.get(role)?.roleName ?? role, scope }));
  return { ...rest, roles };
};

/** The directory: everybody in it, and the other tenant that a sign-in can go to by mistake. */
export const listPrincipals = (arm: Arm): HttpReply =>
  json(200, {
    tenantId: arm.identity.tenantId,
    otherTenantId: otherTenantOf(arm.identity),
    value: arm.principals.list().map((one) => view(one, arm)),
  });

/**
 * `{"type"?, "displayName"?, "groups"?, "roles"?: [{"role","scope"?}]}` makes a principal with these roles in effect at once; with the
 * `objectId` of a known one it gives that one other groups and, where named, other roles.
 */
export const putPrincipal = (order: unknown, arm: Arm): HttpReply => {
  const objectId = textAt(order, 'objectId');
  const before = objectId === undefined ? undefined : arm.principals.get(objectId);
  if (objectId !== undefined && before === undefined) return json(404, { error: `There is no principal ${objectId}.` });
  const asked = textAt(order, 'type') ?? 'ServicePrincipal';
  const type = types.find((one) => one === asked);
  if (type === undefined) return json(400, { error: `There is no principal type '${asked}'.`, types });
  const groups = arrayAt(order, 'groups').map(String);
  const principal = {
    ...(before ?? newPrincipal(type, textAt(order, 'displayName') ?? `sandbox-${type.toLowerCase()}`, groups)),
    groups,
  };
  const granted = grantRoles(order, principal, arm);
  if (granted !== undefined) return granted;
  arm.principals.put(principal);
  return json(before === undefined ? 201 : 200, {
    ...(view(principal, arm) as object),
    ...(before !== undefined || principal.clientSecret === undefined ? {} : { clientSecret: principal.clientSecret }),
    tenantId: arm.identity.tenantId,
  });
};

export const deletePrincipal = (objectId: string, arm: Arm): HttpReply => {
  if ([arm.principals.own(), arm.principals.administrator()].some((one) => one.objectId === objectId))
    return json(409, { error: 'The client of the profile and the administrator stay.' });
  arm.principals.remove(objectId);
  return listPrincipals(arm);
};
