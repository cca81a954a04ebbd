import { objectAt, textAt } from '../../json.ts';
import type { JsonObject } from '../../json.ts';
import { json } from '../../server/http.ts';
import type { HttpReply } from '../../server/http.ts';
import { providerError } from '../checked-body.ts';
import type { Arm, ArmCall, Route } from '../context.ts';
import { page } from '../paging.ts';
import type { ResourceRecord } from '../resources.ts';
import {
  base,
  checkEtag,
  checkGuid,
  childId,
  childrenOf,
  findChild,
  namespace,
  readBody,
  stampOf,
} from './children.ts';
import { findIncident } from './incident-routes.ts';
import { onboarded } from './onboarding.ts';

const bad = (message: string): Error => providerError(400, 'BadRequest', message);

const view = (record: ResourceRecord): JsonObject => ({
  id: record.id,
  name: record.name,
  etag: `"${record.etag}"`,
  type: record.type,
  properties: record.properties,
});

const commentOf = (asked: JsonObject, before: ResourceRecord | undefined, call: ArmCall, arm: Arm): JsonObject => {
  const message = textAt(asked, 'message') ?? '';
  if (message.trim() === '' || message.length > 30_000)
    throw bad('The message of a comment has 1 to 30000 characters.');
  return {
    message,
    createdTimeUtc: textAt(before?.properties, 'createdTimeUtc') ?? stampOf(arm),
    lastModifiedTimeUtc: stampOf(arm),
    author: { objectId: call.caller.principal.objectId, email: null, name: null, userPrincipalName: null },
  };
};

/** An incident is related to bookmarks; what it is related to must be there. */
const relationOf = (asked: JsonObject, _before: ResourceRecord | undefined, _call: ArmCall, arm: Arm): JsonObject => {
  const id = textAt(asked, 'relatedResourceId') ?? '';
  const related = arm.resources.get(id);
  if (related === undefined || !/\/bookmarks$/iu.test(related.type))
    throw bad(`The related resource '${id}' was not found.`);
  return {
    relatedResourceId: related.id,
    relatedResourceName: related.name,
    relatedResourceType: related.type,
    relatedResourceKind: '',
  };
};

const partRoutes = (
  kind: 'comments' | 'relations',
  build: (asked: JsonObject, before: ResourceRecord | undefined, call: ArmCall, arm: Arm) => JsonObject,
): readonly Route[] => {
  const own = { namespace, type: `incidents/${kind}` } as const;
  const all = `${base}/incidents/{incident}/${kind}`;
  const path = (call: ArmCall, arm: Arm): string =>
    `incidents/${findIncident(call, arm).name}/${kind}/${call.param('part')}`;
  const put = (call: ArmCall, arm: Arm): HttpReply => {
    const id = childId(onboarded(call, arm), path(call, arm));
    const body = readBody(call, call.param('part'));
    if (kind === 'comments') checkGuid('comment', call.param('part'));
    const before = arm.resources.get(id);
    checkEtag(call, body, before);
    const properties = build(objectAt(body, 'properties'), before, call, arm);
    const type = `${namespace}/Incidents/${kind === 'comments' ? 'Comments' : 'relations'}`;
    const record = arm.resources.put({ id, type, name: call.param('part'), group: undefined, properties });
    return json(before === undefined ? 201 : 200, view(record));
  };
  return [
    {
      ...own,
      method: 'GET',
      pattern: all,
      handle: (call, arm) =>
        page(
          call,
          childrenOf(onboarded(call, arm), `incidents/${findIncident(call, arm).name}/${kind}`, arm).map(view),
        ),
    },
    { ...own, method: 'PUT', pattern: `${all}/{part}`, handle: put },
    {
      ...own,
      method: 'GET',
      pattern: `${all}/{part}`,
      handle: (call, arm) =>
        json(200, view(findChild(onboarded(call, arm), path(call, arm), `Incident ${kind.slice(0, -1)}`, arm))),
    },
    {
      ...own,
      method: 'DELETE',
      pattern: `${all}/{part}`,
      handle(call, arm) {
        const record = arm.resources.get(childId(onboarded(call, arm), path(call, arm)));
        if (record === undefined) return { status: 204 };
        arm.resources.remove(record.id);
        return { status: 200 };
      },
    },
  ];
};

export const incidentPartRoutes: readonly Route[] = [
  ...partRoutes('comments', commentOf),
  ...partRoutes('relations', relationOf),
];
