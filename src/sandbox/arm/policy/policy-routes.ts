import { arrayAt, isObject, objectAt, textAt } from '../../json.ts';
import type { JsonObject } from '../../json.ts';
import { json } from '../../server/http.ts';
import type { HttpReply } from '../../server/http.ts';
import { isWithin } from '../access/action.ts';
import type { Arm, ArmCall, Route } from '../context.ts';
import { ArmError } from '../errors.ts';
import { page } from '../paging.ts';
import { parameterValues } from './definition.ts';
import type { PolicyAssignment, PolicyDefinition } from './definition.ts';

const namespace = 'Microsoft.Authorization';
const own = { namespace, type: 'policyAssignments' } as const;
const base = `{scope}/providers/${namespace}/policyAssignments`;

const view = (assignment: PolicyAssignment, arm: Arm): JsonObject => {
  const { scope, name, displayName, definitionId, notScopes, parameters, enforced, message } = assignment;
  return {
    properties: {
      ...(displayName === undefined ? {} : { displayName }),
      policyDefinitionId: definitionId,
      scope,
      notScopes,
      parameters,
      enforcementMode: enforced ? 'Default' : 'DoNotEnforce',
      ...(message === undefined ? {} : { nonComplianceMessages: [{ message }] }),
      metadata: { createdBy: arm.identity.objectId, createdOn: new Date(assignment.createdAt).toISOString() },
      definitionVersion: '1.*.*',
      instanceId: assignment.name,
    },
    id: `${scope}/providers/${namespace}/policyAssignments/${name}`,
    type: `${namespace}/policyAssignments`,
    name,
  };
};

const find = (call: ArmCall, arm: Arm): PolicyAssignment => {
  const found = arm.policies.assignment(call.param('scope'), call.param('name'));
  if (found !== undefined) return found;
  throw new ArmError(404, 'PolicyAssignmentNotFound', `The policy assignment '${call.param('name')}' is not found.`);
};

/** Every parameter that has no default needs a value of its type, and no other may be given. */
const checkParameters = (name: string, definition: PolicyDefinition, given: JsonObject): void => {
  const unknown = Object.keys(given).filter((one) => !(one in definition.parameters));
  if (unknown.length > 0)
    throw new ArmError(
      400,
      'UndefinedPolicyParameter',
      `The policy assignment '${name}' has defined parameters '${unknown.join(',')}' which are not defined in the policy definition. Please either remove these parameters from creation or add them to the policy definition '${definition.name}'.`,
    );
  const values = parameterValues(definition, given);
  const missing = Object.keys(values).filter((one) => values[one] === undefined);
  if (missing.length > 0)
    throw new ArmError(
      400,
      'MissingPolicyParameter',
      `The policy assignment '${name}' is missing the parameter(s) '${missing.join(',')}' as defined in the policy definition or policy set definition '${definition.name}'. Assign values to these parameters.`,
    );
  for (const [one, declared] of Object.entries(definition.parameters)) {
    const array = textAt(declared, 'type')?.toLowerCase() === 'array';
    const allowed = arrayAt(declared, 'allowedValues');
    const value = values[one];
    if (array !== Array.isArray(value) || (allowed.length > 0 && !allowed.includes(value)))
      throw new ArmError(
        400,
        'InvalidPolicyParameters',
        `The value '${JSON.stringify(value)}' of policy parameter '${one}' is not valid: it must be ${allowed.length > 0 ? `one of '${allowed.join(',')}'` : `of type '${textAt(declared, 'type') ?? ''}'`}.`,
      );
  }
};

const put = (call: ArmCall, arm: Arm): HttpReply => {
  const [scope, name] = [call.param('scope'), call.param('name')];
  const properties = objectAt(call.body, 'properties');
  const definitionId = textAt(properties, 'policyDefinitionId') ?? '';
  const definition = arm.policies.definition(definitionId);
  if (definition === undefined)
    throw new ArmError(
      404,
      'PolicyDefinitionNotFound',
      `The policy definition '${definitionId.split('/').at(-1) ?? ''}' could not be found.`,
    );
  const parameters = isObject(properties['parameters']) ? properties['parameters'] : {};
  checkParameters(name, definition, parameters);
  const before = arm.policies.assignment(scope, name);
  const assignment: PolicyAssignment = {
    name,
    scope,
    displayName: textAt(properties, 'displayName'),
    definitionId: definition.id,
    parameters,
    notScopes: arrayAt(properties, 'notScopes').map(String),
    enforced: textAt(properties, 'enforcementMode')?.toLowerCase() !== 'donotenforce',
    message: textAt(arrayAt(properties, 'nonComplianceMessages')[0], 'message'),
    createdAt: arm.clock.now(),
  };
  arm.policies.putAssignment(assignment);
  return json(before === undefined ? 201 : 200, view(assignment, arm));
};

/** Those at and above a scope, and below it unless `atScope()` is asked for; `atExactScope()` means just that. */
const list = (call: ArmCall, arm: Arm): HttpReply => {
  const here = call.param('scope');
  const filter = call.request.url.searchParams.get('$filter') ?? '';
  const [only, exactly] = [/atScope\(\)/iu.test(filter), /atExactScope\(\)/iu.test(filter)];
  return page(
    call,
    arm.policies
      .assignments()
      .filter(({ scope }) => isWithin(here, scope) || (!only && isWithin(scope, here)))
      .filter(({ scope }) => !exactly || (isWithin(here, scope) && isWithin(scope, here)))
      .map((one) => view(one, arm)),
  );
};

export const policyAssignmentRoutes: readonly Route[] = [
  { ...own, method: 'GET', pattern: base, handle: list },
  { ...own, method: 'GET', pattern: `${base}/{name}`, handle: (call, arm) => json(200, view(find(call, arm), arm)) },
  { ...own, method: 'PUT', pattern: `${base}/{name}`, handle: put },
  {
    ...own,
    method: 'DELETE',
    pattern: `${base}/{name}`,
    handle(call, arm) {
      const found = arm.policies.assignment(call.param('scope'), call.param('name'));
      if (found === undefined) return { status: 204 };
      arm.policies.removeAssignment(found);
      return json(200, view(found, arm));
    },
  },
];
