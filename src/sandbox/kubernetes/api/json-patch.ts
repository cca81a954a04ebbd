import { isDeepStrictEqual } from 'node:util';
import { ApiError, badRequest } from './api-error.ts';
import { isObject, textAt, valueAt } from './json.ts';

/** RFC 6902. Tests that fail and paths that do not exist are 422, as the API server answers them. */
export const jsonPatch = (document: unknown, patch: unknown): unknown => {
  if (!Array.isArray(patch))
    throw badRequest('error decoding patch: json: cannot unmarshal object into Go value of type jsonpatch.Patch');
  let result = structuredClone(document);
  for (const operation of patch as readonly unknown[]) result = applyOne(result, operation);
  return result;
};

const impossible = (message: string): ApiError =>
  new ApiError(422, 'Invalid', `the server rejected our request due to an error in our request: ${message}`, {});

const pointer = (text: string): readonly string[] =>
  text === ''
    ? []
    : text
        .slice(1)
        .split('/')
        .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));

const applyOne = (document: unknown, operation: unknown): unknown => {
  const op = textAt(operation, 'op') ?? '';
  const path = textAt(operation, 'path') ?? '';
  const value = structuredClone(valueAt(operation, 'value'));
  const from = textAt(operation, 'from') ?? '';
  switch (op) {
    case 'add':
      return set(document, pointer(path), value, true);
    case 'replace':
      get(document, path);
      return set(document, pointer(path), value, false);
    case 'remove':
      get(document, path);
      return unset(document, pointer(path));
    case 'copy':
      return set(document, pointer(path), structuredClone(get(document, from)), true);
    case 'move': {
      const moved = get(document, from);
      return set(unset(document, pointer(from)), pointer(path), moved, true);
    }
    case 'test':
      if (!isDeepStrictEqual(find(document, pointer(path)), value))
        throw impossible(`testing value ${path} failed: test failed`);
      return document;
    default:
      throw badRequest(`unexpected kind of JSON patch operation: "${op}"`);
  }
};

const find = (document: unknown, path: readonly string[]): unknown => {
  let at = document;
  for (const key of path) {
    if (Array.isArray(at)) at = at[Number(key)] as unknown;
    else if (isObject(at)) at = at[key];
    else return undefined;
  }
  return at;
};

const get = (document: unknown, path: string): unknown => {
  const found = find(document, pointer(path));
  if (found === undefined) throw impossible(`path ${path} does not exist: missing value`);
  return found;
};

const parentOf = (document: unknown, path: readonly string[]): unknown[] | Record<string, unknown> => {
  const parent = find(document, path.slice(0, -1));
  if (Array.isArray(parent)) return parent as unknown[];
  if (isObject(parent)) return parent;
  throw impossible(`add operation does not apply: doc is missing path: "/${path.join('/')}": missing value`);
};

const set = (document: unknown, path: readonly string[], value: unknown, insert: boolean): unknown => {
  const key = path.at(-1);
  if (key === undefined) return value;
  const parent = parentOf(document, path);
  if (!Array.isArray(parent)) parent[key] = value;
  else if (key === '-') parent.push(value);
  else {
    const index = Number(key);
    if (!Number.isInteger(index) || index < 0 || index > parent.length)
      throw impossible(`index ${key} is out of bounds: invalid index referenced`);
    parent.splice(index, insert ? 0 : 1, value);
  }
  return document;
};

const unset = (document: unknown, path: readonly string[]): unknown => {
  const key = path.at(-1) ?? '';
  const parent = parentOf(document, path);
  if (Array.isArray(parent)) parent.splice(Number(key), 1);
  else delete parent[key];
  return document;
};

/** RFC 7386. */
export const mergePatch = (document: unknown, patch: unknown): unknown => {
  if (!isObject(patch)) return patch;
  const result: Record<string, unknown> = isObject(document) ? { ...document } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key];
    else result[key] = mergePatch(result[key], value);
  }
  return result;
};
