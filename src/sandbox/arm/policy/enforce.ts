import { objectAt, textAt } from '../../json.ts';
import type { JsonObject } from '../../json.ts';
import type { Subject } from '../access/action.ts';
import type { Caller } from '../access/caller.ts';
import { findProvider, findType } from '../catalog.ts';
import type { Arm, Route } from '../context.ts';
import { ArmError } from '../errors.ts';
import { parsePath } from '../path.ts';
import { judge } from './condition.ts';
import type { Evaluated } from './condition.ts';
import { effectOf, parameterValues } from './definition.ts';
import type { PolicyAssignment, PolicyDefinition } from './definition.ts';
import type { Judged } from './fields.ts';

interface Violation {
  readonly assignment: PolicyAssignment;
  readonly definition: PolicyDefinition;
  readonly evaluated: readonly Evaluated[];
}

/** 403 where a policy in force at the resource, its group or the subscription denies what a PUT or PATCH would make of it. */
export const checkPolicies = (route: Route, subject: Subject, body: unknown, caller: Caller, arm: Arm): void => {
  if (route.method !== 'PUT' && route.method !== 'PATCH') return;
  if (route.namespace === 'Microsoft.Authorization' || route.type === 'tags') return;
  const inForce = arm.policies.inForce(subject.scope);
  if (inForce.length === 0) return;
  const resource = judged(route, subject, body, arm);
  const violations = inForce.flatMap((assignment) => {
    const definition = arm.policies.definition(assignment.definitionId);
    const violation = definition === undefined ? undefined : violationOf(assignment, definition, resource, route);
    return violation === undefined ? [] : [violation];
  });
  if (violations.length > 0) throw disallowed(resource, violations, caller, arm);
};

const isGroup = ({ namespace, type }: Route): boolean =>
  namespace === 'Microsoft.Resources' && type === 'resourceGroups';

const judged = (route: Route, { scope }: Subject, body: unknown, arm: Arm): Judged => {
  const { segments, group } = parsePath(scope);
  const there = isGroup(route) ? arm.groups.get(group ?? '') : arm.resources.get(scope);
  const given = objectAt({ body }, 'body');
  const before = route.method === 'PATCH' && there !== undefined ? { ...there } : {};
  const whole: JsonObject = {
    ...before,
    ...given,
    properties: { ...objectAt(before, 'properties'), ...objectAt(given, 'properties') },
  };
  return {
    id: scope,
    type: isGroup(route) ? 'Microsoft.Resources/subscriptions/resourceGroups' : `${route.namespace}/${route.type}`,
    name: segments.at(-1) ?? '',
    location: textAt(whole, 'location'),
    tags: objectAt(whole, 'tags'),
    body: whole,
  };
};

/** Types that carry tags and a location. */
const indexed = (route: Route): boolean => {
  const provider = findProvider(route.namespace);
  return provider !== undefined && !route.type.includes('/') && findType(provider, route.type)?.global !== true;
};

const violationOf = (
  assignment: PolicyAssignment,
  definition: PolicyDefinition,
  resource: Judged,
  route: Route,
): Violation | undefined => {
  if (definition.mode === 'Indexed' && !indexed(route)) return undefined;
  const parameters = parameterValues(definition, assignment.parameters);
  if (effectOf(definition, parameters) !== 'deny') return undefined;
  const { holds, evaluated } = judge(definition.condition, resource, parameters);
  return holds ? { assignment, definition, evaluated } : undefined;
};

const idOf = ({ scope, name }: PolicyAssignment): string =>
  `${scope}/providers/Microsoft.Authorization/policyAssignments/${name}`;

const disallowed = ({ name }: Judged, violations: readonly Violation[], caller: Caller, arm: Arm): ArmError => {
  const identifiers = violations.map(({ assignment, definition }) => ({
    policyAssignment: { name: assignment.displayName ?? assignment.name, id: idOf(assignment) },
    policyDefinition: { name: definition.displayName, id: definition.id, version: definition.version },
  }));
  const reasons = violations.flatMap(({ assignment }) => assignment.message ?? []);
  const why =
    reasons.length > 0
      ? `Reasons: ${reasons.map((reason) => `'${reason}'`).join(', ')}. See error details for policy resource IDs.`
      : `Policy identifiers: '${JSON.stringify(identifiers)}'.`;
  return new ArmError(403, 'RequestDisallowedByPolicy', `Resource '${name}' was disallowed by policy. ${why}`, {
    target: name,
    additionalInfo: violations.map((violation) => ({ type: 'PolicyViolation', info: infoOf(violation, caller, arm) })),
  });
};

/** Who may not read policies is not told what they compare. */
const infoOf = ({ assignment, definition, evaluated }: Violation, { principal }: Caller, arm: Arm): JsonObject => ({
  policyDefinitionDisplayName: definition.displayName,
  ...(arm.access.decide(principal, 'Microsoft.Authorization/policyDefinitions/read', assignment.scope).kind ===
  'allowed'
    ? { evaluationDetails: { evaluatedExpressions: evaluated } }
    : {}),
  policyDefinitionId: definition.id,
  policyDefinitionName: definition.name,
  policyDefinitionVersion: definition.version,
  policyDefinitionEffect: 'deny',
  policyAssignmentId: idOf(assignment),
  policyAssignmentName: assignment.name,
  policyAssignmentDisplayName: assignment.displayName ?? assignment.name,
  policyAssignmentScope: assignment.scope,
  policyAssignmentParameters: assignment.parameters,
  policyExemptionIds: [],
});
