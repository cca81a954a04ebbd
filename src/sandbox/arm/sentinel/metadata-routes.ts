import { authorOf } from '../access/caller.ts';
import { objectAt, textAt } from '../../json.ts';
import type { JsonObject } from '../../json.ts';
import { json } from '../../server/http.ts';
import type { HttpReply } from '../../server/http.ts';
import { checkedBody } from '../checked-body.ts';
import type { Arm, ArmCall, Route } from '../context.ts';
import { page } from '../paging.ts';
import { systemData } from '../resources.ts';
import type { ResourceRecord } from '../resources.ts';
import { base, checkEtag, childId, childrenOf, findChild, namespace, readBody } from './children.ts';
import { onboarded } from './onboarding.ts';

const type = `${namespace}/metadata`;
const own = { namespace, type: 'metadata' } as const;
const one = `${base}/metadata/{metadata}`;

/** Ids have their resource group in lower case here, and no etag is shown. */
const view = (record: ResourceRecord): JsonObject => ({
  id: record.id.replace('/resourceGroups/', '/resourcegroups/'),
  name: record.name,
  type,
  systemData: systemData(record),
  properties: record.properties,
});

const write = (
  call: ArmCall,
  arm: Arm,
  body: JsonObject,
  before: ResourceRecord | undefined,
  kept: JsonObject,
): HttpReply => {
  const workspace = onboarded(call, arm);
  checkEtag(call, body, before);
  const properties = { ...kept, ...objectAt(body, 'properties') };
  const record = arm.resources.put({
    by: authorOf(call.caller),
    id: childId(workspace, `metadata/${call.param('metadata')}`),
    type,
    name: before?.name ?? call.param('metadata'),
    group: workspace.group,
    properties: { contentId: textAt(properties, 'parentId')?.split('/').at(-1), ...properties },
  });
  return json(before === undefined ? 201 : 200, view(record));
};

const find = (call: ArmCall, arm: Arm): ResourceRecord =>
  findChild(onboarded(call, arm), `metadata/${call.param('metadata')}`, 'Metadata', arm);

export const metadataRoutes: readonly Route[] = [
  {
    ...own,
    method: 'GET',
    pattern: `${base}/metadata`,
    handle: (call, arm) =>
      page(
        call,
        childrenOf(onboarded(call, arm), 'metadata', arm).map((record) => view(record)),
      ),
  },
  {
    ...own,
    method: 'PUT',
    pattern: one,
    handle(call, arm) {
      const before = arm.resources.get(childId(onboarded(call, arm), `metadata/${call.param('metadata')}`));
      return write(call, arm, readBody(call, call.param('metadata')), before, {});
    },
  },
  {
    ...own,
    method: 'PATCH',
    pattern: one,
    handle(call, arm) {
      const before = find(call, arm);
      return write(call, arm, checkedBody(call, { partial: true, code: 'BadRequest' }), before, before.properties);
    },
  },
  { ...own, method: 'GET', pattern: one, handle: (call, arm) => json(200, view(find(call, arm))) },
  {
    ...own,
    method: 'DELETE',
    pattern: one,
    handle(call, arm) {
      const record = arm.resources.get(childId(onboarded(call, arm), `metadata/${call.param('metadata')}`));
      if (record === undefined) return { status: 204 };
      arm.resources.remove(record.id);
      return { status: 200 };
    },
  },
];
