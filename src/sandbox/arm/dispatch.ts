import { randomUUID } from 'node:crypto';
import type { HttpReply, HttpRequest, Outcome } from '../server/http.ts';
import { parseLenientJson } from '../server/lenient-json.ts';
import { header } from '../server/http.ts';
import type { Caller } from './access/caller.ts';
import type { Arm, ArmCall, InnerRequest, Route } from './context.ts';
import { param } from './context.ts';
import { ArmError, errorReply } from './errors.ts';
import { authenticate, checkTenant } from './authenticate.ts';
import { actionOf, subjectOf } from './access/action.ts';
import { authorize, authorizeLink, visiblePart } from './access/authorize.ts';
import { linksOf } from './access/linked-scopes.ts';
import { checkApiVersion, checkGroup, checkRegistration, checkSubscription, unknownRoute } from './front-door.ts';
import { throughFaults } from './faults/request-faults.ts';
import { checkLocks } from './locks/locks.ts';
import { answerMetadata } from './metadata.ts';
import { matchPath, parsePath } from './path.ts';
import type { Params } from './path.ts';
import { checkPolicies } from './policy/enforce.ts';
import { countRequest } from './rate-limit.ts';

/** Answers a request to ARM; `routes` in the order in which they are tried. */
export const answerArm = async (request: HttpRequest, arm: Arm, routes: readonly Route[]): Promise<Outcome> => {
  const metadata = answerMetadata(request, arm);
  if (metadata !== undefined) return metadata;
  await arm.tasks.settle();
  const outcome = await throughFaults(request, arm, () => answer(request, arm, routes));
  if ('action' in outcome) return outcome;
  return { ...outcome, headers: { ...commonHeaders(request, arm), ...outcome.headers } };
};

const answer = async (request: HttpRequest, arm: Arm, routes: readonly Route[]): Promise<HttpReply> => {
  try {
    return await answerFor(authenticate(request, arm), request, arm, routes);
  } catch (error) {
    if (error instanceof ArmError) return errorReply(error);
    throw error;
  }
};

/** A request that somebody makes who is signed in, or whom ARM makes it for. */
const answerFor = async (
  caller: Caller,
  request: HttpRequest,
  arm: Arm,
  routes: readonly Route[],
): Promise<HttpReply> => {
  let limits: Readonly<Record<string, string>> = {};
  const limited = (reply: HttpReply): HttpReply => ({ ...reply, headers: { ...limits, ...reply.headers } });
  try {
    const path = parsePath(request.path);
    checkSubscription(path, arm);
    checkTenant(caller, path.subscriptionId, arm);
    limits = countRequest(request.method, path.subscriptionId, caller, arm);
    const matched = findRoute(routes, request.method, path.segments);
    if (matched === undefined) throw unknownRoute(path.segments);
    const { route, params } = matched;
    const body = parseBody(request);
    const apiVersion = request.url.searchParams.get('api-version');
    checkApiVersion(route, apiVersion, body, arm.resources.get(`/${path.segments.join('/')}`)?.location);
    const subject = subjectOf({ path: request.path, segments: path.segments });
    const action = actionOf(route, params);
    const sight = authorize(route, action, subject, caller, arm);
    for (const link of linksOf(route, body)) authorizeLink(link, { action, scope: subject.scope }, caller, arm);
    checkLocks(route, subject, arm);
    checkRegistration(route, arm);
    checkGroup(path, request.method, arm);
    checkPolicies(route, subject, body, caller, arm);
    const call: ArmCall = {
      request,
      params,
      apiVersion: apiVersion ?? '',
      body,
      route,
      caller,
      header: (name) => header(request, name),
      param: (name) => param(params, name),
      mac: (text) => arm.operations.mac(text),
    };
    const reply = await route.handle(call, arm);
    return limited(sight === 'own' ? { ...reply, body: visiblePart(reply.body, caller, route, arm) } : reply);
  } catch (error) {
    if (error instanceof ArmError) return limited(errorReply(error));
    throw error;
  }
};

/** A request that ARM makes by itself for somebody, as a deployment does. */
export const sendFor = (caller: Caller, ask: InnerRequest, arm: Arm, routes: readonly Route[]): Promise<HttpReply> => {
  const url = new URL(`${arm.endpoints().arm}${ask.path}?api-version=${ask.apiVersion}`);
  const body = ask.body === undefined ? Buffer.alloc(0) : Buffer.from(JSON.stringify(ask.body));
  const { signal } = new AbortController();
  return answerFor(caller, { method: ask.method, url, path: url.pathname, headers: {}, body, signal }, arm, routes);
};

const findRoute = (
  routes: readonly Route[],
  method: string,
  segments: readonly string[],
): { readonly route: Route; readonly params: Params } | undefined => {
  for (const route of routes) {
    if (route.method !== method) continue;
    const params = matchPath(route.pattern, segments);
    if (params !== undefined) return { route, params };
  }
  return undefined;
};

const parseBody = (request: HttpRequest): unknown => {
  const text = request.body.toString('utf8').trim();
  if (text === '') return undefined;
  try {
    return parseLenientJson(text);
  } catch (error) {
    throw new ArmError(
      400,
      'InvalidRequestContent',
      `The request content was invalid and could not be deserialized: '${String(error)}'.`,
    );
  }
};

const commonHeaders = (request: HttpRequest, arm: Arm): Readonly<Record<string, string>> => {
  const requestId = randomUUID();
  const stamp = new Date(arm.clock.now()).toISOString().replaceAll(/[-:]|\.\d+/gu, '');
  const client = header(request, 'x-ms-client-request-id');
  return {
    pragma: 'no-cache',
    expires: '-1',
    'x-ms-request-id': requestId,
    'x-ms-correlation-request-id': header(request, 'x-ms-correlation-request-id') ?? requestId,
    'x-ms-routing-request-id': `UKSOUTH:${stamp}:${requestId}`,
    'strict-transport-security': 'max-age=31536000; includeSubDomains',
    'x-content-type-options': 'nosniff',
    'x-cache': 'CONFIG_NOCACHE',
    ...(client !== undefined && header(request, 'x-ms-return-client-request-id') === 'true'
      ? { 'x-ms-client-request-id': client }
      : {}),
  };
};
