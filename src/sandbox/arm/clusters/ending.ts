import { textParameter } from '../../faults.ts';
import type { Fault, Where } from '../../faults.ts';
import { textAt } from '../../json.ts';
import type { JsonObject } from '../../json.ts';
import type { Arm } from '../context.ts';
import type { ResourceRecord } from '../resources.ts';
import { machinesGone } from './cluster-spec.ts';

type End = 'Succeeded' | 'Failed' | 'Canceled';

/** How the operation of a write ends, and in which state it leaves the cluster: the two need not agree. */
export interface Ending {
  readonly operation: End;
  readonly resource: End;
  readonly error?: JsonObject;
  /** The machines are left as they were. */
  readonly early: boolean;
}

/** Why nothing can be done to the machines of a cluster any more; undefined where it has them. */
export const withoutMachines = (record: ResourceRecord): JsonObject | undefined =>
  machinesGone(record)
    ? {
        code: 'ResourceGroupNotFound',
        message: `Resource group '${textAt(record.properties, 'nodeResourceGroup') ?? ''}' could not be found.`,
      }
    : undefined;

const errorOf = ({ parameters }: Fault): JsonObject => ({
  code: textParameter({ parameters }, 'code') ?? 'ReconcileVMSSAgentPoolFailed',
  message:
    textParameter({ parameters }, 'message') ??
    'We are unable to serve this request due to an internal error: VMSSAgentPoolReconciler retry failed: failed to create or update VMSS. Please see https://aka.ms/aks/provisioning-errors for details.',
});

/** What a preempted operation says. */
const preempted: JsonObject = {
  code: 'OperationPreempted',
  message: 'The operation was preempted by another operation.',
};

/** What becomes of a write to a cluster by the faults that are set; without one it succeeds. */
export const endingOf = (record: ResourceRecord, where: Where, arm: Arm): Ending => {
  const { faults } = arm;
  const failed = faults.take('operation-failed', where);
  if (failed !== undefined) return { operation: 'Failed', resource: 'Failed', error: errorOf(failed), early: true };
  const gone = withoutMachines(record);
  if (gone !== undefined) return { operation: 'Failed', resource: 'Failed', error: gone, early: true };
  if (faults.take('operation-canceled', where) !== undefined)
    return { operation: 'Canceled', resource: 'Canceled', error: preempted, early: true };
  const wrong = faults.take('operation-failed-resource-succeeded', where);
  if (wrong !== undefined) {
    const canceled = textParameter(wrong, 'status') === 'Canceled';
    const operation = canceled ? 'Canceled' : 'Failed';
    return { operation, resource: 'Succeeded', error: canceled ? preempted : errorOf(wrong), early: false };
  }
  const unwell = faults.take('operation-succeeded-resource-failed', where) !== undefined;
  return { operation: 'Succeeded', resource: unwell ? 'Failed' : 'Succeeded', early: false };
};
