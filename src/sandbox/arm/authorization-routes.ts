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
