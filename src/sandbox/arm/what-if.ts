import { isDeepStrictEqual } from 'node:util';
import { isObject, objectAt, textAt } from '../json.ts';
import type { JsonObject } from '../json.ts';
import type { Caller } from './access/caller.ts';
import type { Arm } from './context.ts';
import { ownVersion, unnamed } from './deployment-complete.ts';
import type { PlannedResource } from './deployment-plan.ts';
import { isComplete } from './deployment-record.ts';
import { isDeployment } from './deployment-resources.ts';

/** What a deployment would change, asked in somebody's name. */
export interface WhatIf {
  readonly properties: JsonObject;
  readonly plan: readonly PlannedResource[];
  readonly group: string;
  readonly caller: Caller;
}

const look = async (id: string, apiVersion: string, caller: Caller, arm: Arm): Promise<JsonObject | undefined> => {
  const { status, body } = await arm.send(caller, { method: 'GET', path: id, apiVersion });
  return status < 400 && isObject(body) ? { ...body, id, apiVersion } : undefined;
};

const region = (location: unknown): string => String(location).replaceAll(' ', '').toLowerCase();

const change = (path: string, before: unknown, after: unknown): JsonObject => ({
  path,
  propertyChangeType: before === undefined ? 'Create' : after === undefined ? 'Delete' : 'Modify',
  before: before ?? null,
  after: after ?? null,
  children: null,
});

/** The differences that a PUT of `asked` makes, by path; what it does not name is the provider's to keep, but for tags. */
const differences = (before: unknown, asked: unknown, path: string): readonly JsonObject[] => {
  if (isDeepStrictEqual(before, asked) || (path === 'location' && region(before) === region(asked))) return [];
  if (isObject(before) && isObject(asked)) {
    const names = path === 'tags' ? new Set([...Object.keys(before), ...Object.keys(asked)]) : Object.keys(asked);
    return [...names].flatMap((name) => differences(before[name], asked[name], path === '' ? name : `${path}.${name}`));
  }
  if (!Array.isArray(before) || !Array.isArray(asked)) return [change(path, before, asked)];
  const [old, wanted] = [before as readonly unknown[], asked as readonly unknown[]];
  const children = Array.from({ length: Math.max(old.length, wanted.length) }, (_, index) =>
    isDeepStrictEqual(old[index], wanted[index]) ? [] : [change(String(index), old[index], wanted[index])],
  ).flat();
  return [{ ...change(path, before, asked), propertyChangeType: 'Array', children }];
};

const planned = async (
  { resource, id }: PlannedResource,
  { caller }: WhatIf,
  idsOnly: boolean,
  arm: Arm,
): Promise<JsonObject> => {
  const { type, apiVersion, body } = resource;
  const before = await look(id, apiVersion, caller, arm);
  if (idsOnly) return { resourceId: id, changeType: before === undefined ? 'Create' : 'Deploy' };
  const after = { ...body, id, apiVersion, type, name: id.split('/').at(-1), resourceGroup: id.split('/')[4] };
  if (before === undefined) return { resourceId: id, changeType: 'Create', before: null, after, delta: null };
  const tags = before['tags'] === undefined && body['tags'] === undefined ? {} : { tags: objectAt(body, 'tags') };
  const delta = differences({ tags: {}, ...before }, { ...body, ...tags }, '');
  return { resourceId: id, changeType: delta.length === 0 ? 'NoChange' : 'Modify', before, after, delta };
};

/** Every resource of the plan, and what else is in the group: ignored, or deleted in the mode Complete. */
export const changesOf = async (asked: WhatIf, arm: Arm): Promise<readonly JsonObject[]> => {
  const idsOnly = textAt(asked.properties, 'whatIfSettings', 'resultFormat')?.toLowerCase() === 'resourceidonly';
  const plan = asked.plan.filter(({ resource }) => !isDeployment(resource));
  const changes: JsonObject[] = [];
  for (const one of plan) changes.push(await planned(one, asked, idsOnly, arm));
  const deletes = isComplete(asked.properties);
  for (const record of unnamed(
    asked.group,
    plan.map(({ id }) => id),
    arm,
  )) {
    const before = idsOnly ? undefined : await look(record.id, ownVersion(record.type), asked.caller, arm);
    const snapshots = before === undefined ? {} : { before, after: deletes ? null : before };
    changes.push({ resourceId: record.id, changeType: deletes ? 'Delete' : 'Ignore', ...snapshots });
  }
  return changes;
};
