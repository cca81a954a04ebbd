import { isObject, objectAt, textAt } from '../json.ts';
import type { JsonObject } from '../json.ts';
import { json } from '../server/http.ts';
import type { HttpReply } from '../server/http.ts';
import type { Arm, ArmCall, Route } from './context.ts';
import { ArmError, groupNotFound } from './errors.ts';
import { checkTags } from './front-door.ts';
import { page } from './paging.ts';
import { parsePath } from './path.ts';

const own = { namespace: 'Microsoft.Resources', type: 'tags' } as const;
const one = '{scope}/providers/Microsoft.Resources/tags/default';

/** What carries tags: the subscription, a group, a resource. */
interface Tagged {
  readonly id: string;
  readonly tags: JsonObject;
  save(tags: JsonObject): void;
}

const ofSubscription = (arm: Arm): Tagged => {
  const kept = arm.store.collection<JsonObject>('subscription-tags');
  return {
    id: `/subscriptions/${arm.identity.subscriptionId}`,
    tags: kept.get('tags') ?? {},
    save: (tags) => kept.set('tags', tags),
  };
};

const ofGroup = (name: string, arm: Arm): Tagged => {
  const group = arm.groups.get(name);
  if (group === undefined) throw groupNotFound(name);
  return {
    id: `/subscriptions/${arm.identity.subscriptionId}/resourceGroups/${group.name}`,
    tags: group.tags ?? {},
    save: (tags) => arm.groups.put({ ...group, tags }),
  };
};

const tagged = (call: ArmCall, arm: Arm): Tagged => {
  const { segments, group } = parsePath(call.param('scope'));
  if (segments.length === 2) return ofSubscription(arm);
  if (segments.length === 4 && group !== undefined) return ofGroup(group, arm);
  const record = arm.resources.get(call.param('scope'));
  if (record === undefined)
    throw new ArmError(404, 'ResourceNotFound', `The Resource '${segments.slice(-3).join('/')}' was not found.`);
  return {
    id: record.id,
    tags: record.tags ?? {},
    save: (tags) => void arm.resources.patch(record.id, () => ({ tags })),
  };
};

const view = ({ id }: Tagged, tags: JsonObject): HttpReply =>
  json(200, {
    id: `${id}/providers/Microsoft.Resources/tags/default`,
    name: 'default',
    type: 'Microsoft.Resources/tags',
    properties: { tags },
  });

const wanted = (call: ArmCall): JsonObject => {
  const properties = objectAt(call.body, 'properties');
  if (!isObject(properties['tags']))
    throw new ArmError(
      400,
      'InvalidRequestContent',
      "The request content is invalid: the property 'tags' is required.",
    );
  checkTags(properties);
  return properties['tags'];
};

/** Names of tags are the same in any case, values are not. */
const merged = (before: JsonObject, added: JsonObject): JsonObject => {
  const known = new Map(Object.keys(before).map((name) => [name.toLowerCase(), name]));
  const spelled = Object.entries(added).map(([name, value]) => [known.get(name.toLowerCase()) ?? name, value] as const);
  return { ...before, ...Object.fromEntries(spelled) };
};

const without = (before: JsonObject, taken: JsonObject): JsonObject =>
  Object.fromEntries(
    Object.entries(before).filter(
      ([name, value]) =>
        !Object.entries(taken).some(([other, text]) => other.toLowerCase() === name.toLowerCase() && text === value),
    ),
  );

const changed = (call: ArmCall, before: JsonObject): JsonObject => {
  const operation = textAt(call.body, 'operation') ?? '';
  const tags = wanted(call);
  if (/^merge$/iu.test(operation)) return merged(before, tags);
  if (/^replace$/iu.test(operation)) return tags;
  if (/^delete$/iu.test(operation)) return without(before, tags);
  throw new ArmError(
    400,
    'InvalidRequestContent',
    `The operation '${operation}' is invalid: it must be 'Merge', 'Replace' or 'Delete'.`,
  );
};

const write = (call: ArmCall, arm: Arm, next: (before: JsonObject) => JsonObject): HttpReply => {
  const subject = tagged(call, arm);
  const tags = next(subject.tags);
  checkTags({ tags });
  subject.save(tags);
  return view(subject, tags);
};

/** Every tag in use, with how often. */
const names = (call: ArmCall, arm: Arm): HttpReply => {
  const all = [ofSubscription(arm).tags, ...arm.groups.list().map(({ tags }) => tags ?? {})].concat(
    arm.resources.list(({ tags }) => tags !== undefined).map(({ tags }) => tags ?? {}),
  );
  const counts = new Map<string, Map<string, number>>();
  for (const [name, value] of all.flatMap((tags) => Object.entries(tags))) {
    const values = counts.get(name) ?? new Map<string, number>();
    counts.set(name, values.set(String(value), (values.get(String(value)) ?? 0) + 1));
  }
  const base = `/subscriptions/${arm.identity.subscriptionId}/tagNames`;
  const total = (value: number): JsonObject => ({ type: 'Total', value });
  const listed = [...counts].sort().map(([tagName, values]) => ({
    id: `${base}/${tagName}`,
    tagName,
    count: total([...values.values()].reduce((sum, count) => sum + count, 0)),
    values: [...values].map(([tagValue, count]) => ({
      id: `${base}/${tagName}/tagValues/${tagValue}`,
      tagValue,
      count: total(count),
    })),
  }));
  return page(call, listed);
};

export const tagRoutes: readonly Route[] = [
  { ...own, type: 'tagNames', method: 'GET', pattern: '/subscriptions/{subscription}/tagNames', handle: names },
  {
    ...own,
    method: 'GET',
    pattern: one,
    handle(call, arm) {
      const subject = tagged(call, arm);
      return view(subject, subject.tags);
    },
  },
  { ...own, method: 'PUT', pattern: one, handle: (call, arm) => write(call, arm, () => wanted(call)) },
  { ...own, method: 'PATCH', pattern: one, handle: (call, arm) => write(call, arm, (before) => changed(call, before)) },
  {
    ...own,
    method: 'DELETE',
    pattern: one,
    handle(call, arm) {
      tagged(call, arm).save({});
      return { status: 200 };
    },
  },
];
