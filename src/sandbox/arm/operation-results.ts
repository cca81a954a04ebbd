import type { HttpReply } from '../server/http.ts';
import { json } from '../server/http.ts';
import type { Arm, ArmCall, Route } from './context.ts';
import { ArmError } from './errors.ts';
import type { OperationRecord } from './operations.ts';

/** What an operation answers at its end, by its id, where that is more than that it is over. */
const answers = (arm: Arm) => arm.store.collection<unknown>('operation-answer');

export const keepAnswer = (operation: OperationRecord, answer: unknown, arm: Arm): void => {
  for (const [id] of answers(arm).entries()) if (arm.operations.get(id) === undefined) answers(arm).delete(id);
  answers(arm).set(operation.id, answer);
};

/** Where ARM's own operations are asked for: a token that names the job and where it runs. */
export const resultUrl = (
  job: 'RESOURCEGROUPDELETIONJOB' | 'WHATIFJOB',
  operation: OperationRecord,
  call: ArmCall,
  arm: Arm,
): string => {
  const text = JSON.stringify({ jobId: `${job}-${operation.id}`, jobLocation: operation.location });
  const token = Buffer.from(text).toString('base64url');
  const url = `${arm.endpoints().arm}/subscriptions/${arm.identity.subscriptionId}/operationresults/${token}?api-version=${call.apiVersion}`;
  return arm.operations.sign(url, operation.id);
};

const result = (call: ArmCall, arm: Arm): HttpReply => {
  const text = Buffer.from(call.param('token'), 'base64url').toString('utf8');
  const id = /JOB-([0-9a-f-]{36})/u.exec(text)?.[1] ?? '';
  const operation = arm.operations.get(id);
  if (operation === undefined)
    throw new ArmError(404, 'OperationNotFound', 'The requested operation result could not be found.');
  if (!arm.operations.signed(call.request.url.searchParams, operation.id))
    throw new ArmError(403, 'AuthorizationFailed', 'The signature of the operation URL is not valid.');
  if (operation.status === 'InProgress') return { status: 202, headers: { location: call.request.url.href } };
  const answer = answers(arm).get(id);
  return answer === undefined ? { status: 200 } : json(200, answer);
};

export const operationResultRoutes: readonly Route[] = [
  {
    namespace: 'Microsoft.Resources',
    type: 'operationresults',
    method: 'GET',
    pattern: '/subscriptions/{subscription}/operationresults/{token}',
    handle: result,
  },
];
