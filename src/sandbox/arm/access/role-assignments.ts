import type { SandboxClock } from '../../clock.ts';
import { durations } from '../../durations.ts';
import { guidOf } from '../../identity.ts';
import type { Identity } from '../../identity.ts';
import type { Principals, PrincipalType } from '../../entra/principals.ts';
import type { Store } from '../../store.ts';
import { isWithin } from './action.ts';
import { ownerRole } from './built-in-roles.ts';

export interface RoleAssignment {
  /** GUID. */
  readonly name: string;
  /** As the client spelled it. */
  readonly scope: string;
  /** GUID of the definition. */
  readonly role: string;
  readonly principalId: string;
  readonly principalType: PrincipalType;
  readonly description?: string;
  readonly condition?: string;
  readonly conditionVersion?: string;
  /** Object id of who made it. */
  readonly createdBy: string;
  /** Milliseconds since the epoch; 0 has been there for ever. */
  readonly createdAt: number;
  readonly removedAt?: number;
}

export interface RoleAssignments {
  get(name: string): RoleAssignment | undefined;
  /** Those that have not been removed. */
  list(): readonly RoleAssignment[];
  /** Those that the replica that answers this question knows of: a new one is known here sooner than there, and so is its end. */
  inEffect(replica: number): readonly RoleAssignment[];
  put(assignment: RoleAssignment): void;
  remove(name: string): void;
  /** Gives somebody these assignments and no others, everywhere at once. */
  replace(principalId: string, assignments: readonly RoleAssignment[]): void;
  /** Forgets what stands at or below a scope that is no more. */
  forgetBelow(scope: string): void;
}

/** How much of the time that a change takes everywhere has to pass until each replica knows of it. */
const shares = [0.2, 1] as const;

export const createRoleAssignments = (
  store: Store,
  clock: SandboxClock,
  identity: Identity,
  principals: Principals,
): RoleAssignments => {
  const kept = store.collection<RoleAssignment>('role-assignment');
  const seeded = store.collection<boolean>('role-assignments-seeded');
  /** Who made the subscription owns it, and so does the sandbox's own client until somebody takes that away. */
  const seed = (): void => {
    if (seeded.get('done') === true) return;
    seeded.set('done', true);
    const scope = `/subscriptions/${identity.subscriptionId}`;
    for (const { objectId, type } of [principals.administrator(), principals.own()]) {
      const name = guidOf(`${scope}/${objectId}/owner`);
      const by = principals.administrator().objectId;
      kept.set(name, {
        name,
        scope,
        role: ownerRole,
        principalId: objectId,
        principalType: type,
        createdBy: by,
        createdAt: 0,
      });
    }
  };
  const all = (): readonly RoleAssignment[] => {
    seed();
    return kept.values();
  };
  const everywhere = (): number => durations.rolePropagation / clock.speed;
  const known = (since: number, replica: number): boolean =>
    since + everywhere() * (shares[replica % shares.length] ?? 1) <= clock.now();
  return {
    get: (name) => all().find((one) => one.name === name.toLowerCase() && one.removedAt === undefined),
    list: () => all().filter(({ removedAt }) => removedAt === undefined),
    inEffect: (replica) =>
      all().filter(
        ({ createdAt, removedAt }) =>
          known(createdAt, replica) && (removedAt === undefined || !known(removedAt, replica)),
      ),
    put(assignment) {
      all();
      kept.set(assignment.name, assignment);
    },
    remove(name) {
      for (const old of all())
        if (old.removedAt !== undefined && old.removedAt + everywhere() < clock.now()) kept.delete(old.name);
      const record = kept.get(name.toLowerCase());
      if (record !== undefined) kept.set(record.name, { ...record, removedAt: clock.now() });
    },
    replace(principalId, assignments) {
      for (const { name, principalId: whose } of all()) if (whose === principalId) kept.delete(name);
      for (const assignment of assignments) kept.set(assignment.name, assignment);
    },
    forgetBelow(scope) {
      for (const one of all()) if (isWithin(one.scope, scope)) kept.delete(one.name);
    },
  };
};
