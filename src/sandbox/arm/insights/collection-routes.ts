import { authorOf } from '../access/caller.ts';
import { compact, objectAt, textAt } from '../../json.ts';
import type { JsonObject } from '../../json.ts';
import { json } from '../../server/http.ts';
import type { HttpReply } from '../../server/http.ts';
import { checkedBody, providerError } from '../checked-body.ts';
import { checkEtags, checkPlace } from '../conditions.ts';
import type { Arm, ArmCall, Route } from '../context.ts';
import { resourceNotFound } from '../errors.ts';
import { checkLocation, checkTags } from '../front-door.ts';
import { page } from '../paging.ts';
import { hexOf, systemData } from '../resources.ts';
import type { ResourceRecord } from '../resources.ts';
import { checkCollectionRule } from './rule-checks.ts';

const namespace = 'Microsoft.Insights';
const inGroup = (type: string): string =>
  `/subscriptions/{subscription}/resourceGroups/{group}/providers/${namespace}/${type}`;

const view = (record: ResourceRecord): JsonObject =>
  compact({
    properties: record.properties,
    location: record.location,
    kind: record.kind,
    tags: record.tags,
    id: record.id,
    name: record.name,
    type: record.type,
    etag: `"${record.etag}"`,
    systemData: systemData(record),
  });

const idOf = (call: ArmCall, arm: Arm, type: string): string =>
  `/subscriptions/${arm.identity.subscriptionId}/resourceGroups/${arm.groups.get(call.param('group'))?.name ?? call.param('group')}/providers/${namespace}/${type}/${call.param('name')}`;

const put =
  (type: 'dataCollectionRules' | 'dataCollectionEndpoints', limit: number) =>
  (call: ArmCall, arm: Arm): HttpReply => {
    const name = call.param('name');
    if (name.length > limit)
      throw providerError(400, 'InvalidResourceName', `The name '${name}' is longer than ${limit} characters.`);
    const body = checkedBody(call, { name, code: 'InvalidPayload' });
    const location = checkLocation(call);
    checkTags(body);
    const id = idOf(call, arm, type);
    const before = arm.resources.get(id);
    checkEtags(call, before);
    checkPlace(before, location);
    if (type === 'dataCollectionRules') checkCollectionRule(body, location, arm);
    const record = arm.resources.put({
      by: authorOf(call.caller),
      id,
      type: `${namespace}/${type}`,
      name: before?.name ?? name,
      group: arm.groups.get(call.param('group'))?.name,
      location,
      tags: objectAt(body, 'tags'),
      ...(textAt(body, 'kind') === undefined ? {} : { kind: textAt(body, 'kind') ?? '' }),
      properties: {
        immutableId:
          textAt(before?.properties, 'immutableId') ??
          `${type === 'dataCollectionRules' ? 'dcr' : 'dce'}-${hexOf(`${id}/${arm.clock.now()}`, 32)}`,
        ...objectAt(body, 'properties'),
        provisioningState: 'Succeeded',
      },
    });
    // 200 the first time, too: the status does not tell who created it.
    return json(200, view(record));
  };

const find = (call: ArmCall, arm: Arm, type: string): ResourceRecord => {
  const record = arm.resources.get(idOf(call, arm, type));
  if (record === undefined) throw resourceNotFound(`${namespace}/${type}`, call.param('name'), call.param('group'));
  return record;
};

const associationsOf = (ruleId: string, arm: Arm): readonly ResourceRecord[] =>
  arm.resources
    .ofType(`${namespace}/dataCollectionRuleAssociations`)
    .filter(({ properties }) => textAt(properties, 'dataCollectionRuleId')?.toLowerCase() === ruleId.toLowerCase());

const remove =
  (type: string) =>
  (call: ArmCall, arm: Arm): HttpReply => {
    const record = arm.resources.get(idOf(call, arm, type));
    if (record === undefined) return { status: 204 };
    checkEtags(call, record);
    const associations = associationsOf(record.id, arm);
    const cascade = call.request.url.searchParams.get('deleteAssociations')?.toLowerCase() === 'true';
    if (associations.length > 0 && !cascade) {
      throw providerError(
        409,
        'Conflict',
        `The data collection rule '${record.name}' still has ${associations.length} associations: delete them first.`,
      );
    }
    for (const association of associations) arm.resources.remove(association.id);
    arm.resources.remove(record.id);
    return { status: 200 };
  };

const patch =
  (type: string) =>
  (call: ArmCall, arm: Arm): HttpReply => {
    const record = find(call, arm, type);
    checkEtags(call, record);
    checkTags(call.body);
    return json(
      200,
      view(arm.resources.put({ ...record, tags: objectAt(call.body, 'tags'), by: authorOf(call.caller) })),
    );
  };

const list =
  (type: string) =>
  (call: ArmCall, arm: Arm): HttpReply => {
    const group = call.params['group']?.toLowerCase();
    const records = arm.resources
      .ofType(`${namespace}/${type}`)
      .filter((record) => group === undefined || record.group?.toLowerCase() === group);
    return page(
      call,
      records.map((record) => view(record)),
    );
  };

const routesOf = (type: 'dataCollectionRules' | 'dataCollectionEndpoints', limit: number): readonly Route[] => {
  const own = { namespace, type } as const;
  const one = `${inGroup(type)}/{name}`;
  return [
    {
      ...own,
      method: 'GET',
      pattern: `/subscriptions/{subscription}/providers/${namespace}/${type}`,
      handle: list(type),
    },
    { ...own, method: 'GET', pattern: inGroup(type), handle: list(type) },
    { ...own, method: 'PUT', pattern: one, handle: put(type, limit) },
    { ...own, method: 'PATCH', pattern: one, handle: patch(type) },
    { ...own, method: 'GET', pattern: one, handle: (call, arm) => json(200, view(find(call, arm, type))) },
    { ...own, method: 'DELETE', pattern: one, handle: remove(type) },
    {
      ...own,
      method: 'GET',
      pattern: `${one}/associations`,
      handle: (call, arm) =>
        page(
          call,
          associationsOf(find(call, arm, type).id, arm).map((record) => view(record)),
        ),
    },
  ];
};

export const collectionRoutes: readonly Route[] = [
  ...routesOf('dataCollectionRules', 64),
  ...routesOf('dataCollectionEndpoints', 44),
];
