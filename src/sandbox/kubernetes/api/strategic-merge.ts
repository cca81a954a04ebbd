import { isDeepStrictEqual } from 'node:util';
import { badRequest } from './api-error.ts';
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
      result[key] =
        child.kind === 'list'
          ? mergeLists(Array.isArray(before) ? (before as unknown[]) : [], value as unknown[], child)
          : value;
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
        child.kind === 'list' ? child.patchKey : undefined,
      );
  }
  return result;
};

const mergeLists = (live: readonly unknown[], patch: readonly unknown[], shape: List): readonly unknown[] => {
  const { patchKey } = shape;
  if (patchKey === undefined) return patch.filter((item) => !isReplace(item));
  if (patchKey === '')
    return [...live, ...patch.filter((item) => !live.some((known) => isDeepStrictEqual(known, item)))];
  // `- $patch: replace` anywhere in the list means: this list instead of the old one.
  if (patch.some(isReplace)) return patch.filter((item) => !isReplace(item));
  const result = [...live];
  for (const item of patch) {
    if (!isObject(item)) throw badRequest(`expected a list of objects with ${patchKey}`);
    const key = item[patchKey];
    if (key === undefined)
      throw badRequest(`map: ${JSON.stringify(item)} does not contain declared merge key: ${patchKey}`);
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

/** What the order names stands in that order; what it does not name keeps its place behind its old neighbour. */
const ordered = (
  items: readonly unknown[],
  order: readonly unknown[],
  patchKey: string | undefined,
): readonly unknown[] => {
  const key = (item: unknown): unknown =>
    patchKey === undefined || patchKey === '' ? item : isObject(item) ? item[patchKey] : undefined;
  const place = (item: unknown): number => order.findIndex((entry) => isDeepStrictEqual(key(entry), key(item)));
  const named = items.filter((item) => place(item) !== -1).sort((a, b) => place(a) - place(b));
  const result: unknown[] = [];
  let next = 0;
  for (const item of items) result.push(place(item) === -1 ? item : named[next++]);
  return result;
};

const isReplace = (item: unknown): boolean =>
  isObject(item) && item['$patch'] === 'replace' && Object.keys(item).length === 1;

const without = (object: JsonObject, key: string): JsonObject =>
  Object.fromEntries(Object.entries(object).filter(([name]) => name !== key));
