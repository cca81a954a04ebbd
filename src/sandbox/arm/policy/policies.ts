import type { SandboxClock } from '../../clock.ts';
import { durations } from '../../durations.ts';
import type { Store } from '../../store.ts';
import { isWithin } from '../access/action.ts';
import { builtInPolicies } from './built-in-policies.ts';
import type { PolicyAssignment, PolicyDefinition } from './definition.ts';

export interface Policies {
  definition(id: string): PolicyDefinition | undefined;
  definitions(): readonly PolicyDefinition[];
  putDefinition(definition: PolicyDefinition): void;
  removeDefinition(id: string): void;
  assignment(scope: string, name: string): PolicyAssignment | undefined;
  assignments(): readonly PolicyAssignment[];
  /** Those that are enforced at a scope by now. */
  inForce(scope: string): readonly PolicyAssignment[];
  putAssignment(assignment: PolicyAssignment): void;
  removeAssignment(assignment: PolicyAssignment): void;
  /** Forgets what stands at or below a scope that is no more. */
  forgetBelow(scope: string): void;
}

export const createPolicies = (store: Store, clock: SandboxClock): Policies => {
  const custom = store.collection<PolicyDefinition>('policy-definition');
  const assigned = store.collection<PolicyAssignment>('policy-assignment');
  const keyOf = (scope: string, name: string): string => `${scope}/${name}`.toLowerCase();
  const definitions = (): readonly PolicyDefinition[] => [...builtInPolicies, ...custom.values()];
  const assignments = (): readonly PolicyAssignment[] => assigned.values();
  return {
    definitions,
    definition: (id) => definitions().find((one) => one.id.toLowerCase() === id.toLowerCase()),
    putDefinition: (definition) => custom.set(definition.id.toLowerCase(), definition),
    removeDefinition: (id) => custom.delete(id.toLowerCase()),
    assignments,
    assignment: (scope, name) => assigned.get(keyOf(scope, name)),
    inForce: (scope) =>
      assignments().filter(
        (one) =>
          one.enforced &&
          isWithin(scope, one.scope) &&
          !one.notScopes.some((left) => isWithin(scope, left)) &&
          one.createdAt + durations.policyPropagation / clock.speed <= clock.now(),
      ),
    putAssignment: (assignment) => assigned.set(keyOf(assignment.scope, assignment.name), assignment),
    removeAssignment: ({ scope, name }) => assigned.delete(keyOf(scope, name)),
    forgetBelow(scope) {
      for (const one of assignments()) if (isWithin(one.scope, scope)) assigned.delete(keyOf(one.scope, one.name));
    },
  };
};
