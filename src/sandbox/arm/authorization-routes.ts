import { arrayAt, objectAt, textAt } from '../json.ts';
import { json } from '../server/http.ts';
import { checkedBody, providerError } from './checked-body.ts';
import type { Arm, ArmCall, Route } from './context.ts';
import { page } from './paging.ts';
import { systemData } from './resources.ts';
import type { ResourceRecord } from './resources.ts';

const namespace = 'Microsoft.Authorization';
const own = { namespace, type: 'roleAssignments' } as const;
const base = `{scope}/providers/${namespace}/roleAssignments`;
const owner = '8e3af657-a8ff-443c-a75c-2fe8c4bcb635';

/** Built-in roles that a deployment like ours meets, by their GUIDs. */
const roles: Readonly<Record<string, string>> = {
  [owner]: 'Owner',
  'b24988ac-6180-42a0-ab88-20f7382dd24c': 'Contributor',
  'acdd72a7-3385-48ef-bd42-f606fba81ae7': 'Reader',
  '4d97b98b-1d4f-4787-a291-c67834d212e7': 'Network Contributor',
  '3913510d-42f4-4e42-8a64-420c390055eb': 'Monitoring Metrics Publisher',
  'f1a07417-d97a-45cb-824c-7a7467783830': 'Managed Identity Operator',
  'b1ff04bb-8a4e-4dc4-8eb5-8693973ce19b': 'Azure Kubernetes Service RBAC Cluster Admin',
  '4abbcc35-e782-43d8-92c5-2d3f1bd2253f': 'Azure Kubernetes Service Cluster User Role',
};

const roleView = (name: string, roleName: string, arm: Arm): unknown => ({
  properties: {
    roleName,
    type: 'BuiltInRole',
    description: '',
    assignableScopes: ['/'],
    permissions: [{ actions: name === owner ? ['*'] : [], notActions: [] }],
  },
  id: `/subscriptions/${arm.identity.subscriptionId}/providers/${namespace}/roleDefinitions/${name}`,
  type: `${namespace}/roleDefinitions`,
  name,
});

const idOf = (call: ArmCall): string =>
  `${call.param('scope')}/providers/${namespace}/roleAssignments/${call.param('name')}`;

const view = (record: ResourceRecord, arm: Arm): unknown => ({
  properties: record.properties,
  id: record.id,
  type: record.type,
  name: record.name,
  systemData: systemData(record, arm.identity.clientId),
});

/** The client's own role: it is how it may do anything at all. */
const ownRole = (arm: Arm): unknown => {
  const scope = `/subscriptions/${arm.identity.subscriptionId}`;
  return {
    properties: {
      roleDefinitionId: `${scope}/providers/${namespace}/roleDefinitions/${owner}`,
      principalId: arm.identity.objectId,
      principalType: 'ServicePrincipal',
      scope,
    },
    id: `${scope}/providers/${namespace}/roleAssignments/${owner}`,
    type: `${namespace}/roleAssignments`,
    name: owner,
  };
};

const put: Route['handle'] = (call, arm) => {
  const properties = objectAt(checkedBody(call), 'properties');
  const { roleDefinitionId, principalId } = properties;
  const twin = arm.resources
    .ofType(`${namespace}/roleAssignments`)
    .find(
      (record) =>
        record.id.toLowerCase() !== idOf(call).toLowerCase() &&
        textAt(record.properties, 'scope')?.toLowerCase() === call.param('scope').toLowerCase() &&
        record.properties['roleDefinitionId'] === roleDefinitionId &&
        record.properties['principalId'] === principalId,
    );
  if (twin !== undefined)
    throw providerError(
      409,
      'RoleAssignmentExists',
      `The role assignment already exists. The ID of the existing role assignment is ${twin.name.replaceAll('-', '')}.`,
    );
  const before = arm.resources.get(idOf(call));
  const record = arm.resources.put({
    id: idOf(call),
    type: `${namespace}/roleAssignments`,
    name: call.param('name'),
    group: undefined,
    properties: {
      ...properties,
      scope: call.param('scope'),
      createdOn: new Date(arm.clock.now()).toISOString(),
      createdBy: arm.identity.objectId,
    },
  });
  return json(before === undefined ? 201 : 200, view(record, arm));
};

export const authorizationRoutes: readonly Route[] = [
  {
    namespace,
    type: 'permissions',
    method: 'GET',
    pattern: `{scope}/providers/${namespace}/permissions`,
    handle(_call, arm) {
      const fault = arm.faults.find('authorization-failed');
      const denied = fault === undefined ? [] : arrayAt(fault.parameters, 'actions').map(String);
      const actions = fault !== undefined && denied.length === 0 ? [] : ['*'];
      return json(200, { value: [{ actions, notActions: denied, dataActions: [], notDataActions: [] }] });
    },
  },
  {
    namespace,
    type: 'roleDefinitions',
    method: 'GET',
    pattern: `{scope}/providers/${namespace}/roleDefinitions`,
    handle(call, arm) {
      const wanted = /roleName eq '([^']*)'/iu.exec(call.request.url.searchParams.get('$filter') ?? '')?.[1];
      const chosen = Object.entries(roles).filter(([, name]) => wanted === undefined || name === wanted);
      return page(
        call,
        chosen.map(([name, roleName]) => roleView(name, roleName, arm)),
      );
    },
  },
  {
    namespace,
    type: 'roleDefinitions',
    method: 'GET',
    pattern: `{scope}/providers/${namespace}/roleDefinitions/{name}`,
    handle(call, arm) {
      const [name, roleName] = Object.entries(roles).find(([id]) => id === call.param('name').toLowerCase()) ?? [];
      if (name === undefined || roleName === undefined) {
        throw providerError(
          404,
          'RoleDefinitionDoesNotExist',
          `The specified role definition with ID '${call.param('name')}' does not exist.`,
        );
      }
      return json(200, roleView(name, roleName, arm));
    },
  },
  {
    ...own,
    method: 'GET',
    pattern: base,
    handle(call, arm) {
      const scope = call.param('scope').toLowerCase();
      const inside = arm.resources
        .ofType(`${namespace}/roleAssignments`)
        .filter(({ properties }) => textAt(properties, 'scope')?.toLowerCase() === scope);
      return page(call, [ownRole(arm), ...inside.map((record) => view(record, arm))]);
    },
  },
  { ...own, method: 'PUT', pattern: `${base}/{name}`, handle: put },
  {
    ...own,
    method: 'GET',
    pattern: `${base}/{name}`,
    handle(call, arm) {
      const record = arm.resources.get(idOf(call));
      if (record === undefined)
        throw providerError(404, 'RoleAssignmentNotFound', `The role assignment '${call.param('name')}' is not found.`);
      return json(200, view(record, arm));
    },
  },
  {
    ...own,
    method: 'DELETE',
    pattern: `${base}/{name}`,
    handle(call, arm) {
      const record = arm.resources.get(idOf(call));
      if (record === undefined) return { status: 204 };
      arm.resources.remove(record.id);
      return json(200, view(record, arm));
    },
  },
];
