import { isDeepStrictEqual } from 'node:util';
import { itemElement, pathOf, type FieldSet } from './field-set.ts';
import { isObject } from './json.ts';
import { fieldShape, type List, type Shape } from './shape.ts';

export interface Change {
  /** Set to something else, or new; what is new with all that is in it. */
  readonly changed: FieldSet;
  readonly removed: FieldSet;
}

const absent = Symbol('absent');
type Side = unknown;

/** Which fields differ between two states of an object, as structured-merge-diff compares them. */
export const compareFields = (before: unknown, after: unknown, shape: Shape): Change => {
  const changed = new Set<string>();
  const removed = new Set<string>();

  const walk = (was: Side, is: Side, path: readonly string[], expected: Shape): void => {
    if (was === absent && is === absent) return;
    const parts = partsOf(was, is, expected);
    if (parts === undefined) {
      if (path.length === 0) return;
      const here = pathOf(path);
      if (is === absent) removed.add(here);
      else if (was === absent || !isDeepStrictEqual(was, is)) changed.add(here);
      return;
    }
    for (const [element, child] of parts) walk(child.was, child.is, [...path, element], child.shape);
    if (path.length === 0) return;
    if (was === absent) changed.add(pathOf(path));
    else if (is === absent) removed.add(pathOf(path));
  };

  walk(before, after, [], shape);
  return { changed, removed };
};

interface Part {
  readonly was: Side;
  readonly is: Side;
  readonly shape: Shape;
}

/** What two values are compared by: their fields or items; undefined where they are compared whole. */
const partsOf = (was: Side, is: Side, shape: Shape): ReadonlyMap<string, Part> | undefined => {
  const some = is === absent || is === null ? was : is;
  if (isObject(some) && shape.kind !== 'scalar' && shape.kind !== 'list') {
    const [left, right] = [was, is].map((side) => (isObject(side) ? side : undefined));
    const atomic = shape.kind !== 'anything' && shape.atomic;
    if (atomic || (isEmpty(left) && isEmpty(right))) return undefined;
    const keys = new Set([...Object.keys(left ?? {}), ...Object.keys(right ?? {})]);
    return new Map(
      [...keys].map((key): [string, Part] => {
        const part = { was: field(left, key), is: field(right, key) };
        return [`f:${key}`, { ...part, shape: fieldShape(shape, key) }];
      }),
    );
  }
  if (!Array.isArray(some) || shape.kind !== 'list' || shape.merge.by === 'nothing') return undefined;
  const [left, right] = [was, is].map((side) =>
    Array.isArray(side) ? items(side, shape) : new Map<string, unknown>(),
  );
  if (left === undefined || right === undefined || (left.size === 0 && right.size === 0)) return undefined;
  return new Map(
    [...new Set([...left.keys(), ...right.keys()])].map((element): [string, Part] => [
      element,
      {
        was: left.has(element) ? left.get(element) : absent,
        is: right.has(element) ? right.get(element) : absent,
        shape: shape.item,
      },
    ]),
  );
};

const isEmpty = (side: object | undefined): boolean => side === undefined || Object.keys(side).length === 0;

const items = (list: readonly unknown[], shape: List): Map<string, unknown> =>
  new Map(list.map((item) => [itemElement(item, shape), item]));

const field = (object: Readonly<Record<string, unknown>> | undefined, key: string): Side => {
  const child = object?.[key];
  return child === undefined ? absent : child;
};
