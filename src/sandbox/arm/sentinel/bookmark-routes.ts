import { objectAt, textAt } from '../../json.ts';
import type { JsonObject } from '../../json.ts';
import { json } from '../../server/http.ts';
import type { HttpReply } from '../../server/http.ts';
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
  userOf,
} from './children.ts';
import { onboarded } from './onboarding.ts';

const type = `${namespace}/Bookmarks`;
const own = { namespace, type: 'bookmarks' } as const;
const one = `${base}/bookmarks/{bookmark}`;

const view = (record: ResourceRecord): JsonObject => ({
  id: record.id.replace('/bookmarks/', '/Bookmarks/'),
  name: record.name,
  etag: `"${record.etag}"`,
  type,
  properties: record.properties,
});

const put = (call: ArmCall, arm: Arm): HttpReply => {
  const workspace = onboarded(call, arm);
  const id = call.param('bookmark');
  checkGuid('bookmark', id);
  const body = readBody(call, id);
  const key = childId(workspace, `bookmarks/${id}`);
  const before = arm.resources.get(key);
  checkEtag(call, body, before);
  const record = arm.resources.put({
    id: key,
    type,
    name: before?.name ?? id,
    group: workspace.group,
    properties: {
      labels: [],
      incidentInfo: { incidentId: null, title: null, relationName: null, severity: null },
      ...objectAt(body, 'properties'),
      created: textAt(before?.properties, 'created') ?? stampOf(arm),
      updated: stampOf(arm),
      createdBy: before?.properties['createdBy'] ?? userOf(call),
      updatedBy: userOf(call),
    },
  });
  return json(before === undefined ? 201 : 200, view(record));
};

export const bookmarkRoutes: readonly Route[] = [
  {
    ...own,
    method: 'GET',
    pattern: `${base}/bookmarks`,
    handle: (call, arm) => page(call, childrenOf(onboarded(call, arm), 'bookmarks', arm).map(view)),
  },
  { ...own, method: 'PUT', pattern: one, handle: put },
  {
    ...own,
    method: 'GET',
    pattern: one,
    handle: (call, arm) =>
      json(200, view(findChild(onboarded(call, arm), `bookmarks/${call.param('bookmark')}`, 'Bookmark', arm))),
  },
  {
    ...own,
    method: 'DELETE',
    pattern: one,
    handle(call, arm) {
      const record = arm.resources.get(childId(onboarded(call, arm), `bookmarks/${call.param('bookmark')}`));
      if (record === undefined) return { status: 204 };
      arm.resources.remove(record.id);
      return { status: 200 };
    },
  },
];
