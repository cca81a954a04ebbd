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

export interface Violation {
  readonly assignment: PolicyAssignment;
  readonly definition: PolicyDefinition;
  /** Lower-cased. */
  readonly effect: string;
  readonly evaluated: readonly Evaluated[];
}

/** 403 where a policy in force at the resource, its group or the subscription denies what a PUT or PATCH would make of it. */
export const checkPolicies = (route: Route, subject: Subject, body: unknown, caller: Caller, arm: Arm): void => {
  if (route.method !== 'PUT' && route.method !== 'PATCH') return;
  if (route.namespace === 'Microsoft.Authorization' || route.type === 'tags') return;
  if (arm.policies.inForce(subject.scope).length === 0) return;
  const resource = judged(route, subject, body, arm);
  const violations = violationsOf(resource, subject.scope, ['deny'], arm);
  if (violations.length > 0) throw disallowed(resource, violations, caller, arm);
};

/** What the policies in force at a scope that have one of these effects say against a resource. */
export const violationsOf = (
  resource: Judged,
  scope: string,
  effects: readonly string[],
  arm: Arm,
): readonly Violation[] =>
  arm.policies.inForce(scope).flatMap((assignment) => {
    const definition = arm.policies.definition(assignment.definitionId);
    const violation = definition === undefined ? undefined : violationOf(assignment, definition, resource, effects);
    return violation === undefined ? [] : [violation];
  });

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
const indexed = ({ type: whole }: Judged): boolean => {
  const [namespace = '', ...type] = whole.split('/');
  const provider = findProvider(namespace);
  return type.length === 1 && provider !== undefined && findType(provider, type.join('/'))?.global !== true;
};

const violationOf = (
  assignment: PolicyAssignment,
  definition: PolicyDefinition,
  resource: Judged,
  effects: readonly string[],
): Violation | undefined => {
  if (definition.mode === 'Indexed' && !indexed(resource)) return undefined;
  const parameters = parameterValues(definition, assignment.parameters);
  const effect = effectOf(definition, parameters);
  if (!effects.includes(effect)) return undefined;
  const { holds, evaluated } = judge(definition.condition, resource, parameters);
  return holds ? { assignment, definition, effect, evaluated } : undefined;
};

export const idOf = ({ scope, name }: PolicyAssignment): string =>
  `${scope}/providers/Microsoft.Authorization/policyAssignments/${name}`;

/** Who may not read policies is not told what they compare. */
export const mayReadPolicies = ({ principal }: Caller, scope: string, arm: Arm): boolean =>
  arm.access.decide(principal, 'Microsoft.Authorization/policyDefinitions/read', scope).kind === 'allowed';

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

const infoOf = ({ assignment, definition, evaluated }: Violation, caller: Caller, arm: Arm): JsonObject => ({
  policyDefinitionDisplayName: definition.displayName,
  ...(mayReadPolicies(caller, assignment.scope, arm) ? { evaluationDetails: { evaluatedExpressions: evaluated } } : {}),
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
