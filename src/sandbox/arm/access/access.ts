import type { SandboxClock } from '../../clock.ts';
import type { Identity } from '../../identity.ts';
import type { Principal, Principals } from '../../entra/principals.ts';
import type { Store } from '../../store.ts';
import { actionMatches, isWithin } from './action.ts';
import type { Permission } from './built-in-roles.ts';
import { createDenyAssignments, everybody } from './deny-assignments.ts';
import type { DenyAssignment, DenyAssignments } from './deny-assignments.ts';
import { createRoleAssignments } from './role-assignments.ts';
import type { RoleAssignment, RoleAssignments } from './role-assignments.ts';
import { createRoleDefinitions } from './role-definitions.ts';
import type { RoleDefinitions } from './role-definitions.ts';

export type Decision =
  | { readonly kind: 'allowed' }
  | { readonly kind: 'missing' }
  | { readonly kind: 'denied'; readonly by: DenyAssignment };

/** Azure RBAC: who may do what where. */
export interface Access {
  readonly roles: RoleDefinitions;
  readonly assignments: RoleAssignments;
  readonly denials: DenyAssignments;
  decide(who: Principal, action: string, scope: string): Decision;
  /** The same for what is done inside a resource: `dataActions`. */
  allowsData(who: Principal, action: string, scope: string): boolean;
  /** What the principal's roles at and above a scope allow. */
  permissions(who: Principal, scope: string): readonly Permission[];
  /** Whether the principal has any role at, above or below a scope. */
  hasAnyRole(who: Principal, scope: string): boolean;
}

export const createAccess = (store: Store, clock: SandboxClock, identity: Identity, principals: Principals): Access => {
  const roles = createRoleDefinitions(store);
  const assignments = createRoleAssignments(store, clock, identity, principals);
  const denials = createDenyAssignments(store);
  let asked = 0;

  const concerns = ({ principalId }: RoleAssignment, who: Principal): boolean =>
    principalId === who.objectId || who.groups.includes(principalId);
  /** Each question goes to the next replica: what one knows the other may not know yet. */
  const heldBy = (who: Principal): readonly RoleAssignment[] => {
    asked += 1;
    return assignments.inEffect(asked).filter((one) => concerns(one, who));
  };
  const permissions = (who: Principal, scope: string): readonly Permission[] =>
    heldBy(who)
      .filter((one) => isWithin(scope, one.scope))
      .flatMap((one) => roles.get(one.role)?.permissions ?? []);
  const covers = (yes: readonly string[], no: readonly string[], action: string): boolean =>
    yes.some((pattern) => actionMatches(pattern, action)) && !no.some((pattern) => actionMatches(pattern, action));
  const denial = (who: Principal, action: string, scope: string): DenyAssignment | undefined =>
    denials
      .list()
      .find(
        (one) =>
          isWithin(scope, one.scope) &&
          covers(one.actions, one.notActions, action) &&
          [everybody, who.objectId, ...who.groups].some((id) => one.principals.includes(id)) &&
          !one.excluded.includes(who.objectId),
      );
  return {
    roles,
    assignments,
    denials,
    decide(who, action, scope) {
      const allowed = permissions(who, scope).some(({ actions, notActions }) => covers(actions, notActions, action));
      if (!allowed) return { kind: 'missing' };
      const by = denial(who, action, scope);
      return by === undefined ? { kind: 'allowed' } : { kind: 'denied', by };
    },
    allowsData: (who, action, scope) =>
      permissions(who, scope).some(({ dataActions, notDataActions }) => covers(dataActions, notDataActions, action)),
    permissions,
    hasAnyRole: (who, scope) => heldBy(who).some((one) => isWithin(one.scope, scope) || isWithin(scope, one.scope)),
  };
};
