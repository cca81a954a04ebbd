import { durations } from '../../durations.ts';
import { isObject, at } from '../../json.ts';
import type { JsonObject } from '../../json.ts';
import { json } from '../../server/http.ts';
import type { HttpReply } from '../../server/http.ts';
import { checkedBody, providerError } from '../checked-body.ts';
import type { Arm, ArmCall, Route } from '../context.ts';
import type { ResourceRecord } from '../resources.ts';
import { findWorkspace, readyWorkspace } from '../workspaces/workspace-routes.ts';
import { base, namespace } from './children.ts';

const own = { namespace, type: 'onboardingStates' } as const;

const stateId = (workspace: ResourceRecord): string =>
  `${workspace.id}/providers/${namespace}/onboardingStates/default`;

/** customerManagedKey is never echoed, and systemData is empty. */
const view = (record: ResourceRecord): JsonObject => ({
  id: record.id,
  name: record.name,
  etag: `"${record.etag}"`,
  type: `${namespace}/onboardingStates`,
  properties: {},
  systemData: {},
});

const visible = (workspace: ResourceRecord, arm: Arm): ResourceRecord | undefined => {
  const record = arm.resources.get(stateId(workspace));
  return record !== undefined && record.visibleAt <= arm.clock.now() ? record : undefined;
};

/** The workspace, where Sentinel is on in it; else the refusal that every other type of Sentinel's gives. */
export const onboarded = (call: ArmCall, arm: Arm): ResourceRecord => {
  const workspace = findWorkspace(call, arm);
  if (visible(workspace, arm) !== undefined) return workspace;
  throw providerError(
    400,
    'BadRequest',
    `Workspace '${workspace.name}' is not onboarded to Microsoft Sentinel. Please onboard through the portal (https://learn.microsoft.com/en-us/azure/sentinel/quickstart-onboard) or use the OnboardingStates ARM api to onboard to Sentinel (https://learn.microsoft.com/en-us/rest/api/securityinsights/sentinel-onboarding-states/create?view=rest-securityinsights-2024-03-01).`,
  );
};

/** The specification calls the body, its properties and the key's flag optional; the service calls none of them so. */
const checkState = (call: ArmCall): void => {
  if (call.param('state').toLowerCase() !== 'default')
    throw providerError(
      400,
      'BadRequest',
      `The Sentinel onboarding state '${call.param('state')}' is invalid: its name must be 'default'.`,
    );
  if (call.body === undefined) throw providerError(400, 'BadRequest', 'A non-empty request body is required.');
  for (const path of [['properties'], ['properties', 'customerManagedKey']]) {
    if (at(call.body, ...path) !== undefined) continue;
    throw providerError(
      400,
      'BadRequest',
      `Invalid data model. [${path.join('.')}: Required property '${path.at(-1) ?? ''}' not found in JSON.]`,
    );
  }
  if (isObject(at(call.body, 'properties'))) checkedBody(call, { code: 'BadRequest' });
};

const put = (call: ArmCall, arm: Arm): HttpReply => {
  const workspace = readyWorkspace(call, arm);
  checkState(call);
  const before = arm.resources.get(stateId(workspace));
  // Some were told 200, others 409: a client has to bear both.
  if (before !== undefined && arm.faults.find('onboarding-conflict') !== undefined) {
    throw providerError(409, 'Conflict', `Workspace '${workspace.name}' is already onboarded to Microsoft Sentinel.`);
  }
  const record = arm.resources.put({
    id: stateId(workspace),
    type: `${namespace}/onboardingStates`,
    name: 'default',
    group: workspace.group,
    properties: {},
    visibleAt: arm.clock.now() + durations.onboardingVisible / arm.clock.speed,
  });
  return json(before === undefined ? 201 : 200, view(record));
};

const get = (call: ArmCall, arm: Arm): HttpReply => {
  const record = visible(findWorkspace(call, arm), arm);
  if (record === undefined || call.param('state').toLowerCase() !== 'default') {
    throw providerError(
      404,
      'NotFound',
      `Sentinel onboarding state '${call.param('state')}' was not found in workspace '${call.param('workspace')}'.`,
    );
  }
  return json(200, view(record));
};

/** What Sentinel kept of a workspace goes with it: rules, watchlists, incidents do not outlive its removal. */
const remove = (call: ArmCall, arm: Arm): HttpReply => {
  const workspace = findWorkspace(call, arm);
  if (arm.resources.get(stateId(workspace)) === undefined) return { status: 204 };
  const inside = `${workspace.id}/providers/${namespace}/`.toLowerCase();
  for (const record of arm.resources.list(({ id }) => id.toLowerCase().startsWith(inside)))
    arm.resources.remove(record.id);
  return json(200, {});
};

export const onboardingRoutes: readonly Route[] = [
  {
    ...own,
    method: 'GET',
    pattern: `${base}/onboardingStates`,
    handle(call, arm) {
      const record = visible(findWorkspace(call, arm), arm);
      return json(200, { value: record === undefined ? [] : [view(record)] });
    },
  },
  { ...own, method: 'PUT', pattern: `${base}/onboardingStates/{state}`, handle: put },
  { ...own, method: 'GET', pattern: `${base}/onboardingStates/{state}`, handle: get },
  { ...own, method: 'DELETE', pattern: `${base}/onboardingStates/{state}`, handle: remove },
];
