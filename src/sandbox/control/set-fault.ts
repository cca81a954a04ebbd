import { CannotServe } from '../cannot-serve.ts';
import type { Arm } from '../arm/context.ts';
import type { Fault } from '../faults.ts';
import { typedFault } from '../faults/fault-order.ts';
import type { FaultOrder } from '../faults/fault-order.ts';

/** Sets a fault, and does at once what one does that happens when it is set. */
export const setFault = ({ name, options }: Extract<FaultOrder, { readonly kind: 'fault' }>, arm: Arm): Fault => {
  if (name === 'token-expired') arm.tokens.revokeAll(options.parameters?.['challenge'] === true);
  return arm.faults.add(name, options);
};

/** Sets the faults that a sandbox starts with; what a restart finds set already is not set twice. */
export const setTypedFaults = (typed: readonly string[], arm: Arm): void => {
  for (const text of typed) {
    const order = typedFault(text);
    if (order.kind === 'refused') throw new CannotServe(order.problem);
    if (arm.faults.find(order.name) === undefined) setFault(order, arm);
  }
};
