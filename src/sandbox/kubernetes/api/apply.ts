import { isDeepStrictEqual } from 'node:util';
import type { KubeObject } from '../objects.ts';
import { ApiError } from './api-error.ts';
import { elementsOf, itemElement, minus, printPath, type FieldSet } from './field-set.ts';
import { asGoWrites } from './go-writing.ts';
import { isObject, type JsonObject } from './json.ts';
import { ownEarlierFields, withLastApplied } from './kubectl-applied.ts';
import { changeBetween, managersOf, ownable, withManagers, type Manager, type Writer } from './managed-fields.ts';
import { fieldShape, type Shape } from './shape.ts';

/**
 * Server-side apply of a configuration onto the live object (undefined: it will be created).
 * Fields the manager stated last time and does not state now go, unless somebody else owns them. A field that another manager
 * set to another value is a 409, or taken over with `force`.
 */
export const applyConfiguration = (
  live: KubeObject | undefined,
  config: KubeObject,
  shape: Shape,
  writer: Writer,
  force: boolean,
): KubeObject => {
  const managers = live === undefined ? [] : existingManagers(live, shape, writer.time);
  const mine = (manager: Manager): boolean =>
    manager.name === writer.name && manager.operation === 'Apply' && manager.subresource === writer.subresource;
  const own = managers.find(mine);
  const others = managers.filter((manager) => !mine(manager));
  const stated = ownable(config, shape);

  const merged = merge(live ?? {}, config, shape) as KubeObject;
  const owned = new Set(others.flatMap(({ fields }) => [...fields]));
  const dropped = [...(own?.fields ?? [])].filter((path) => !stated.has(path) && !isOwned(path, owned, stated));
  const next = dropped.reduce<unknown>(
    (object, path) => removePath(object, elementsOf(path), shape),
    merged,
  ) as KubeObject;

  const { changed, removed } = changeBetween(live ?? {}, next, shape);
  const clashes = others.flatMap((manager) =>
    [...manager.fields].filter((path) => changed.has(path) && stated.has(path)).map((path) => ({ manager, path })),
  );
  const earlier = ownEarlierFields(live, shape, writer.name);
  const foreign = clashes.filter(({ path }) => !earlier.has(path));
  if (foreign.length > 0 && !force) throw applyConflict(foreign);

  const left = others.map((manager) => ({
    ...manager,
    fields: minus(minus(manager.fields, new Set(clashes.map(({ path }) => path))), removed),
  }));
  const same = own !== undefined && own.apiVersion === writer.apiVersion && isDeepStrictEqual(own.fields, stated);
  return withManagers(withLastApplied(live, next, config, writer.name), [
    ...left,
    {
      name: writer.name,
      operation: 'Apply',
      apiVersion: writer.apiVersion,
      subresource: writer.subresource,
      time: same ? own.time : writer.time,
      fields: stated,
    },
  ]);
};

/** What nobody has claimed belongs to whoever wrote before apply was known here. */
const existingManagers = (live: KubeObject, shape: Shape, time: string): readonly Manager[] => {
  const managers = managersOf(live);
  if (managers.length > 0) return managers;
  return [
    {
      name: 'before-first-apply',
      operation: 'Update',
      apiVersion: live.apiVersion,
      subresource: '',
      time,
      fields: changeBetween(asGoWrites({}, shape), live, shape).changed,
    },
  ];
};

/** A field is still wanted where it, or anything below it, is owned or stated. */
const isOwned = (path: string, owned: FieldSet, stated: FieldSet): boolean => {
  const below = `${path}\u0000`;
  const holds = (set: FieldSet): boolean => set.has(path) || [...set].some((other) => other.startsWith(below));
  return holds(owned) || holds(stated);
};

const merge = (live: unknown, config: unknown, shape: Shape): unknown => {
  if (isObject(config) && isObject(live) && !((shape.kind === 'struct' || shape.kind === 'map') && shape.atomic)) {
    const result: Record<string, unknown> = { ...live };
    for (const [key, value] of Object.entries(config)) result[key] = merge(live[key], value, fieldShape(shape, key));
    return result;
  }
  if (!Array.isArray(config) || shape.kind !== 'list' || shape.merge.by === 'nothing') return config;
  const before = Array.isArray(live) ? (live as readonly unknown[]) : [];
  const byElement = new Map(before.map((item) => [itemElement(item, shape), item]));
  const stated = new Map((config as readonly unknown[]).map((item) => [itemElement(item, shape), item]));
  // Stated items keep the order in which they are stated; what others own stays where it is.
  const kept = [...byElement].map(([element, item]): [string, unknown] => [
    element,
    stated.has(element) ? merge(item, stated.get(element), shape.item) : item,
  ]);
  const fresh = [...stated]
    .filter(([element]) => !byElement.has(element))
    .map(([element, item]): [string, unknown] => [element, merge(undefined, item, shape.item)]);
  const order = [...stated.keys()];
  const all = [...kept, ...fresh];
  const inOrder = all
    .filter(([element]) => stated.has(element))
    .sort(([a], [b]) => order.indexOf(a) - order.indexOf(b));
  let next = 0;
  return all.map(([element, item]) => (stated.has(element) ? inOrder[next++]?.[1] : item));
};

const removePath = (value: unknown, path: readonly string[], shape: Shape): unknown => {
  const [element, ...rest] = path;
  if (element === undefined) return value;
  if (element.startsWith('f:') && isObject(value)) {
    const key = element.slice(2);
    if (!(key in value)) return value;
    const { [key]: child, ...others } = value;
    return rest.length === 0 ? others : { ...others, [key]: removePath(child, rest, fieldShape(shape, key)) };
  }
  if (Array.isArray(value) && shape.kind === 'list') {
    return rest.length === 0
      ? value.filter((item) => itemElement(item, shape) !== element)
      : value.map((item: unknown) =>
          itemElement(item, shape) === element ? removePath(item, rest, shape.item) : item,
        );
  }
  return value;
};

const applyConflict = (clashes: readonly { readonly manager: Manager; readonly path: string }[]): ApiError => {
  const named = clashes
    .map(({ manager, path }) => ({ who: printManager(manager), path: printPath(path) }))
    .sort((a, b) => (a.who < b.who ? -1 : a.who > b.who ? 1 : a.path < b.path ? -1 : 1));
  const causes = named.map(({ who, path }) => ({
    reason: 'FieldManagerConflict',
    message: `conflict with ${who}`,
    field: path,
  }));
  const [only] = named;
  if (named.length === 1 && only !== undefined)
    return new ApiError(409, 'Conflict', `Apply failed with 1 conflict: conflict with ${only.who}: ${only.path}`, {
      causes,
    });
  const lines = [...new Set(named.map(({ who }) => who))].flatMap((who) => [
    `conflicts with ${who}:`,
    ...named.filter((entry) => entry.who === who).map(({ path }) => `- ${path}`),
  ]);
  return new ApiError(409, 'Conflict', `Apply failed with ${named.length} conflicts: ${lines.join('\n')}`, { causes });
};

const printManager = ({ name, operation, apiVersion, subresource }: Manager): string => {
  const who = `"${name}"${subresource === '' ? '' : ` with subresource "${subresource}"`}`;
  if (operation === 'Apply') return who;
  return `${who} using ${apiVersion}`;
};

/** Whether two states of an object differ in anything but the times of their managers. */
export const sameButTimes = (a: JsonObject, b: JsonObject): boolean =>
  isDeepStrictEqual(withoutTimes(a), withoutTimes(b));

const withoutTimes = (object: JsonObject): unknown => {
  const metadata = isObject(object['metadata']) ? object['metadata'] : {};
  const fields = Array.isArray(metadata['managedFields']) ? (metadata['managedFields'] as readonly unknown[]) : [];
  return {
    ...object,
    metadata: {
      ...metadata,
      managedFields: fields.map((entry) => (isObject(entry) ? { ...entry, time: undefined } : entry)),
    },
  };
};
