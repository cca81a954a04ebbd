import type { Store } from '../../store.ts';
import { isWithin } from '../access/action.ts';
import type { Subject } from '../access/action.ts';
import type { Arm, Route } from '../context.ts';
import { ArmError } from '../errors.ts';

export interface Lock {
  readonly name: string;
  /** As the client spelled it. */
  readonly scope: string;
  readonly level: 'CanNotDelete' | 'ReadOnly';
  readonly notes?: string;
}

export interface Locks {
  get(scope: string, name: string): Lock | undefined;
  list(): readonly Lock[];
  put(lock: Lock): void;
  remove(lock: Lock): void;
  /** Forgets what stands at or below a scope that is no more. */
  forgetBelow(scope: string): void;
}

export const createLocks = (store: Store): Locks => {
  const kept = store.collection<Lock>('lock');
  const keyOf = (scope: string, name: string): string => `${scope}/locks/${name}`.toLowerCase();
  return {
    get: (scope, name) => kept.get(keyOf(scope, name)),
    list: () => kept.values(),
    put: (lock) => kept.set(keyOf(lock.scope, lock.name), lock),
    remove: (lock) => kept.delete(keyOf(lock.scope, lock.name)),
    forgetBelow(scope) {
      for (const lock of kept.values()) if (isWithin(lock.scope, scope)) kept.delete(keyOf(lock.scope, lock.name));
    },
  };
};

/**
 * 409 where a lock forbids it: CanNotDelete forbids to delete what it stands on and everything below, and with that a group that
 * holds something locked; ReadOnly forbids every write and action, too. An Owner is not above a lock, only able to take it away.
 */
export const checkLocks = (route: Route, { scope }: Subject, arm: Arm): void => {
  const { method } = route;
  if (method === 'GET' || method === 'HEAD' || isLock(route)) return;
  const deletes = method === 'DELETE';
  const group = deletes && route.type === 'resourceGroups';
  const standing = arm.locks
    .list()
    .filter((lock) => deletes || lock.level === 'ReadOnly')
    .filter((lock) => isWithin(scope, lock.scope) || (group && isWithin(lock.scope, scope)));
  if (standing.length === 0) return;
  const locked = [...new Set(standing.map((lock) => lock.scope))].join(',');
  throw new ArmError(
    409,
    'ScopeLocked',
    `The scope '${scope}' cannot perform ${deletes ? 'delete' : 'write'} operation because following scope(s) are locked: '${locked}'. Please remove the lock and try again.`,
  );
};

const isLock = ({ namespace, type }: Route): boolean => namespace === 'Microsoft.Authorization' && type === 'locks';
