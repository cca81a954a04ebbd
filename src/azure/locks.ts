import { Problem } from '../errors/problem.ts';
import { API_VERSIONS } from './api-versions.ts';
import type { ArmRequest } from './arm-request.ts';
import type { Locks } from './azure.ts';
import { at, text } from './read-json.ts';

const apiVersion = API_VERSIONS['Microsoft.Authorization/locks'];

export const createLocks = (arm: ArmRequest, subscriptionId: string): Locks => ({
  async readOnly(resourceGroup, signal) {
    const subscription = `/subscriptions/${subscriptionId}`;
    const group = `${subscription}/resourceGroups/${resourceGroup}`;
    const listed = (scope: string): Promise<readonly unknown[]> =>
      arm.list(`${scope}/providers/Microsoft.Authorization/locks`, { apiVersion, accept: [404], signal });
    // Who has a role at the group alone is not shown the subscription's locks.
    const found = await listed(subscription).catch((error: unknown) => {
      if (error instanceof Problem && error.kind === 'permission') return listed(group);
      throw error;
    });
    return found
      .filter((lock) => text(at(lock, 'properties'), 'level')?.toLowerCase() === 'readonly')
      .map((lock) => ({ name: text(lock, 'name') ?? '', scope: scopeOf(text(lock, 'id') ?? '') }))
      .find(({ scope }) => [subscription, group].some((one) => one.toLowerCase() === scope.toLowerCase()));
  },
});

const scopeOf = (id: string): string => id.split(/\/providers\/Microsoft\.Authorization\/locks\//i)[0] ?? id;
