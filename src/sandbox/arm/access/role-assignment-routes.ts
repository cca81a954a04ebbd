import { textAt } from '../../json.ts';
import type { JsonObject } from '../../json.ts';
import type { PrincipalType } from '../../entra/principals.ts';
import { json } from '../../server/http.ts';
import type { HttpReply } from '../../server/http.ts';
import { checkedBody, providerError } from '../checked-body.ts';
import type { Arm, ArmCall, Route } from '../context.ts';
import { page } from '../paging.ts';
import { isWithin } from './action.ts';
import type { RoleAssignment } from './role-assignments.ts';

const namespace = 'Microsoft.Authorization';
const own = { namespace, type: 'roleAssignments' } as const;
const base = `{scope}/providers/${namespace}/roleAssignments`;
const guid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/iu;

const view = (assignment: RoleAssignment, arm: Arm): JsonObject => {
  const { scope, role, name, principalId, principalType, description, condition, conditionVersion, createdBy } =
    assignment;
  const stamp = new Date(assignment.createdAt).toISOString();
  return {
    properties: {
      roleDefinitionId: `/subscriptions/${arm.identity.subscriptionId}/providers/${namespace}/roleDefinitions/${role}`,
      principalId,
      principalType,
      scope,
      condition: condition ?? null,
      conditionVersion: conditionVersion ?? null,
      createdOn: stamp,
      updatedOn: stamp,
      createdBy,
      updatedBy: createdBy,
      delegatedManagedIdentityResourceId: null,
      description: description ?? null,
    },
    id: `${scope}/providers/${namespace}/roleAssignments/${name}`,
    type: `${namespace}/roleAssignments`,
    name,
  };
};

/** Applications and people of the directory, and the identities of what was deployed. */
const typeOfPrincipal = (objectId: string, arm: Arm): PrincipalType | undefined => {
  const known = arm.principals.get(objectId)?.type;
  if (known !== undefined) return known;
  const deployed = arm.resources.list(({ identity }) => textAt(identity, 'principalId')?.toLowerCase() === objectId);
  return deployed.length > 0 ? 'ServicePrincipal' : undefined;
};

const put = (call: ArmCall, arm: Arm): HttpReply => {
  const [scope, name] = [call.param('scope'), call.param('name').toLowerCase()];
  if (!guid.test(name))
    throw providerError(
      400,
      'InvalidRoleAssignmentId',
      `The role assignment ID '${name}' is not valid. The role assignment ID must be a GUID.`,
    );
  const body = checkedBody(call);
  const given = (member: string): string | undefined => textAt(body, 'properties', member);
  const role = arm.access.roles.byId(given('roleDefinitionId') ?? '');
  if (role === undefined)
    throw providerError(
      400,
      'RoleDefinitionDoesNotExist',
      `The specified role definition with ID '${(given('roleDefinitionId')?.split('/').at(-1) ?? '').replaceAll('-', '')}' does not exist.`,
    );
  if (!role.assignableScopes.some((one) => isWithin(scope, one)))
    throw providerError(
      400,
      'RoleDefinitionNotAssignableAtScope',
      `The role definition '${role.name}' cannot be assigned at scope '${scope}': it is not among its assignable scopes.`,
    );
  const principalId = (given('principalId') ?? '').toLowerCase();
  const before = arm.access.assignments.get(name);
  if (
    before !== undefined &&
    (before.role !== role.name || before.principalId !== principalId || !isSame(before.scope, scope))
  )
    throw providerError(
      403,
      'RoleAssignmentUpdateNotPermitted',
      'Tenant ID, application ID, principal ID, and scope are not allowed to be updated.',
    );
  const twin = arm.access.assignments
    .list()
    .find((one) => one.role === role.name && one.principalId === principalId && isSame(one.scope, scope));
  if (twin !== undefined && twin.name !== name)
    throw providerError(
      409,
      'RoleAssignmentExists',
      `The role assignment already exists. The ID of the existing role assignment is ${twin.name.replaceAll('-', '')}.`,
    );
  const assignment: RoleAssignment = {
    name,
    scope,
    role: role.name,
    principalId,
    principalType: principalType(principalId, given('principalType'), arm),
    createdBy: call.caller.principal.objectId,
    createdAt: before?.createdAt ?? arm.clock.now(),
    ...textMembers({
      description: given('description'),
      condition: given('condition'),
      conditionVersion: given('conditionVersion'),
    }),
  };
  arm.access.assignments.put(assignment);
  return json(201, view(assignment, arm));
};

const textMembers = <T extends string>(
  members: Readonly<Record<T, string | undefined>>,
): { readonly [name in T]?: string } =>
  Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as { [name in T]?: string };

const isSame = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase();

/** Who names the type is believed about somebody whom the directory does not know yet; who does not has to name somebody it knows. */
const principalType = (objectId: string, given: string | undefined, arm: Arm): PrincipalType => {
  const known = typeOfPrincipal(objectId, arm);
  const stated = (['ServicePrincipal', 'User', 'Group'] as const).find(
    (one) => one.toLowerCase() === given?.toLowerCase(),
  );
  if (known === undefined && stated === undefined)
    throw providerError(
      400,
      'PrincipalNotFound',
      `Principal ${objectId.replaceAll('-', '')} does not exist in the directory ${arm.identity.tenantId}. Check that you have the correct principal ID. If you are creating this principal and then immediately assigning a role, this error might be related to a replication delay. In this case, set the role assignment principalType property to a value, such as ServicePrincipal, User, or Group.  See https://aka.ms/docs-principaltype`,
    );
  if (known !== undefined && stated !== undefined && known !== stated)
    throw providerError(
      400,
      'UnmatchedPrincipalType',
      `The PrincipalId '${objectId.replaceAll('-', '')}' has type '${known}' , which is different from specified PrinciaplType '${stated}'.`,
    );
  return known ?? stated ?? 'User';
};

/** Every one at, above and below a scope; `atScope()` leaves those below out, `principalId eq` and `assignedTo` all others'. */
const list = (call: ArmCall, arm: Arm): HttpReply => {
  const scope = call.param('scope');
  const filter = call.request.url.searchParams.get('$filter') ?? '';
  const whose = /principalId eq '([^']*)'/iu.exec(filter)?.[1]?.toLowerCase();
  const assignedTo = /assignedTo\('([^']*)'\)/iu.exec(filter)?.[1]?.toLowerCase();
  if (/atScope\(\)/iu.test(filter) && whose !== undefined)
    throw providerError(
      400,
      'UnsupportedQuery',
      'The query parameters atScope() and principalId cannot be used together.',
    );
  const member = assignedTo === undefined ? [] : [assignedTo, ...(arm.principals.get(assignedTo)?.groups ?? [])];
  const chosen = arm.access.assignments
    .list()
    .filter((one) => isWithin(scope, one.scope) || (!/atScope\(\)/iu.test(filter) && isWithin(one.scope, scope)))
    .filter(({ principalId }) => whose === undefined || principalId === whose)
    .filter(({ principalId }) => assignedTo === undefined || member.includes(principalId));
  return page(
    call,
    chosen.map((one) => view(one, arm)),
  );
};

const find = (call: ArmCall, arm: Arm): RoleAssignment => {
  const assignment = arm.access.assignments.get(call.param('name'));
  if (assignment !== undefined && isSame(assignment.scope, call.param('scope'))) return assignment;
  throw providerError(
    404,
    'RoleAssignmentNotFound',
    `The role assignment '${call.param('name').replaceAll('-', '')}' is not found.`,
  );
};

export const roleAssignmentRoutes: readonly Route[] = [
  { ...own, method: 'GET', pattern: base, handle: list },
  { ...own, method: 'PUT', pattern: `${base}/{name}`, handle: put },
  { ...own, method: 'GET', pattern: `${base}/{name}`, handle: (call, arm) => json(200, view(find(call, arm), arm)) },
  {
    ...own,
    method: 'DELETE',
    pattern: `${base}/{name}`,
    handle(call, arm) {
      const assignment = arm.access.assignments.get(call.param('name'));
      if (assignment === undefined) return { status: 204 };
      arm.access.assignments.remove(assignment.name);
      return json(200, view(assignment, arm));
    },
  },
];
