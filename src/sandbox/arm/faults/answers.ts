import type { AnswerFaultName } from '../../faults/kinds.ts';
import { numberParameter, textParameter } from '../../faults.ts';
import type { Fault, Faults } from '../../faults.ts';
import { isObject, textAt } from '../../json.ts';
import type { HttpReply, HttpRequest, Outcome } from '../../server/http.ts';
import { errorReply } from '../errors.ts';
import { withChangedCasing } from './casing.ts';
import { serverError } from './server-errors.ts';

interface Answered {
  readonly request: HttpRequest;
  readonly reply: HttpReply;
  readonly faults: Faults;
}

const operationHeader = 'azure-asyncoperation';
const ofOperation = /\/operation(?:s|statuses|results)\/[^/]+\/?$/iu;

const isWrite = ({ method }: HttpRequest): boolean => ['PUT', 'PATCH', 'POST', 'DELETE'].includes(method);

/** About what some gateways and proxies still let pass; ARM's own are 4 KB. */
const longUrl = 6000;

const lengthened = (reply: HttpReply, length: number): HttpReply | undefined => {
  const long = Object.entries(reply.headers ?? {}).filter(
    ([name, value]) => (name === operationHeader || name === 'location') && value.includes('?'),
  );
  if (long.length === 0) return undefined;
  const padded = long.map(([name, url]) => [name, `${url}&x=`.padEnd(length, 'A')]);
  return { ...reply, headers: { ...reply.headers, ...(Object.fromEntries(padded) as Record<string, string>) } };
};

const withoutOperation = ({ headers = {}, ...reply }: HttpReply): HttpReply | undefined => {
  const { [operationHeader]: url, ...rest } = headers;
  return url === undefined ? undefined : { ...reply, headers: rest };
};

const withState = (reply: HttpReply, state: string): HttpReply | undefined =>
  isObject(reply.body) && isObject(reply.body['properties']) && textAt(reply.body, 'properties', 'provisioningState')
    ? { ...reply, body: { ...reply.body, properties: { ...reply.body['properties'], provisioningState: state } } }
    : undefined;

/** Readers that come after this one to the path itself are told that there is nothing, for some times. */
const hide = (fault: Fault, { request, reply, faults }: Answered): HttpReply | undefined => {
  if (request.method !== 'PUT' || reply.status !== 201) return undefined;
  faults.add('not-found', {
    method: 'GET',
    path: request.path,
    parent: fault.id,
    count: numberParameter(fault, 'times') ?? 3,
    parameters: { exact: true },
  });
  return reply;
};

/** What the fault makes of an answer; undefined where it is not meant for it, and is kept for another. */
const shaped = (name: AnswerFaultName, fault: Fault, answered: Answered): Outcome | undefined => {
  const { request, reply } = answered;
  switch (name) {
    case 'duplicate-put':
      return request.method === 'PUT' && reply.status < 300 ? { action: 'reset' } : undefined;
    case 'error-after':
      return isWrite(request) && reply.status < 300
        ? errorReply(serverError(numberParameter(fault, 'status') ?? 504, request.path))
        : undefined;
    case 'created-then-not-found':
      return hide(fault, answered);
    case 'empty-accepted':
      return isWrite(request) && reply.status < 300 && reply.headers?.[operationHeader] !== undefined
        ? { status: 202, headers: reply.headers }
        : undefined;
    case 'operation-header-missing':
      return withoutOperation(reply);
    case 'long-operation-url':
      return lengthened(reply, numberParameter(fault, 'length') ?? longUrl);
    case 'changed-casing': {
      const body = reply.status < 300 ? withChangedCasing(reply.body) : undefined;
      return body === undefined ? undefined : { ...reply, body };
    }
    case 'unknown-status':
      return ofOperation.test(request.path) && isObject(reply.body) && textAt(reply.body, 'status') !== undefined
        ? { ...reply, body: { ...reply.body, status: textParameter(fault, 'status') ?? 'Reconfiguring' } }
        : undefined;
    case 'unknown-provisioning-state':
      return withState(reply, textParameter(fault, 'state') ?? 'Reconfiguring');
  }
  return name satisfies never;
};

/** An answer of ARM's after every fault that is meant for it; one that breaks the connection is the last. */
export const afterFaults = (names: readonly AnswerFaultName[], answered: Answered): Outcome => {
  let reply = answered.reply;
  for (const name of names) {
    const where = { method: answered.request.method, path: answered.request.path };
    const fault = answered.faults.find(name, where);
    const outcome = fault === undefined ? undefined : shaped(name, fault, { ...answered, reply });
    if (outcome === undefined) continue;
    answered.faults.take(name, where);
    if ('action' in outcome) return outcome;
    reply = outcome;
  }
  return reply;
};
