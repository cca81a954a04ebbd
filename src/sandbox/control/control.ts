import { timingSafeEqual } from 'node:crypto';
import type { ArmService } from '../arm/arm.ts';
import type { Arm } from '../arm/context.ts';
import { deletedWorkspaces } from '../arm/workspaces/soft-delete.ts';
import { asAdministrator } from './as-administrator.ts';
import { deletePrincipal, listPrincipals, putPrincipal } from './control-principals.ts';
import { faultNames, faultServices, isFaultName } from '../faults.ts';
import { isObject, objectAt, textAt } from '../json.ts';
import { sabotage } from './sabotage.ts';
import { header, json } from '../server/http.ts';
import type { Handler, HttpReply, HttpRequest } from '../server/http.ts';
import type { RequestLog } from '../server/request-log.ts';

export interface ControlOptions {
  readonly service: ArmService;
  readonly log: RequestLog;
  readonly token: string;
  /** What `GET /status` answers. */
  readonly status: () => unknown;
  /** Forgets everything but identity, CA and ports. */
  readonly reset: () => Promise<void>;
  readonly shutdown: () => void;
}

/** The sandbox's own API, for tests and for the curious: what was asked, what is there, what shall break. */
export const createControl =
  (options: ControlOptions): Handler =>
  async (request) => {
    if (!authorized(request, options.token))
      return json(401, { error: 'Send the controlToken as Authorization: Bearer.' });
    const { service, log } = options;
    const { arm } = service;
    await arm.tasks.settle();
    const [, first = '', second] = request.path.split('/');
    switch (`${request.method} /${first}`) {
      case 'GET /status':
        return json(200, options.status());
      case 'GET /requests':
        return { status: 200, headers: { 'content-type': 'application/x-ndjson' }, body: log.text() };
      case 'GET /resources':
        return json(200, resources(arm));
      case 'GET /faults':
        return json(200, { value: arm.faults.list() });
      case 'POST /faults':
        return addFault(request, arm);
      case 'DELETE /faults':
        arm.faults.remove(second);
        return json(200, { value: arm.faults.list() });
      case 'GET /principals':
        return listPrincipals(arm);
      case 'POST /principals':
        return putPrincipal(parsed(request), arm);
      case 'DELETE /principals':
        return deletePrincipal(second ?? '', arm);
      case 'POST /sabotage': {
        const order = parsed(request);
        return textAt(order, 'kind') === 'arm-request' ? asAdministrator(order, service) : sabotage(order, arm);
      }
      case 'POST /reset':
        await options.reset();
        return json(200, {});
      case 'POST /shutdown':
        options.shutdown();
        return json(202, {});
      default:
        return json(404, { error: `There is no ${request.method} ${request.path}.` });
    }
  };

const authorized = (request: HttpRequest, token: string): boolean => {
  const given = Buffer.from(header(request, 'authorization') ?? '');
  const wanted = Buffer.from(`Bearer ${token}`);
  return given.length === wanted.length && timingSafeEqual(given, wanted);
};

const parsed = (request: HttpRequest): unknown => {
  try {
    return JSON.parse(request.body.toString('utf8')) as unknown;
  } catch {
    return undefined;
  }
};

/** `{"name", "count"?, "method"?, "path"?, "service"?, …parameters}`. */
const addFault = (request: HttpRequest, arm: Arm): HttpReply => {
  const body = parsed(request);
  const name = textAt(body, 'name') ?? '';
  if (!isObject(body) || !isFaultName(name)) {
    return json(400, { error: `There is no fault '${name}'.`, names: faultNames });
  }
  const { name: _name, count, method, path, service, ...parameters } = body;
  const known = faultServices.find((one) => one === service);
  if (service !== undefined && known === undefined)
    return json(400, { error: 'Faults of requests happen to one of these services.', services: faultServices });
  if (name === 'token-expired') arm.tokens.revokeAll(parameters['challenge'] === true);
  const fault = arm.faults.add(name, {
    ...(typeof count === 'number' ? { count } : {}),
    ...(typeof method === 'string' ? { method } : {}),
    ...(typeof path === 'string' ? { path } : {}),
    ...(known === undefined ? {} : { service: known }),
    parameters,
  });
  return json(201, fault);
};

const resources = (arm: Arm): unknown => ({
  groups: arm.groups.list(),
  resources: arm.resources
    .list(() => true)
    .map((record) => ({
      id: record.id,
      type: record.type,
      name: record.name,
      location: record.location,
      tags: objectAt(record, 'tags'),
      kind: record.kind,
      provisioningState: textAt(record.properties, 'provisioningState'),
      createdAt: new Date(record.createdAt).toISOString(),
      changedAt: new Date(record.changedAt).toISOString(),
    })),
  deletedWorkspaces: deletedWorkspaces(arm).map(({ record }) => record.id),
});
