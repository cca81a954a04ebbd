import type { KubeObject } from '../objects.ts';
import { listAt, numberAt, objectAt, textAt, valueAt } from './json.ts';
import { imagesOf, namesOf, selectorText } from './table-cells.ts';

export interface Column {
  readonly name: string;
  readonly type?: string;
  readonly wide?: boolean;
  readonly description?: string;
  /** `now` in ms, for ages. */
  readonly cell: (object: KubeObject, now: number) => unknown;
}

/** Columns of a kind, without its name; those of `after` stand behind the age. */
export interface KindColumns {
  readonly before?: readonly Column[];
  readonly after?: readonly Column[];
}

export const text = (name: string, ...path: readonly string[]): Column => ({
  name,
  cell: (object) => textAt(object, ...path) || '<none>',
});

/** Where `kubectl` says that nothing was set rather than that there is nothing. */
export const unset = (name: string, ...path: readonly string[]): Column => ({
  name,
  cell: (object) => textAt(object, ...path) || '<unset>',
});

export const count = (name: string, ...path: readonly string[]): Column => ({
  name,
  type: 'integer',
  cell: (object) => numberAt(object, ...path) ?? 0,
});

export const length = (name: string, ...path: readonly string[]): Column => ({
  name,
  type: 'integer',
  cell: (object) => listAt(object, ...path).length,
});

export const flag = (name: string, ...path: readonly string[]): Column => ({
  name,
  type: 'boolean',
  cell: (object) => valueAt(object, ...path) === true,
});

export const keys = (name: string, ...fields: readonly string[]): Column => ({
  name,
  cell: (object) => fields.reduce((sum, field) => sum + Object.keys(objectAt(object, field)).length, 0),
});

export const column = (name: string, cell: Column['cell']): Column => ({ name, cell });
/** A number that the column's own definition calls a string. */
export const loose = ({ type: _t, ...rest }: Column): Column => rest;
export const wide = (given: Column): Column => ({ ...given, wide: true });

export const containers: Column = wide(column('Containers', (object) => namesOf(object)));
export const images: Column = wide(column('Images', (object) => imagesOf(object)));
export const selector: Column = wide(column('Selector', (object) => selectorText(valueAt(object, 'spec', 'selector'))));

/** Up to three, and how many more there are. */
export const firstThree = (values: readonly string[], none: string): string =>
  values.length === 0
    ? none
    : values.length > 3
      ? `${values.slice(0, 3).join(',')} + ${values.length - 3} more...`
      : values.join(',');
