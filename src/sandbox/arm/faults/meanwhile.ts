import { isObject, textAt } from '../../json.ts';
import type { JsonObject } from '../../json.ts';
import type { HttpRequest } from '../../server/http.ts';
import { parseLenientJson } from '../../server/lenient-json.ts';
import { authenticate } from '../authenticate.ts';
import { withNewEtags } from '../clusters/conditions.ts';
import type { Arm } from '../context.ts';
import { ArmError } from '../errors.ts';
import type { ResourceRecord } from '../resources.ts';

const mark: JsonObject = { 'changed-by': 'somebody-else' };

const touched = (record: ResourceRecord): Partial<ResourceRecord> => {
  const tags = record.tags === undefined ? {} : { tags: { ...record.tags, ...mark } };
  const managed = record.type.toLowerCase() === 'microsoft.containerservice/managedclusters';
  return { ...(managed ? withNewEtags(record) : {}), ...tags };
};

const bodyOf = (request: HttpRequest): unknown => {
  try {
    return parseLenientJson(request.body.toString('utf8'));
  } catch {
    return undefined;
  }
};

/** The same PUT, by somebody who owns what he makes. */
const sendFirst = async (request: HttpRequest, arm: Arm): Promise<void> => {
  const body = bodyOf(request);
  const theirs = isObject(body) && textAt(body, 'location') !== undefined ? { ...body, tags: mark } : body;
  const apiVersion = request.url.searchParams.get('api-version') ?? '';
  try {
    await arm.send(authenticate(request, arm), { method: 'PUT', path: request.path, apiVersion, body: theirs });
  } catch (error) {
    // Whoever may not sign in meets that on his own way, too.
    if (!(error instanceof ArmError)) throw error;
  }
};

/** Lets somebody else get in between a client's look at a resource and its write: what is there changes, what is not is made. */
export const interfere = async (request: HttpRequest, arm: Arm): Promise<void> => {
  const where = { method: request.method, path: request.path };
  if (request.method !== 'PUT' && request.method !== 'PATCH') return;
  if (arm.faults.find('changed-meanwhile', where) === undefined) return;
  const known = arm.resources.get(decodeURIComponent(request.path).replaceAll(/\/{2,}/gu, '/'));
  if (known === undefined && request.method === 'PATCH') return;
  arm.faults.take('changed-meanwhile', where);
  if (known === undefined) await sendFirst(request, arm);
  else arm.resources.patch(known.id, touched);
};
