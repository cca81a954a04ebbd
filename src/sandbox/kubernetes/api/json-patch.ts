import { isDeepStrictEqual } from 'node:util';
import { ApiError, badRequest } from './api-error.ts';
import { isObject, textAt, valueAt } from './json.ts';

/** RFC 6902 as the API server's library reads it: tests that fail and paths that do not exist are 422, but a member that is not there can be replaced. */
export const jsonPatch = (document: unknown, patch: unknown): unknown => {
  if (!Array.isArray(patch))
    throw badRequest(
      'error decoding patch: json: cannot unmarshal object into Go value of type []handlers.jsonPatchOp',
    );
  let result = structuredClone(document);
  for (const operation of patch as readonly unknown[]) result = applyOne(result, operation);
  return result;
};

/** The API server does not tell which operation was impossible, nor why. */
const impossible = (): ApiError =>
  new ApiError(422, 'Invalid', 'the server rejected our request due to an error in our request', {});

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
      if (!isDeepStrictEqual(find(document, pointer(path)), value)) throw impossible();
      return document;
    default:
      throw impossible();
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
  if (found === undefined) throw impossible();
  return found;
};

const parentOf = (document: unknown, path: readonly string[]): unknown[] | Record<string, unknown> => {
  const parent = find(document, path.slice(0, -1));
  if (Array.isArray(parent)) return parent as unknown[];
  if (isObject(parent)) return parent;
  throw impossible();
};

const set = (document: unknown, path: readonly string[], value: unknown, insert: boolean): unknown => {
  const key = path.at(-1);
  if (key === undefined) return value;
  const parent = parentOf(document, path);
  if (!Array.isArray(parent)) parent[key] = value;
  else if (key === '-') parent.push(value);
  else {
    const index = Number(key);
    if (!Number.isInteger(index) || index < 0 || index > parent.length) throw impossible();
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
