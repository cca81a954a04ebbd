import { durations } from '../durations.ts';
import { at, isObject, objectAt } from '../json.ts';
import { json } from '../server/http.ts';
import type { HttpReply } from '../server/http.ts';
import type { Arm, ArmCall, Route } from './context.ts';
import { ArmError, groupNotFound } from './errors.ts';
import { checkLocation, checkTags } from './front-door.ts';
import { startGroupDeletion } from './group-deletion.ts';
import type { GroupRecord } from './groups.ts';
import { operationResultRoutes, resultUrl } from './operation-results.ts';
import { page } from './paging.ts';
import { systemData } from './resources.ts';
import type { ResourceRecord } from './resources.ts';

const own = { namespace: 'Microsoft.Resources', type: 'resourceGroups' } as const;
const base = '/subscriptions/{subscription}/resourcegroups';
const one = `${base}/{group}`;
const permission = (verb: string): string => `Microsoft.Resources/subscriptions/resourcegroups/${verb}`;

const view = (group: GroupRecord, arm: Arm): unknown => ({
  id: `/subscriptions/${arm.identity.subscriptionId}/resourceGroups/${group.name}`,
  name: group.name,
  type: 'Microsoft.Resources/resourceGroups',
  location: group.location,
  ...(group.managedBy === undefined ? {} : { managedBy: group.managedBy }),
  ...(group.tags === undefined ? {} : { tags: group.tags }),
  properties: { provisioningState: group.provisioningState },
});

const find = (call: ArmCall, arm: Arm): GroupRecord => {
  const group = arm.groups.get(call.param('group'));
  if (group === undefined) throw groupNotFound(call.param('group'));
  return group;
};

/** Azure's own rule; \w there takes letters of every script. */
const checkGroupName = (name: string): void => {
  const odd = [...new Set(name.replaceAll(/[-\p{L}\p{N}_.()]/gu, ''))].join('');
  const problem =
    odd !== ''
      ? `has these invalid characters: '${odd}'. The name can only be a letter, digit, '-', '.', '(', ')' or '_'.`
      : name.endsWith('.')
        ? 'ends with a period.'
        : name.length > 90
          ? `has ${name.length} characters, but 90 are the most.`
          : undefined;
  if (problem === undefined) return;
  throw new ArmError(
    400,
    'InvalidResourceGroup',
    `The provided resource group name '${name}' ${problem} See https://aka.ms/ResourceGroupNamingRestrictions for more information.`,
  );
};

const put = (call: ArmCall, arm: Arm): HttpReply => {
  const name = call.param('group');
  checkGroupName(name);
  if (!isObject(call.body))
    throw new ArmError(400, 'InvalidRequestContent', 'The request content was invalid and could not be deserialized.');
  const location = checkLocation(call);
  checkTags(call.body);
  const before = arm.groups.get(name);
  if (before !== undefined && before.location !== location) {
    throw new ArmError(
      409,
      'InvalidResourceGroupLocation',
      `Invalid resource group location '${location}'. The Resource group already exists in location '${before.location}'.`,
    );
  }
  if (before?.provisioningState === 'Deleting') {
    throw new ArmError(
      409,
      'ResourceGroupBeingDeleted',
      `The resource group '${name}' is in deprovisioning state and cannot perform this operation.`,
    );
  }
  const group: GroupRecord = {
    ...before,
    name: before?.name ?? name,
    location,
    tags: objectAt(call.body, 'tags'),
    provisioningState: 'Succeeded',
  };
  arm.groups.put(group);
  return json(before === undefined ? 201 : 200, view(group, arm));
};

const remove = (call: ArmCall, arm: Arm): HttpReply => {
  const group = find(call, arm);
  const operation = startGroupDeletion(group, arm);
  return { status: 202, headers: { location: resultUrl('RESOURCEGROUPDELETIONJOB', operation, call, arm) } };
};

const genericView = (record: ResourceRecord): unknown => ({
  id: record.id,
  name: record.name,
  type: record.type,
  ...(record.kind === undefined ? {} : { kind: record.kind }),
  ...(record.sku === undefined ? {} : { sku: record.sku }),
  ...(record.identity === undefined ? {} : { identity: record.identity }),
  location: record.location,
  ...(record.tags === undefined ? {} : { tags: record.tags }),
  systemData: systemData(record),
});

/** `$filter` of `az resource list`: resourceType, name, resourceGroup, location, tagName and tagValue, joined by `and`. */
const filtered = (records: readonly ResourceRecord[], filter: string | null): readonly ResourceRecord[] =>
  [...(filter ?? '').matchAll(/(\w+) eq '([^']*)'/gu)].reduce((kept, [, field = '', value = '']) => {
    const wanted = value.toLowerCase();
    const tags = (record: ResourceRecord): readonly (readonly [string, unknown])[] => Object.entries(record.tags ?? {});
    switch (field.toLowerCase()) {
      case 'resourcetype':
        return kept.filter(({ type }) => type.toLowerCase() === wanted);
      case 'name':
        return kept.filter(({ name }) => name.toLowerCase() === wanted);
      case 'resourcegroup':
        return kept.filter(({ group }) => group?.toLowerCase() === wanted);
      case 'location':
        return kept.filter(({ location }) => location?.toLowerCase() === wanted);
      case 'tagname':
        return kept.filter((record) => tags(record).some(([name]) => name.toLowerCase() === wanted));
      case 'tagvalue':
        return kept.filter((record) => tags(record).some(([, text]) => text === value));
      default:
        throw new ArmError(
          400,
          'InvalidFilterInQueryString',
          `Invalid $filter '${filter ?? ''}' specified in the query string.`,
        );
    }
  }, records);

/** Only top-level resources are listed, and new ones a few seconds late: the list comes from ARM's cache. */
const listResources = (call: ArmCall, arm: Arm): HttpReply => {
  const lag = durations.resourceListLag / arm.clock.speed;
  const records = arm.resources.list(
    (record) =>
      record.group !== undefined && record.location !== undefined && record.createdAt + lag <= arm.clock.now(),
  );
  const group = call.params['group']?.toLowerCase();
  const inGroup = group === undefined ? records : records.filter((record) => record.group?.toLowerCase() === group);
  const kept = filtered(inGroup, call.request.url.searchParams.get('$filter'));
  return page(
    call,
    kept.map((record) => genericView(record)),
  );
};

export const groupRoutes: readonly Route[] = [
  {
    ...own,
    method: 'GET',
    pattern: base,
    permission: permission('read'),
    handle: (call, arm) =>
      page(
        call,
        arm.groups.list().map((group) => view(group, arm)),
      ),
  },
  { ...own, method: 'PUT', pattern: one, permission: permission('write'), handle: put },
  {
    ...own,
    method: 'GET',
    pattern: one,
    permission: permission('read'),
    handle: (call, arm) => json(200, view(find(call, arm), arm)),
  },
  {
    ...own,
    method: 'HEAD',
    pattern: one,
    permission: permission('read'),
    handle: (call, arm) => ({ status: arm.groups.get(call.param('group')) === undefined ? 404 : 204 }),
  },
  {
    ...own,
    method: 'PATCH',
    pattern: one,
    permission: permission('write'),
    handle(call, arm) {
      checkTags(call.body);
      const group: GroupRecord = {
        ...find(call, arm),
        ...(at(call.body, 'tags') === undefined ? {} : { tags: objectAt(call.body, 'tags') }),
      };
      arm.groups.put(group);
      return json(200, view(group, arm));
    },
  },
  { ...own, method: 'DELETE', pattern: one, permission: permission('delete'), handle: remove },
  ...operationResultRoutes,
  {
    ...own,
    type: 'resources',
    method: 'GET',
    pattern: '/subscriptions/{subscription}/resources',
    handle: listResources,
  },
  { ...own, type: 'resources', method: 'GET', pattern: `${one}/resources`, handle: listResources },
];
