import type { ArmService } from './arm/arm.ts';
import type { AuthorityOptions } from './entra/authority.ts';
import { answerAuthority, isAuthorityPath } from './entra/authority.ts';
import { answerGraph } from './entra/graph.ts';
import type { Logs } from './logs/logs.ts';
import { at, textAt } from './json.ts';
import type { Handler, HttpRequest, Outcome } from './server/http.ts';
import { header } from './server/http.ts';
import { diesAt, strikeAfterReply, type MeetKill } from './server/kill-point.ts';
import { answeredHeaders, askedHeaders, callerOf } from './server/logged-headers.ts';
import { redactQuery } from './server/redact.ts';
import { hashOf, loggedBody } from './server/request-log.ts';
import type { RequestEntry, RequestLog } from './server/request-log.ts';

export interface Cloud {
  readonly arm: ArmService;
  readonly authority: AuthorityOptions;
  readonly logs: Logs;
  readonly log: RequestLog;
  /** At which requests the client is killed. */
  readonly meet: MeetKill;
}

type Service = 'arm' | 'authority' | 'graph' | 'logs';

const serviceOf = (path: string): Service => {
  if (isAuthorityPath(path)) return 'authority';
  if (/^\/+(?:v1\.0|beta)\//iu.test(path)) return 'graph';
  return /^\/+v1\//iu.test(path) ? 'logs' : 'arm';
};

/**
 * One handler for every host name of the imitated cloud: the path tells whom it is for, so that ARM, authority and logs
 * may listen on one port or on three. Every request is in the log before it is answered.
 */
export const createCloud =
  (cloud: Cloud): Handler =>
  async (request) => {
    const { method, path, signal } = request;
    const service = serviceOf(path);
    const point = cloud.meet({ service, method, path });
    const outcome = (await diesAt('before-apply', point, signal)) ? reset : await answer(service, request, cloud);
    cloud.log.add(entryOf(service, request, outcome));
    if (await diesAt('after-apply', point, signal)) return reset;
    signal.addEventListener('abort', () => strikeAfterReply(point), { once: true });
    return outcome;
  };

const reset: Outcome = { action: 'reset' };

const answer = async (service: Service, request: HttpRequest, cloud: Cloud): Promise<Outcome> => {
  switch (service) {
    case 'authority':
      return answerAuthority(request, cloud.authority);
    case 'graph':
      return answerGraph(request, cloud.authority.clock);
    case 'logs':
      return cloud.logs.answer(request);
    case 'arm':
      return cloud.arm.answer(request);
  }
  return service satisfies never;
};

const entryOf = (service: RequestEntry['service'], request: HttpRequest, outcome: Outcome): RequestEntry => {
  const query = redactQuery(request.url.searchParams);
  const apiVersion = request.url.searchParams.get('api-version');
  const write = service !== 'authority' && request.method !== 'GET' && request.method !== 'HEAD';
  const body = write ? loggedBody(request.body) : undefined;
  const code =
    'action' in outcome || outcome.status < 400
      ? undefined
      : (textAt(outcome.body, 'error', 'code') ?? textAt(outcome.body, 'code') ?? textAt(at(outcome.body), 'error'));
  const caller = callerOf(header(request, 'authorization'));
  const answered = 'action' in outcome ? undefined : answeredHeaders(outcome.headers);
  return {
    service,
    client: header(request, 'user-agent') ?? '',
    ...(caller === undefined ? {} : { caller }),
    method: request.method,
    path: request.path,
    ...(query === undefined ? {} : { query }),
    ...(apiVersion === null ? {} : { apiVersion }),
    status: 'action' in outcome ? outcome.action : outcome.status,
    ...(code === undefined ? {} : { code }),
    headers: askedHeaders(request.headers),
    ...(answered === undefined ? {} : { answered }),
    ...(request.body.length === 0 || service === 'authority' ? {} : { bodyHash: hashOf(request.body) }),
    ...(body === undefined ? {} : { body }),
  };
};
