import { arrayAt, isObject, objectAt, textAt } from '../../json.ts';
import type { JsonObject } from '../../json.ts';
import { json } from '../../server/http.ts';
import type { HttpReply } from '../../server/http.ts';
import { isWithin } from '../access/action.ts';
import { providerError } from '../checked-body.ts';
import type { Arm, ArmCall, Route } from '../context.ts';
import { idOf, mayReadPolicies, violationsOf } from './enforce.ts';
import type { Violation } from './enforce.ts';
import type { Judged } from './fields.ts';

const namespace = 'Microsoft.PolicyInsights';
const action = `${namespace}/checkPolicyRestrictions/read`;

/** Since this version an answer tells of effects, and can be asked for those that only watch. */
const effectsSince = '2023-03-01';

/** Ids come in this service's own casing, as in Microsoft's examples. */
const cased = (id: string): string =>
  id.replace('/providers/Microsoft.Authorization/', '/providers/microsoft.authorization/');

/** The words of these refusals are ours: no record of Azure's was found. */
const refuse = (message: string): Error => providerError(400, 'InvalidCheckRestrictionsRequest', message);

/** The resource that somebody means to make, as Azure Policy would see it. */
const planned = (content: JsonObject, scope: string): Judged => {
  const type = textAt(content, 'type');
  if (type === undefined) throw refuse("The resource content must have a 'type'.");
  const name = textAt(content, 'name') ?? '';
  const id = /^Microsoft\.Resources\/subscriptions\/resourceGroups$/iu.test(type)
    ? `${scope}/resourceGroups/${name}`
    : `${scope}/providers/${type}/${name}`;
  return { id, type, name, location: textAt(content, 'location'), tags: objectAt(content, 'tags'), body: content };
};

const evaluation = ({ assignment, definition, effect, evaluated }: Violation, call: ArmCall, arm: Arm): JsonObject => ({
  policyInfo: { policyDefinitionId: cased(definition.id), policyAssignmentId: cased(idOf(assignment)) },
  evaluationResult: 'NonCompliant',
  ...(mayReadPolicies(call.caller, assignment.scope, arm)
    ? { evaluationDetails: { evaluatedExpressions: evaluated } }
    : {}),
  ...(call.apiVersion < effectsSince
    ? {}
    : { effectDetails: { policyEffect: effect.charAt(0).toUpperCase() + effect.slice(1) } }),
});

/**
 * What policies would say of a resource before it is made. Path, body, answer and versions: checkPolicyRestrictions.json of
 * Azure/azure-rest-api-specs, 2020-07-01-preview to 2024-10-01; the right: Microsoft's list of permissions of the provider.
 */
const check = (call: ArmCall, arm: Arm): HttpReply => {
  const details = objectAt(call.body, 'resourceDetails');
  const content = details['resourceContent'];
  if (!isObject(content)) throw refuse("The request needs 'resourceDetails' with an object 'resourceContent'.");
  if (arrayAt(call.body, 'pendingFields').length > 0)
    throw refuse("The sandbox judges whole resources: it does not know what 'pendingFields' would allow.");
  const here = call.request.url.pathname.split(/\/providers\//iu)[0] ?? '';
  const scope = textAt(details, 'scope') ?? here;
  if (!isWithin(scope, here)) throw refuse(`The scope '${scope}' is not within '${here}'.`);
  const watches =
    call.apiVersion >= effectsSince && objectAt({ body: call.body }, 'body')['includeAuditEffect'] === true;
  const effects = watches ? ['deny', 'audit'] : ['deny'];
  const violations = violationsOf(planned(content, scope), scope, effects, arm);
  return json(200, {
    fieldRestrictions: [],
    contentEvaluationResult: { policyEvaluations: violations.map((each) => evaluation(each, call, arm)) },
  });
};

const own = {
  namespace,
  type: 'checkPolicyRestrictions',
  method: 'POST',
  permission: action,
  handle: check,
} as const;

export const policyRestrictionRoutes: readonly Route[] = [
  { ...own, pattern: `/subscriptions/{subscription}/providers/${namespace}/checkPolicyRestrictions` },
  {
    ...own,
    pattern: `/subscriptions/{subscription}/resourceGroups/{group}/providers/${namespace}/checkPolicyRestrictions`,
  },
];
