import { textAt } from '../../json.ts';
import type { JsonObject } from '../../json.ts';
import { checkedBody, providerError } from '../checked-body.ts';
import type { Arm, ArmCall } from '../context.ts';
import type { ResourceRecord } from '../resources.ts';

export const namespace = 'Microsoft.SecurityInsights';

/** Pattern of what stands on a workspace. */
export const base = `/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.OperationalInsights/workspaces/{workspace}/providers/${namespace}`;

/** `path` as in `watchlists/exclusions/watchlistItems/ID`. */
export const childId = (workspace: ResourceRecord, path: string): string =>
  `${workspace.id}/providers/${namespace}/${path}`;

/** Those of one kind directly below a workspace, or below something on it. */
export const childrenOf = (workspace: ResourceRecord, path: string, arm: Arm): readonly ResourceRecord[] => {
  const prefix = `${childId(workspace, path)}/`.toLowerCase();
  return arm.resources.list(({ id }) => {
    const key = id.toLowerCase();
    return key.startsWith(prefix) && !key.slice(prefix.length).includes('/');
  });
};

export const findChild = (workspace: ResourceRecord, path: string, what: string, arm: Arm): ResourceRecord => {
  const record = arm.resources.get(childId(workspace, path));
  if (record !== undefined) return record;
  throw providerError(404, 'NotFound', `${what} '${path.split('/').at(-1) ?? ''}' does not exist.`);
};

/** 412 for a header, 409 for a body that carries another etag than the resource has by now. */
export const checkEtag = (call: ArmCall, body: unknown, before: ResourceRecord | undefined): void => {
  const [match, none] = [call.header('if-match'), call.header('if-none-match')];
  const fits = (etag: string): boolean =>
    before !== undefined && (etag === '*' || etag.replaceAll('"', '') === before.etag);
  if ((none === '*' && before !== undefined) || (match !== undefined && match !== '' && !fits(match)))
    throw providerError(
      412,
      'PreconditionFailed',
      'The condition of the request is not met: the resource was changed.',
    );
  const etag = textAt(body, 'etag');
  if (etag !== undefined && etag !== '' && before !== undefined && !fits(etag))
    throw providerError(
      409,
      'Conflict',
      `The etag '${etag}' of '${before.name}' does not match: the resource was changed.`,
    );
};

const wrongValue = (path: string, value: unknown): Error =>
  providerError(
    400,
    '400',
    `There is an issue with deserializing : Error converting '${String(value)}' for path '${path}'.`,
  );

/** A body as the newer types of Sentinel read it: unknown members are dropped, a value of no enumeration is told by its path. */
export const readBody = (call: ArmCall, name: string): JsonObject =>
  checkedBody(call, {
    name,
    code: 'BadRequest',
    ignore(issue) {
      if (issue.kind === 'value') throw wrongValue(issue.path, issue.actual);
      return issue.kind === 'unknown';
    },
  });

const guid = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/iu;

export const checkGuid = (what: string, id: string): void => {
  if (!guid.test(id)) throw providerError(400, 'BadRequest', `Invalid ${what} id '${id}': it must be a GUID.`);
};

/** Who did it, as Sentinel tells of an application: it has no mail address. */
export const userOf = ({ caller }: ArmCall): JsonObject => ({
  objectId: caller.principal.objectId,
  email: null,
  name: null,
});

export const stampOf = (arm: Arm): string => new Date(arm.clock.now()).toISOString().replace('Z', '0000Z');
