import { authorOf } from '../access/caller.ts';
import { randomUUID } from 'node:crypto';
import { compact, objectAt, textAt } from '../../json.ts';
import type { JsonObject } from '../../json.ts';
import { json } from '../../server/http.ts';
import type { HttpReply } from '../../server/http.ts';
import { checkedBody, providerError } from '../checked-body.ts';
import { checkEtags } from '../conditions.ts';
import type { Arm, ArmCall, Route } from '../context.ts';
import { resourceNotFound } from '../errors.ts';
import { checkLocation, checkTags } from '../front-door.ts';
import { page } from '../paging.ts';
import type { ResourceRecord } from '../resources.ts';

const namespace = 'Microsoft.Insights';
const type = `${namespace}/workbooks`;
const own = { namespace, type: 'workbooks' } as const;
const inSubscription = `/subscriptions/{subscription}/providers/${type}`;
const inGroup = `/subscriptions/{subscription}/resourceGroups/{group}/providers/${type}`;
const one = `${inGroup}/{name}`;

const idOf = (call: ArmCall, arm: Arm): string =>
  `/subscriptions/${arm.identity.subscriptionId}/resourceGroups/${arm.groups.get(call.param('group'))?.name ?? call.param('group')}/providers/${type}/${call.param('name')}`;

/** As recorded: ids in lower case, no type, and the content only in the answer to a PUT or to one who asks for it. */
const view = (record: ResourceRecord, withContent: boolean): JsonObject =>
  compact({
    kind: record.kind,
    etag: `"${record.etag}"`,
    id: record.id
      .replace('/resourceGroups/', '/resourcegroups/')
      .replace(`/providers/${namespace}/`, '/providers/microsoft.insights/'),
    name: record.name,
    type: null,
    location: record.location,
    tags: record.tags,
    identity: record.identity,
    properties: { ...record.properties, ...(withContent ? {} : { serializedData: null }) },
  });

const asksContent = (call: ArmCall): boolean =>
  call.request.url.searchParams.get('canFetchContent')?.toLowerCase() === 'true';

const bad = (message: string): Error => providerError(400, 'InvalidParameter', message);

/** 200 the first time, too. */
const put = (call: ArmCall, arm: Arm): HttpReply => {
  const name = call.param('name');
  if (!/^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/iu.test(name))
    throw bad(`The workbook resource name '${name}' is invalid: it must be a GUID.`);
  const body = checkedBody(call, { name, code: 'InvalidParameter' });
  const location = checkLocation(call);
  checkTags(body);
  const asked = objectAt(body, 'properties');
  for (const required of ['displayName', 'serializedData', 'category'])
    if (asked[required] === undefined) throw bad(`The property '${required}' of a workbook is required.`);
  const before = arm.resources.get(idOf(call, arm));
  checkEtags(call, before, body);
  const sourceId = textAt(asked, 'sourceId') ?? null;
  const record = arm.resources.put({
    by: authorOf(call.caller),
    id: idOf(call, arm),
    type,
    name: before?.name ?? name,
    group: arm.groups.get(call.param('group'))?.name,
    location,
    kind: textAt(body, 'kind') ?? 'shared',
    tags: { ...objectAt(body, 'tags'), 'hidden-title': asked['displayName'] },
    properties: {
      version: null,
      tags: null,
      storageUri: null,
      ...asked,
      sourceId,
      userId: call.caller.principal.objectId,
      timeModified: new Date(arm.clock.now()).toISOString().replace('Z', '0000Z'),
      revision: randomUUID().replaceAll('-', ''),
    },
  });
  return json(200, view(record, true));
};

const find = (call: ArmCall, arm: Arm): ResourceRecord => {
  const record = arm.resources.get(idOf(call, arm));
  if (record === undefined) throw resourceNotFound(type, call.param('name'), call.param('group'));
  return record;
};

/** A list wants to know of which category, and may be of one source. */
const list = (call: ArmCall, arm: Arm): HttpReply => {
  const { searchParams } = call.request.url;
  const [category, source] = [searchParams.get('category'), searchParams.get('sourceId')];
  if (category === null) throw bad("The query parameter 'category' is required.");
  const group = call.params['group']?.toLowerCase();
  const records = arm.resources
    .ofType(type)
    .filter((record) => group === undefined || record.group?.toLowerCase() === group)
    .filter(({ properties }) => textAt(properties, 'category')?.toLowerCase() === category.toLowerCase())
    .filter(
      ({ properties }) => source === null || textAt(properties, 'sourceId')?.toLowerCase() === source.toLowerCase(),
    );
  return page(
    call,
    records.map((record) => view(record, asksContent(call))),
  );
};

export const workbookRoutes: readonly Route[] = [
  { ...own, method: 'GET', pattern: inSubscription, handle: list },
  { ...own, method: 'GET', pattern: inGroup, handle: list },
  { ...own, method: 'PUT', pattern: one, handle: put },
  {
    ...own,
    method: 'GET',
    pattern: one,
    handle: (call, arm) => json(200, view(find(call, arm), asksContent(call))),
  },
  {
    ...own,
    method: 'DELETE',
    pattern: one,
    handle(call, arm) {
      const record = arm.resources.get(idOf(call, arm));
      if (record === undefined) return { status: 204 };
      arm.resources.remove(record.id);
      return { status: 200 };
    },
  },
];
