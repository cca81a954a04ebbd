import type { Store } from '../../store.ts';
import { isWithin } from './action.ts';
import { builtInRoles } from './built-in-roles.ts';
import type { RoleDefinition } from './built-in-roles.ts';

export interface RoleDefinitions {
  get(name: string): RoleDefinition | undefined;
  /** By its id at any scope, or its GUID alone. */
  byId(id: string): RoleDefinition | undefined;
  /** Built-in and custom ones that can be assigned at a scope. */
  at(scope: string): readonly RoleDefinition[];
  all(): readonly RoleDefinition[];
  put(definition: RoleDefinition): void;
  remove(name: string): void;
}

export const createRoleDefinitions = (store: Store): RoleDefinitions => {
  const custom = store.collection<RoleDefinition>('role-definition');
  const all = (): readonly RoleDefinition[] => [...builtInRoles, ...custom.values()];
  const get = (name: string): RoleDefinition | undefined => all().find((one) => one.name === name.toLowerCase());
  return {
    get,
    byId: (id) => get(id.split('/').at(-1) ?? ''),
    at: (scope) =>
      all().filter(({ assignableScopes }) =>
        assignableScopes.some((one) => isWithin(scope, one) || isWithin(one, scope)),
      ),
    all,
    put: (definition) => custom.set(definition.name, definition),
    remove: (name) => custom.delete(name.toLowerCase()),
  };
};
