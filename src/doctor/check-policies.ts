import type { Azure } from '../azure/azure.ts';
import type { ComparedField, Denial, PolicyAssignment } from '../azure/policy-contract.ts';
import { Problem } from '../errors/problem.ts';
import type { Services } from '../steps/services.ts';
import { type Planned, plannedResources } from './planned-resources.ts';

type Looks = Pick<Services, 'azure' | 'config' | 'owner' | 'configHash' | 'version'>;

/**
 * What Azure Policy would deny of the resources that init is about to make, all of it, before the first is made. A subscription without
 * assignments costs one question.
 */
export const checkPolicies = async (services: Looks, signal: AbortSignal): Promise<void> => {
  const { azure, config } = services;
  const group =
    (await azure.groups.find(config.resourceGroup, signal)) === undefined ? undefined : config.resourceGroup;
  const assigned = await azure.policies.assigned(group, signal).catch((error: unknown) => {
    signal.throwIfAborted();
    // Who may not list them may still ask what they would say.
    if (error instanceof Problem && error.kind === 'permission') return undefined;
    throw error;
  });
  if (assigned?.length === 0) return;
  const planned = await plannedResources(services, group === undefined, signal);
  const judged = await Promise.all(planned.map((each) => judge(azure, group, each, signal)));
  const denied = judged.flat();
  if (denied.length > 0) throw refusal(denied, assigned ?? []);
};

interface Denied {
  readonly what: string;
  readonly denial: Denial;
}

const judge = async (
  { policies }: Azure,
  group: string | undefined,
  { what, resource }: Planned,
  signal: AbortSignal,
): Promise<readonly Denied[]> => {
  const found = await policies.denials(group, resource, signal);
  return found.map((denial) => ({ what, denial }));
};

/** One sentence for each assignment and reason, with everything that it would deny. */
const refusal = (denied: readonly Denied[], assigned: readonly PolicyAssignment[]): Problem => {
  const nameOf = (id: string): string =>
    assigned.find((each) => each.id.toLowerCase() === id.toLowerCase())?.displayName ?? id.split('/').at(-1) ?? id;
  const byReason = new Map<string, string[]>();
  for (const { what, denial } of denied) {
    const reason = reasonOf(denial.fields);
    const key = `the Azure Policy assignment "${nameOf(denial.assignmentId)}"${reason === '' ? '' : `: ${reason}`}`;
    byReason.set(key, [...(byReason.get(key) ?? []), what]);
  }
  const sentences = [...byReason].map(([why, whats]) => `${joined(whats)} would be denied by ${why}`);
  const [first] = denied;
  return new Problem(sentences.join('\n'), {
    kind: 'preflight',
    code: 'RequestDisallowedByPolicy',
    hint: `Choose what it allows (--location, --node-size, another --resource-group or subscription), or ask its owner for an exemption; ${shows(first?.denial.assignmentId ?? '')} shows it.`,
  });
};

/** `location is uksouth (notIn westeurope)`; a rule says by its operators what it denies. */
const reasonOf = (fields: readonly ComparedField[]): string => {
  const byField = new Map<string, string[]>();
  for (const { name, value, operator, target } of fields) {
    const is = `${name} is ${value ?? 'not set'}`;
    const rule = [operator.charAt(0).toLowerCase() + operator.slice(1), target].filter(Boolean).join(' ');
    byField.set(is, [...(byField.get(is) ?? []), rule]);
  }
  return [...byField].map(([is, rules]) => `${is} (${rules.join('; ')})`).join(' and ');
};

const joined = (parts: readonly string[]): string =>
  parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1) ?? ''}`;

const shows = (id: string): string => {
  const [scope = '', name = ''] = id.split(/\/providers\/Microsoft\.Authorization\/policyAssignments\//iu);
  return `\`az policy assignment show --name ${name} --scope ${scope}\``;
};
