import { randomUUID } from 'node:crypto';
import { durations } from '../durations.ts';
import { objectAt } from '../json.ts';
import type { JsonObject } from '../json.ts';
import type { HttpReply } from '../server/http.ts';
import type { Arm, ArmCall } from './context.ts';
import type { PlannedResource } from './deployment-plan.ts';
import { keepAnswer, resultUrl } from './operation-results.ts';
import { changesOf } from './what-if.ts';

/** 202 without a body; the answer is at `location` when it is worked out. */
export const startWhatIf = async (
  call: ArmCall,
  groupId: string,
  plan: readonly PlannedResource[],
  arm: Arm,
): Promise<HttpReply> => {
  const properties: JsonObject = objectAt(call.body, 'properties');
  const asked = { properties, plan, group: call.param('group'), caller: call.caller };
  const changes = await changesOf(asked, arm);
  const operation = arm.operations.start({ kind: 'what-if', resourceId: `${groupId}/what-if`, location: '' });
  keepAnswer(
    operation,
    {
      status: 'Succeeded',
      properties: { correlationId: randomUUID(), changes, potentialChanges: [], diagnostics: [] },
    },
    arm,
  );
  arm.tasks.add('operation-over', durations.whatIf, groupId, { operation: operation.id });
  return { status: 202, headers: { location: resultUrl('WHATIFJOB', operation, call, arm) } };
};
