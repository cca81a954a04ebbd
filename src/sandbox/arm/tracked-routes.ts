import { authorOf } from './access/caller.ts';
import { compact, objectAt } from '../json.ts';
import type { JsonObject } from '../json.ts';
import { json } from '../server/http.ts';
import type { HttpReply } from '../server/http.ts';
import { checkedBody, providerError } from './checked-body.ts';
import { checkEtags, checkPlace } from './conditions.ts';
import type { Arm, ArmCall, Route } from './context.ts';
import { resourceNotFound } from './errors.ts';
import { checkLocation, checkTags } from './front-door.ts';
import { page } from './paging.ts';
import { systemData } from './resources.ts';
import type { ResourceRecord } from './resources.ts';

/** A top-level type that is made by one synchronous PUT, and what is particular of it. */
interface TrackedType {
  readonly namespace: string;
  readonly type: string;
  readonly validName: RegExp;
  /** Status of the PUT that makes it. */
  readonly created: 200 | 201;
  /** Properties beside those that were asked for. */
  readonly properties: (asked: JsonObject, before: ResourceRecord | undefined, call: ArmCall, arm: Arm) => JsonObject;
  readonly id: (id: string) => string;
  readonly etag: boolean;
  /** What else a new one brings, or what goes with a deleted one. */
  readonly made?: (record: ResourceRecord, arm: Arm) => void;
  readonly removed?: (record: ResourceRecord, arm: Arm) => void;
}

/** List, PUT, PATCH of tags, GET and DELETE of such a type. */
export const trackedRoutes = (tracked: TrackedType): readonly Route[] => {
  const { namespace, type } = tracked;
  const full = `${namespace}/${type}`;
  const own = { namespace, type } as const;
  const inGroup = `/subscriptions/{subscription}/resourceGroups/{group}/providers/${full}`;
  const idOf = (call: ArmCall, arm: Arm): string =>
    `/subscriptions/${arm.identity.subscriptionId}/resourceGroups/${arm.groups.get(call.param('group'))?.name ?? call.param('group')}/providers/${full}/${call.param('name')}`;
  const view = (record: ResourceRecord): JsonObject =>
    compact({
      properties: record.properties,
      location: record.location,
      tags: record.tags,
      id: tracked.id(record.id),
      name: record.name,
      type: full,
      ...(tracked.etag ? { etag: `"${record.etag}"`, systemData: systemData(record) } : {}),
    });
  const find = (call: ArmCall, arm: Arm): ResourceRecord => {
    const record = arm.resources.get(idOf(call, arm));
    if (record === undefined) throw resourceNotFound(full, call.param('name'), call.param('group'));
    return record;
  };
  const put = (call: ArmCall, arm: Arm): HttpReply => {
    const name = call.param('name');
    if (!tracked.validName.test(name))
      throw providerError(400, 'InvalidResourceName', `The resource name '${name}' of type '${full}' is invalid.`);
    const body = checkedBody(call, { name });
    const location = checkLocation(call);
    checkTags(body);
    const before = arm.resources.get(idOf(call, arm));
    checkEtags(call, before);
    checkPlace(before, location);
    const asked = objectAt(body, 'properties');
    const record = arm.resources.put({
      id: idOf(call, arm),
      type: full,
      name: before?.name ?? name,
      group: arm.groups.get(call.param('group'))?.name,
      location,
      tags: objectAt(body, 'tags'),
      properties: { ...asked, ...tracked.properties(asked, before, call, arm) },
      by: authorOf(call.caller),
    });
    if (before === undefined) tracked.made?.(record, arm);
    return json(before === undefined ? tracked.created : 200, view(record));
  };
  const list = (call: ArmCall, arm: Arm): HttpReply => {
    const group = call.params['group']?.toLowerCase();
    return page(
      call,
      arm.resources
        .ofType(full)
        .filter((record) => group === undefined || record.group?.toLowerCase() === group)
        .map((record) => view(record)),
    );
  };
  return [
    { ...own, method: 'GET', pattern: `/subscriptions/{subscription}/providers/${full}`, handle: list },
    { ...own, method: 'GET', pattern: inGroup, handle: list },
    { ...own, method: 'PUT', pattern: `${inGroup}/{name}`, handle: put },
    {
      ...own,
      method: 'PATCH',
      pattern: `${inGroup}/{name}`,
      handle(call, arm) {
        checkTags(call.body);
        const changed = { ...find(call, arm), tags: objectAt(call.body, 'tags'), by: authorOf(call.caller) };
        return json(200, view(arm.resources.put(changed)));
      },
    },
    {
      ...own,
      method: 'GET',
      pattern: `${inGroup}/{name}`,
      handle: (call, arm) => json(200, view(find(call, arm))),
    },
    {
      ...own,
      method: 'DELETE',
      pattern: `${inGroup}/{name}`,
      handle(call, arm) {
        const record = arm.resources.get(idOf(call, arm));
        if (record === undefined) return { status: 204 };
        arm.resources.remove(record.id);
        tracked.removed?.(record, arm);
        return { status: 200 };
      },
    },
  ];
};
