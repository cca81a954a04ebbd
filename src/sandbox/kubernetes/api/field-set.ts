import { isObject, type JsonObject } from './json.ts';
import { keyDefaults, fieldShape, type List, type Shape } from './shape.ts';

/**
 * Sets of fields as server-side apply keeps them. A path is a list of elements in FieldsV1 notation
 * (`f:spec`, `k:{"name":"a"}`, `v:"x"`), joined by a character that JSON text cannot hold.
 */
export type FieldSet = ReadonlySet<string>;

const separator = '\u0000';

/** FieldsV1 to a set: `.` stands for the element itself, an empty object for a leaf. */
export const parseFields = (fields: unknown): Set<string> => {
  const found = new Set<string>();
  const walk = (node: JsonObject, path: readonly string[]): void => {
    const children = Object.entries(node);
    if (children.length === 0 && path.length > 0) found.add(path.join(separator));
    for (const [key, child] of children) {
      if (key === '.') found.add(path.join(separator));
      else if (isObject(child)) walk(child, [...path, key]);
    }
  };
  if (isObject(fields)) walk(fields, []);
  return found;
};

export const writeFields = (set: FieldSet): JsonObject => {
  type Node = { [element: string]: Node };
  const root: Node = {};
  for (const path of [...set].sort()) {
    let at = root;
    for (const element of path.split(separator)) at = at[element] ??= {};
  }
  // What has children is a member of its own only if it says so.
  const mark = (node: Node, path: readonly string[]): void => {
    for (const [element, child] of Object.entries(node)) {
      const below = [...path, element];
      mark(child, below);
      if (Object.keys(child).length > 0 && set.has(below.join(separator))) node[element] = { '.': {}, ...child };
    }
  };
  mark(root, []);
  return root;
};

export const pathOf = (elements: readonly string[]): string => elements.join(separator);

/** Every field an object states. */
export const fieldsOf = (value: unknown, shape: Shape): Set<string> => {
  const found = new Set<string>();
  const walk = (at: unknown, path: readonly string[], expected: Shape, item: boolean): void => {
    const here = pathOf(path);
    if (isObject(at) && mergesByField(expected)) {
      const entries = Object.entries(at);
      if (path.length > 0 && (item || entries.length === 0)) found.add(here);
      const dynamic = expected.kind === 'map' || expected.kind === 'anything';
      for (const [key, child] of entries) walk(child, [...path, `f:${key}`], fieldShape(expected, key), dynamic);
    } else if (Array.isArray(at) && expected.kind === 'list' && expected.merge.by !== 'nothing') {
      if (item || at.length === 0) found.add(here);
      for (const child of at as readonly unknown[])
        walk(child, [...path, itemElement(child, expected)], expected.item, true);
    } else if (path.length > 0) found.add(here);
  };
  walk(value, [], shape, false);
  return found;
};

const mergesByField = (shape: Shape): boolean =>
  shape.kind === 'anything' || ((shape.kind === 'struct' || shape.kind === 'map') && !shape.atomic);

/** The element that stands for an item of a keyed or scalar list. */
export const itemElement = (item: unknown, list: List): string => {
  if (list.merge.by !== 'keys' || !isObject(item)) return `v:${JSON.stringify(item)}`;
  const keys = [...list.merge.keys].sort();
  return `k:${JSON.stringify(Object.fromEntries(keys.flatMap((key): [string, unknown][] => (item[key] === undefined ? (key in keyDefaults ? [[key, keyDefaults[key]]] : []) : [[key, item[key]]]))))}`;
};

export const elementsOf = (path: string): readonly string[] => path.split(separator);

/** `.spec.containers[name="nginx"].image`, as messages spell paths. */
export const printPath = (path: string): string =>
  elementsOf(path)
    .map((element) => {
      const body = element.slice(2);
      if (element.startsWith('f:')) return `.${body}`;
      if (element.startsWith('v:')) return `[=${body}]`;
      if (element.startsWith('i:')) return `[${body}]`;
      const keys = Object.entries(JSON.parse(body) as JsonObject).map(
        ([key, value]) => `${key}=${JSON.stringify(value)}`,
      );
      return `[${keys.join(',')}]`;
    })
    .join('');

export const union = (a: FieldSet, b: Iterable<string>): Set<string> => new Set([...a, ...b]);
export const minus = (a: FieldSet, b: { has(path: string): boolean }): Set<string> =>
  new Set([...a].filter((path) => !b.has(path)));
