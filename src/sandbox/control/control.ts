import { timingSafeEqual } from 'node:crypto';
import type { ArmService } from '../arm/arm.ts';
import type { Arm } from '../arm/context.ts';
import { deletedWorkspaces } from '../arm/workspaces/soft-delete.ts';
import { asAdministrator } from './as-administrator.ts';
import { deletePrincipal, listPrincipals, putPrincipal } from './control-principals.ts';
import { faultOrder } from '../faults/fault-order.ts';
import { faultNames } from '../faults/kinds.ts';
import { isObject, objectAt, textAt } from '../json.ts';
import { sabotage } from './sabotage.ts';
import { orderKill } from './control-kills.ts';
import { systemProcesses } from './kill-processes.ts';
import type { Kills } from './kills.ts';
import { setFault } from './set-fault.ts';
import { header, json } from '../server/http.ts';
import type { Handler, HttpReply, HttpRequest } from '../server/http.ts';
import type { RequestLog } from '../server/request-log.ts';

export interface ControlOptions {
  readonly service: ArmService;
  readonly log: RequestLog;
  readonly token: string;
  readonly kills: Kills;
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
    const { service, log, kills } = options;
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
      case 'GET /kills':
        return json(200, { value: kills.list() });
      case 'POST /kills':
        return orderKill(parsed(request), kills, systemProcesses);
      case 'DELETE /kills':
        kills.remove(second);
        return json(200, { value: kills.list() });
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

/** `{"name", "count"?, "for"?, "method"?, "path"?, "service"?, …parameters}`. */
const addFault = (request: HttpRequest, arm: Arm): HttpReply => {
  const body = parsed(request);
  const { name, ...given } = isObject(body) ? body : {};
  const order = faultOrder(typeof name === 'string' ? name : '', given);
  if (order.kind === 'refused') return json(400, { error: order.problem, names: faultNames });
  return json(201, setFault(order, arm));
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
