import { isDeepStrictEqual } from 'node:util';
import { ApiError, badRequest } from './api-error.ts';
import { printedMap } from './go-json.ts';
import { isObject, type JsonObject } from './json.ts';
import { fieldShape, type List, type Shape } from './shape.ts';

/**
 * Kubernetes' strategic merge patch: maps merge by field, lists by their patch key, with the directives `$patch: delete|replace`,
 * `$setElementOrder/x`, `$deleteFromPrimitiveList/x` and `$retainKeys` that kubectl writes.
 */
export const strategicMerge = (live: JsonObject, patch: JsonObject, shape: Shape): JsonObject =>
  mergeMaps(live, patch, shape);

const orderPrefix = '$setElementOrder/';
const deletePrefix = '$deleteFromPrimitiveList/';

const mergeMaps = (live: JsonObject, patch: JsonObject, shape: Shape): JsonObject => {
  const directive = patch['$patch'];
  if (directive === 'replace') return without(patch, '$patch');
  if (directive === 'delete') return {};
  const retained = patch['$retainKeys'];
  const result: Record<string, unknown> = Array.isArray(retained)
    ? Object.fromEntries(Object.entries(live).filter(([key]) => retained.includes(key)))
    : { ...live };

  for (const [key, value] of Object.entries(patch)) {
    if (key === '$patch' || key === '$retainKeys' || key.startsWith(orderPrefix)) continue;
    if (key.startsWith(deletePrefix)) {
      const field = key.slice(deletePrefix.length);
      const gone = Array.isArray(value) ? (value as readonly unknown[]) : [];
      const before = result[field];
      if (Array.isArray(before)) result[field] = before.filter((item) => !gone.includes(item));
      continue;
    }
    const child = fieldShape(shape, key);
    if (value === null) delete result[key];
    else if (isObject(value)) result[key] = mergeMaps(isObject(result[key]) ? result[key] : {}, value, child);
    else if (Array.isArray(value)) {
      const before: unknown = result[key];
      const old = Array.isArray(before) ? (before as unknown[]) : [];
      const merged = child.kind === 'list' ? mergeLists(old, value as unknown[], child) : value;
      const merges = child.kind === 'list' && child.patchKey !== undefined && !(value as unknown[]).some(isReplace);
      result[key] =
        merges && !(`${orderPrefix}${key}` in patch)
          ? ordered(merged as unknown[], value as unknown[], old, child.patchKey)
          : merged;
    } else result[key] = value;
  }
  for (const [key, order] of Object.entries(patch)) {
    if (!key.startsWith(orderPrefix) || !Array.isArray(order)) continue;
    const field = key.slice(orderPrefix.length);
    const child = fieldShape(shape, field);
    const items = result[field];
    if (Array.isArray(items))
      result[field] = ordered(
        items as unknown[],
        order as unknown[],
        Array.isArray(live[field]) ? (live[field] as unknown[]) : [],
        child.kind === 'list' ? child.patchKey : undefined,
      );
  }
  return result;
};

const mergeLists = (live: readonly unknown[], patch: readonly unknown[], shape: List): readonly unknown[] => {
  const { patchKey } = shape;
  if (patchKey === undefined) return patch.filter((item) => !isReplace(item));
  if (patchKey === '')
    return [...patch, ...live.filter((item) => !patch.some((known) => isDeepStrictEqual(known, item)))];
  // `- $patch: replace` anywhere in the list means: this list instead of the old one.
  if (patch.some(isReplace)) return patch.filter((item) => !isReplace(item));
  const result = [...live];
  for (const item of patch) {
    if (!isObject(item)) throw badRequest(`expected a list of objects with ${patchKey}`);
    const key = item[patchKey];
    if (key === undefined)
      throw new ApiError(500, '', `map: ${printedMap(item)} does not contain declared merge key: ${patchKey}`);
    const at = result.findIndex((known) => isObject(known) && known[patchKey] === key);
    if (item['$patch'] === 'delete') {
      for (let i = result.length - 1; i >= 0; i -= 1) {
        const known = result[i];
        if (isObject(known) && known[patchKey] === key) result.splice(i, 1);
      }
      continue;
    }
    const before = result[at];
    if (at === -1) result.push(mergeMaps({}, item, shape.item));
    else result[at] = mergeMaps(isObject(before) ? before : {}, item, shape.item);
  }
  return result;
};

/**
 * What the order names stands in that order, and before what it does not name, except where both were there
 * before and the other way round.
 */
const ordered = (
  items: readonly unknown[],
  order: readonly unknown[],
  before: readonly unknown[],
  patchKey: string | undefined,
): readonly unknown[] => {
  const key = (item: unknown): unknown =>
    patchKey === undefined || patchKey === '' ? item : isObject(item) ? item[patchKey] : undefined;
  const placeIn = (list: readonly unknown[], item: unknown): number =>
    list.findIndex((entry) => isDeepStrictEqual(key(entry), key(item)));
  const named = items
    .filter((item) => placeIn(order, item) !== -1)
    .toSorted((a, b) => placeIn(order, a) - placeIn(order, b));
  const others = items
    .filter((item) => placeIn(order, item) === -1)
    .toSorted((a, b) => placeIn(before, a) - placeIn(before, b));
  const result: unknown[] = [];
  while (named.length > 0 && others.length > 0) {
    const [other, mine] = [placeIn(before, others[0]), placeIn(before, named[0])];
    result.push(other !== -1 && mine !== -1 && other < mine ? others.shift() : named.shift());
  }
  return [...result, ...named, ...others];
};

const isReplace = (item: unknown): boolean =>
  isObject(item) && item['$patch'] === 'replace' && Object.keys(item).length === 1;

const without = (object: JsonObject, key: string): JsonObject =>
  Object.fromEntries(Object.entries(object).filter(([name]) => name !== key));
