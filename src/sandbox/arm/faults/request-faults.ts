import { answerFaultNames, isRefusalName } from '../../faults/kinds.ts';
import { numberParameter } from '../../faults.ts';
import type { Fault, RequestFault } from '../../faults.ts';
import type { HttpReply, HttpRequest, Outcome } from '../../server/http.ts';
import type { Arm } from '../context.ts';
import { errorReply } from '../errors.ts';
import { parsePath } from '../path.ts';
import { afterFaults } from './answers.ts';
import { interfere } from './meanwhile.ts';
import { refusalOf } from './refusals.ts';
import { serverError, throttled } from './server-errors.ts';

const samePath = (one: string, other: string): boolean =>
  parsePath(one).segments.join('/').toLowerCase() === parsePath(other).segments.join('/').toLowerCase();

const isMeant = (fault: RequestFault, request: HttpRequest): boolean => {
  if (fault.parameters['exact'] === true && !samePath(fault.path ?? '', request.path)) return false;
  return !isRefusalName(fault.name) || refusalOf(fault.name, request, request.url) !== undefined;
};

/** What a fault does before the request is looked at; undefined where it acts later. */
const outcomeBefore = (fault: RequestFault, request: HttpRequest): Outcome | undefined => {
  const { name } = fault;
  if (isRefusalName(name)) {
    const refusal = refusalOf(name, request, request.url);
    return refusal === undefined ? undefined : errorReply(refusal);
  }
  const seconds = numberParameter(fault, 'retryAfter');
  switch (name) {
    case 'throttled':
      return errorReply(throttled(seconds ?? 1, { 'retry-after': String(seconds ?? 1) }));
    case 'throttled-without-header':
      return errorReply(throttled(1, {}));
    case 'http-500':
      return errorReply(serverError(numberParameter(fault, 'status') ?? 500, request.path, seconds));
    case 'reset-before':
      return { action: 'reset' };
    case 'stall':
      return { action: 'stall' };
    case 'reset-after':
    case 'truncated':
    case 'slow-body':
      return undefined;
  }
  return name satisfies never;
};

/** What a fault does to the answer on its way. */
export const outcomeAfter = (fault: Fault | undefined, reply: HttpReply): Outcome => {
  if (fault?.name === 'reset-after') return { action: 'reset' };
  if (fault?.name === 'truncated') return { action: 'truncate', reply };
  if (fault?.name === 'slow-body') return { action: 'slow', reply, seconds: numberParameter(fault, 'seconds') ?? 10 };
  return reply;
};

/** An answer of ARM's as the faults that are set let it reach the client. */
export const throughFaults = async (
  request: HttpRequest,
  arm: Arm,
  answer: () => Promise<HttpReply>,
): Promise<Outcome> => {
  const where = { method: request.method, path: request.path };
  const fault = arm.faults.takeForRequest(where, 'arm', (one) => isMeant(one, request));
  const early = fault === undefined ? undefined : outcomeBefore(fault, request);
  if (early !== undefined) return early;
  await interfere(request, arm);
  const outcome = afterFaults(answerFaultNames, { request, reply: await answer(), faults: arm.faults });
  return 'action' in outcome ? outcome : outcomeAfter(fault, outcome);
};
