import { randomUUID } from 'node:crypto';
import type { SandboxClock } from '../clock.ts';
import { header, json } from '../server/http.ts';
import type { HttpReply, HttpRequest } from '../server/http.ts';

/**
 * Microsoft Graph as a service principal meets it that was granted nothing there, like most that deploy: az then shows role
 * assignments without the names of principals.
 */
export const answerGraph = (request: HttpRequest, clock: SandboxClock): HttpReply => {
  const authorized = header(request, 'authorization') !== undefined;
  const [status, code, message] = authorized
    ? ([403, 'Authorization_RequestDenied', 'Insufficient privileges to complete the operation.'] as const)
    : ([401, 'InvalidAuthenticationToken', 'Access token is empty.'] as const);
  const requestId = randomUUID();
  const innerError = {
    date: new Date(clock.now()).toISOString().slice(0, 19),
    'request-id': requestId,
    'client-request-id': header(request, 'client-request-id') ?? requestId,
  };
  return json(status, { error: { code, message, innerError } });
};
