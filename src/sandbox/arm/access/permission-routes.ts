import { arrayAt } from '../../json.ts';
import { json } from '../../server/http.ts';
import { providerError } from '../checked-body.ts';
import type { Arm, Route } from '../context.ts';
import { page } from '../paging.ts';
import { isWithin } from './action.ts';
import { everybody } from './deny-assignments.ts';
import type { DenyAssignment } from './deny-assignments.ts';

const namespace = 'Microsoft.Authorization';
const denials = `{scope}/providers/${namespace}/denyAssignments`;

const denialView = (denial: DenyAssignment, arm: Arm): unknown => ({
  properties: {
    denyAssignmentName: denial.displayName,
    description: denial.description,
    permissions: [
      { actions: denial.actions, notActions: denial.notActions, dataActions: [], notDataActions: [], condition: null },
    ],
    scope: denial.scope,
    doNotApplyToChildScopes: false,
    principals: denial.principals.map((id) => principal(id, arm)),
    excludePrincipals: denial.excluded.map((id) => principal(id, arm)),
    isSystemProtected: true,
  },
  id: `${denial.scope}/providers/${namespace}/denyAssignments/${denial.name}`,
  type: `${namespace}/denyAssignments`,
  name: denial.name,
});

const principal = (id: string, arm: Arm): unknown =>
  id === everybody
    ? { id, type: 'SystemDefined', displayName: 'All Principals' }
    : { id, type: arm.principals.get(id)?.type ?? 'ServicePrincipal' };

export const permissionRoutes: readonly Route[] = [
  {
    namespace,
    type: 'permissions',
    method: 'GET',
    pattern: `{scope}/providers/${namespace}/permissions`,
    handle(call, arm) {
      const fault = arm.faults.find('authorization-failed');
      const denied = fault === undefined ? [] : arrayAt(fault.parameters, 'actions').map(String);
      const held = arm.access.permissions(call.caller.principal, call.param('scope'));
      const value = held.map((each) => ({ ...each, notActions: [...each.notActions, ...denied] }));
      return json(200, { value: fault !== undefined && denied.length === 0 ? [] : value });
    },
  },
  {
    namespace,
    type: 'denyAssignments',
    method: 'GET',
    pattern: denials,
    handle: (call, arm) =>
      page(
        call,
        arm.access.denials
          .list()
          .filter(({ scope }) => isWithin(scope, call.param('scope')) || isWithin(call.param('scope'), scope))
          .map((denial) => denialView(denial, arm)),
      ),
  },
  {
    namespace,
    type: 'denyAssignments',
    method: 'GET',
    pattern: `${denials}/{name}`,
    handle(call, arm) {
      const denial = arm.access.denials.list().find(({ name }) => name === call.param('name').toLowerCase());
      if (denial === undefined)
        throw providerError(404, 'DenyAssignmentNotFound', `The deny assignment '${call.param('name')}' is not found.`);
      return json(200, denialView(denial, arm));
    },
  },
];
