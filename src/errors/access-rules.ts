import type { ErrorRule } from './error-rule.ts';

const GRANT = [
  "Let an owner run `az role assignment create --assignee {client} --role '{role}' --scope {grant}`, then wait a few minutes.",
];
const POLICY_DO = ['Ask its owner for an exemption, or change the configuration so that the policy allows it.'];
const POLICY_LINK = 'https://learn.microsoft.com/azure/governance/policy/troubleshoot/general';

/** Refusals of what an organisation may put before a deployment: roles, deny assignments, policies and locks. */
export const ACCESS_RULES: readonly ErrorRule[] = [
  {
    codes: ['LinkedAuthorizationFailed'],
    message:
      /does not have permission to perform action\(?s?\)? '(?<action>[^']+)' on the linked scope\(?s?\)? '(?<scope>[^']+)'/i,
    kind: 'permission',
    says: ['The signed-in account lacks {action} on {scope}.'],
    do: GRANT,
  },
  {
    codes: ['AuthorizationFailed'],
    message: /to perform action '(?<action>[^']+)' over scope '(?<scope>[^']+)'/i,
    kind: 'permission',
    says: ['The signed-in account lacks {action} on {scope}.'],
    do: GRANT,
  },
  {
    codes: ['DenyAssignmentAuthorizationFailed'],
    message:
      /to perform action '(?<action>[^']+)' on scope '(?<scope>[^']+)'[\s\S]*deny assignment with name '(?<denial>[\s\S]+?)' and Id '[^']*' at scope '(?<denied>[^']+)'/i,
    kind: 'permission',
    says: ['A deny assignment on {denied}, "{denial}", forbids {action} to everybody.'],
    do: ['No role is above it: choose another resource group, or ask whoever manages what it protects.'],
  },
  {
    codes: [
      'AuthorizationFailed',
      'LinkedAuthorizationFailed',
      'Forbidden',
      'InsufficientAccessError',
      'DenyAssignmentAuthorizationFailed',
    ],
    kind: 'permission',
    says: ['The signed-in account may not do this: {message}'],
    do: ['Ask an owner of the subscription for the role Contributor on the resource group.'],
  },
  {
    codes: ['RequestDisallowedByPolicy', 'PolicyViolation'],
    message: /Resource '(?<resource>[^']+)' was disallowed by policy\. Reasons: '(?<reasons>[\s\S]+)'\. See error/i,
    kind: 'failed',
    says: ['Azure Policy of the organisation forbids {resource}: {reasons}'],
    do: POLICY_DO,
    link: POLICY_LINK,
  },
  {
    codes: ['RequestDisallowedByPolicy', 'PolicyViolation'],
    message:
      /Resource '(?<resource>[^']+)'[\s\S]*?"policyAssignment":\{"name":"(?<policy>[^"]+)","id":"(?<scope>[^"]+?)\/providers\/Microsoft\.Authorization\/policyAssignments/i,
    kind: 'failed',
    says: ['Azure Policy of the organisation forbids {resource}: "{policy}", assigned at {scope}.'],
    do: POLICY_DO,
    link: POLICY_LINK,
  },
  {
    codes: ['RequestDisallowedByPolicy', 'PolicyViolation'],
    message: /policy(?:Definition|Assignment)?\W+name\W+(?<policy>[\w .-]+)/i,
    kind: 'failed',
    says: ['Azure Policy of the organisation forbids this: {policy}.'],
    do: POLICY_DO,
    link: POLICY_LINK,
  },
  {
    codes: ['RequestDisallowedByPolicy', 'PolicyViolation', 'RequestDisallowedByAzure'],
    kind: 'failed',
    says: ['A policy of the organisation or of Azure forbids this: {message}'],
    do: POLICY_DO,
  },
  {
    codes: ['ScopeLocked'],
    message: /cannot perform (?<verb>\w+) operation because following scope\(?s?\)? are locked: '(?<locked>[^']+)'/i,
    kind: 'failed',
    says: ['A lock on {locked} forbids every {verb} there.'],
    do: ['See it with `az lock list`; its owner can remove it with `az lock delete`, then run the same command.'],
  },
  {
    codes: ['ScopeLocked'],
    kind: 'failed',
    says: ['A lock on the resource or its group forbids this.'],
    do: ['See it with `az lock list --resource-group <group>`; its owner can remove it.'],
  },
];
