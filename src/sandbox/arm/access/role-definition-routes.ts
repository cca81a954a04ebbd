import { arrayAt, objectAt, textAt } from '../../json.ts';
import type { JsonObject } from '../../json.ts';
import { json } from '../../server/http.ts';
import type { HttpReply } from '../../server/http.ts';
import { providerError } from '../checked-body.ts';
import type { Arm, ArmCall, Route } from '../context.ts';
import { page } from '../paging.ts';
import { authorizeLink } from './authorize.ts';
import type { Permission, RoleDefinition } from './built-in-roles.ts';

const namespace = 'Microsoft.Authorization';
const own = { namespace, type: 'roleDefinitions' } as const;
const base = `{scope}/providers/${namespace}/roleDefinitions`;
const guid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/iu;

const view = (definition: RoleDefinition, arm: Arm): JsonObject => {
  const { name, permissions, ...rest } = definition;
  return {
    properties: {
      ...rest,
      permissions: permissions.map((each) => ({ ...each, conditionVersion: null, condition: null })),
    },
    id: `/subscriptions/${arm.identity.subscriptionId}/providers/${namespace}/roleDefinitions/${name}`,
    type: `${namespace}/roleDefinitions`,
    name,
  };
};

const find = (call: ArmCall, arm: Arm): RoleDefinition => {
  const definition = arm.access.roles.get(call.param('name'));
  if (definition !== undefined) return definition;
  throw providerError(
    404,
    'RoleDefinitionDoesNotExist',
    `The specified role definition with ID '${call.param('name').replaceAll('-', '')}' does not exist.`,
  );
};

const texts = (value: unknown, name: string): readonly string[] => arrayAt(value, name).map(String);

const permissionOf = (value: unknown): Permission => ({
  actions: texts(value, 'actions'),
  notActions: texts(value, 'notActions'),
  dataActions: texts(value, 'dataActions'),
  notDataActions: texts(value, 'notDataActions'),
});

const put = (call: ArmCall, arm: Arm): HttpReply => {
  const name = call.param('name').toLowerCase();
  const refuse = (code: string, message: string, status = 400): never => {
    throw providerError(status, code, message);
  };
  if (!guid.test(name))
    refuse(
      'InvalidRoleDefinitionId',
      `The role definition ID '${name}' is not valid. The role definition ID must be a GUID.`,
    );
  const before = arm.access.roles.get(name);
  if (before?.type === 'BuiltInRole')
    refuse('RoleDefinitionUpdateNotPermitted', 'Built-in role definitions cannot be changed.', 403);
  const properties = objectAt(call.body, 'properties');
  const roleName = textAt(properties, 'roleName') ?? '';
  const scopes = texts(properties, 'assignableScopes');
  if (roleName === '') refuse('InvalidRoleDefinitionName', 'The role definition name cannot be empty.');
  if (scopes.length === 0)
    refuse('MissingAssignableScopes', 'The role definition must have at least one assignable scope.');
  for (const scope of scopes) {
    if (!/^\/subscriptions\/[^/]+(?:\/resourceGroups\/[^/]+)?$/iu.test(scope))
      refuse(
        'InvalidAssignableScopes',
        `The assignable scope '${scope}' of the role definition is not valid: it must be a management group, a subscription or a resource group.`,
      );
    const link = { action: `${namespace}/roleDefinitions/write`, scope };
    authorizeLink(link, { action: link.action, scope: call.param('scope') }, call.caller, arm);
  }
  const twin = arm.access.roles.all().find((one) => one.roleName.toLowerCase() === roleName.toLowerCase());
  if (twin !== undefined && twin.name !== name)
    refuse(
      'RoleDefinitionWithSameNameExists',
      `A custom role with the same name already exists in this directory. Use a different name.`,
      409,
    );
  const definition: RoleDefinition = {
    name,
    roleName,
    type: 'CustomRole',
    description: textAt(properties, 'description') ?? '',
    assignableScopes: scopes,
    permissions: arrayAt(properties, 'permissions').map(permissionOf),
  };
  arm.access.roles.put(definition);
  return json(201, view(definition, arm));
};

const remove = (call: ArmCall, arm: Arm): HttpReply => {
  const definition = arm.access.roles.get(call.param('name'));
  if (definition === undefined) return { status: 204 };
  if (definition.type === 'BuiltInRole')
    throw providerError(403, 'RoleDefinitionDeleteNotPermitted', 'Built-in role definitions cannot be deleted.');
  if (arm.access.assignments.list().some(({ role }) => role === definition.name))
    throw providerError(
      400,
      'RoleDefinitionHasAssignments',
      'There are existing role assignments referencing role (code: RoleDefinitionHasAssignments).',
    );
  arm.access.roles.remove(definition.name);
  return json(200, view(definition, arm));
};

const list = (call: ArmCall, arm: Arm): HttpReply => {
  const filter = call.request.url.searchParams.get('$filter') ?? '';
  const wanted = /roleName eq '([^']*)'/iu.exec(filter)?.[1]?.toLowerCase();
  const type = /type eq '([^']*)'/iu.exec(filter)?.[1]?.toLowerCase();
  const chosen = arm.access.roles
    .at(call.param('scope'))
    .filter((one) => wanted === undefined || one.roleName.toLowerCase() === wanted)
    .filter((one) => type === undefined || one.type.toLowerCase() === type);
  return page(
    call,
    chosen.map((one) => view(one, arm)),
  );
};

export const roleDefinitionRoutes: readonly Route[] = [
  { ...own, method: 'GET', pattern: base, handle: list },
  { ...own, method: 'GET', pattern: `${base}/{name}`, handle: (call, arm) => json(200, view(find(call, arm), arm)) },
  // Built-in definitions live at the tenant: /providers/Microsoft.Authorization/roleDefinitions/GUID.
  {
    ...own,
    method: 'GET',
    pattern: `/providers/${namespace}/roleDefinitions/{name}`,
    handle: (call, arm) => json(200, view(find(call, arm), arm)),
  },
  { ...own, method: 'PUT', pattern: `${base}/{name}`, handle: put },
  { ...own, method: 'DELETE', pattern: `${base}/{name}`, handle: remove },
];
