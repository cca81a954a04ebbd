import type { Arm } from '../context.ts';

/** Roles, locks and policies end with the group or resource that they stand on. */
export const forgetScope = (scope: string, arm: Arm): void => {
  arm.access.assignments.forgetBelow(scope);
  arm.locks.forgetBelow(scope);
  arm.policies.forgetBelow(scope);
};
