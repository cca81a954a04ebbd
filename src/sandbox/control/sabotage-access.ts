import { randomUUID } from 'node:crypto';
import { everybody } from '../arm/access/deny-assignments.ts';
import type { RoleAssignment } from '../arm/access/role-assignments.ts';
import type { Arm } from '../arm/context.ts';
import { arrayAt, at, isObject, textAt } from '../json.ts';
import type { Principal } from '../entra/principals.ts';
import { json } from '../server/http.ts';
import type { HttpReply } from '../server/http.ts';

/** Gives a principal the roles that an order names, and takes its others away, everywhere at once; a reply where it cannot. */
export const grantRoles = (order: unknown, principal: Principal, arm: Arm): HttpReply | undefined => {
  if (at(order, 'roles') === undefined) return undefined;
  const made: RoleAssignment[] = [];
  for (const wanted of arrayAt(order, 'roles')) {
    const name = typeof wanted === 'string' ? wanted : (textAt(wanted, 'role') ?? '');
    const role = arm.access.roles
      .all()
      .find((one) => one.name === name.toLowerCase() || one.roleName.toLowerCase() === name.toLowerCase());
    if (role === undefined)
      return json(400, {
        error: `There is no role '${name}'.`,
        roles: arm.access.roles.all().map((one) => one.roleName),
      });
    made.push({
      name: randomUUID(),
      scope: textAt(wanted, 'scope') ?? `/subscriptions/${arm.identity.subscriptionId}`,
      role: role.name,
      principalId: principal.objectId,
      principalType: principal.type,
      createdBy: arm.principals.administrator().objectId,
      createdAt: 0,
    });
  }
  arm.access.assignments.replace(principal.objectId, made);
  return undefined;
};

/** `{"kind":"roles","objectId"?,"roles":["Reader"|{"role","scope"}]}`: of the sandbox's own client where nobody is named. */
export const sabotageRoles = (order: unknown, arm: Arm): HttpReply => {
  const objectId = textAt(order, 'objectId') ?? arm.identity.objectId;
  const principal = arm.principals.get(objectId);
  if (principal === undefined) return json(404, { error: `There is no principal ${objectId}.` });
  if (!Array.isArray(at(order, 'roles'))) return json(400, { error: 'Name the roles: ["Reader"], or [] for none.' });
  return grantRoles(order, principal, arm) ?? json(200, {});
};

/** `{"kind":"deny-assignment","scope","actions"?,"notActions"?,"displayName"?,"excluded"?}`: only Azure itself can make one. */
export const sabotageDenial = (order: unknown, arm: Arm): HttpReply => {
  const scope = textAt(order, 'scope');
  if (scope === undefined || !isObject(order))
    return json(400, { error: 'Name the scope: the id of a group or resource.' });
  const actions = arrayAt(order, 'actions').map(String);
  const name = randomUUID();
  arm.access.denials.put({
    name,
    displayName: textAt(order, 'displayName') ?? `System deny assignment created by the sandbox ${scope}`,
    description: textAt(order, 'description') ?? '',
    scope,
    actions: actions.length === 0 ? ['*/write', '*/delete', '*/action'] : actions,
    notActions: arrayAt(order, 'notActions').map(String),
    principals: [everybody],
    excluded: arrayAt(order, 'excluded').map(String),
  });
  return json(201, { id: `${scope}/providers/Microsoft.Authorization/denyAssignments/${name}` });
};
