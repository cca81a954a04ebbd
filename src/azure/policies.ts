import { API_VERSIONS } from './api-versions.ts';
import type { ArmRequest } from './arm-request.ts';
import type { ComparedField, Denial, Policies, PolicyAssignment } from './policy-contract.ts';
import { at, field, list, text } from './read-json.ts';

/**
 * Azure Policy, asked before anything is made. Request and answer of checkPolicyRestrictions: its specification in
 * Azure/azure-rest-api-specs, policyinsights/…/stable/2024-10-01/checkPolicyRestrictions.json.
 */
export const createPolicies = (arm: ArmRequest, subscriptionId: string): Policies => {
  const scopeOf = (resourceGroup: string | undefined): string =>
    `/subscriptions/${subscriptionId}${resourceGroup === undefined ? '' : `/resourceGroups/${resourceGroup}`}`;
  return {
    async assigned(resourceGroup, signal) {
      const found = await arm.list(`${scopeOf(resourceGroup)}/providers/Microsoft.Authorization/policyAssignments`, {
        apiVersion: API_VERSIONS['Microsoft.Authorization/policyAssignments'],
        // Without it those of everything below are listed, too.
        query: { $filter: 'atScope()' },
        signal,
      });
      return found.map(parseAssignment);
    },
    async denials(resourceGroup, { apiVersion, ...resourceContent }, signal) {
      const path = `${scopeOf(resourceGroup)}/providers/Microsoft.PolicyInsights/checkPolicyRestrictions`;
      const { body } = await arm.send('POST', path, {
        apiVersion: API_VERSIONS['Microsoft.PolicyInsights/checkPolicyRestrictions'],
        body: { resourceDetails: { resourceContent, ...(apiVersion === undefined ? {} : { apiVersion }) } },
        signal,
      });
      return list(field(body, 'contentEvaluationResult'), 'policyEvaluations').flatMap(parseDenial);
    },
  };
};

const parseAssignment = (body: unknown): PolicyAssignment => {
  const id = text(body, 'id') ?? '';
  const name = text(body, 'name') ?? id;
  return { id, name, displayName: text(field(body, 'properties'), 'displayName') ?? name };
};

/** Only what denies: an answer may hold effects that merely watch, and evaluations that failed. */
const parseDenial = (evaluation: unknown): readonly Denial[] => {
  const effect = text(field(evaluation, 'effectDetails'), 'policyEffect') ?? 'deny';
  const result = text(evaluation, 'evaluationResult') ?? '';
  const assignmentId = text(field(evaluation, 'policyInfo'), 'policyAssignmentId');
  if (effect.toLowerCase() !== 'deny' || result.toLowerCase() !== 'noncompliant' || assignmentId === undefined)
    return [];
  const compared = list(field(evaluation, 'evaluationDetails'), 'evaluatedExpressions').flatMap(parseCompared);
  // That a rule is about this type is no reason, unless it is about nothing else.
  const reasons = compared.filter(({ name }) => name.toLowerCase() !== 'type');
  return [{ assignmentId, fields: reasons.length > 0 ? reasons : compared }];
};

const parseCompared = (expression: unknown): readonly ComparedField[] => {
  const name = text(expression, 'expression') ?? text(expression, 'path');
  if (name === undefined) return [];
  return [
    {
      name,
      value: worded(at(expression, 'expressionValue')),
      operator: text(expression, 'operator') ?? '',
      target: worded(at(expression, 'targetValue')),
    },
  ];
};

const worded = (value: unknown): string | undefined => {
  if (value === undefined || value === null) return undefined;
  if (Array.isArray(value)) return value.map((each) => worded(each) ?? '').join(', ');
  return typeof value === 'string' ? value : JSON.stringify(value);
};
