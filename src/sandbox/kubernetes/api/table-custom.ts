import { numberAt, printed, textAt, valueAt } from './json.ts';
import { age } from './table-cells.ts';
import type { Column } from './table-column.ts';

/** A CRD's additionalPrinterColumn with a simple JSONPath: fields, and `[?(@.type=="x")]` filters. */
export const customColumn = (column: unknown): Column => {
  const path = textAt(column, 'jsonPath') ?? '';
  const type = textAt(column, 'type') ?? 'string';
  return {
    name: textAt(column, 'name') ?? '',
    type,
    wide: (numberAt(column, 'priority') ?? 0) > 0,
    description: textAt(column, 'description') ?? '',
    cell(object, now) {
      const value = jsonPath(object, path);
      if (value === undefined || value === null) return '';
      if (type === 'date') return age(printed(value), now);
      return typeof value === 'object' ? JSON.stringify(value) : value;
    },
  };
};

/** Value at a JSONPath as CRDs use it; undefined where there is none. */
export const jsonPath = (object: unknown, path: string): unknown => {
  let at = object;
  for (const [, field, filterKey, filterValue, index] of path.matchAll(
    /\.((?:\\.|[^.[\\])+)|\[\?\(@\.([\w.]+)\s*==\s*['"]([^'"]*)['"]\)\]|\[(\d+|\*)\]/g,
  )) {
    if (field !== undefined) at = valueAt(at, field.replaceAll('\\.', '.'));
    else if (filterKey !== undefined)
      at = (Array.isArray(at) ? at : []).find((item) => valueAt(item, ...filterKey.split('.')) === filterValue);
    else if (Array.isArray(at)) at = index === '*' ? at : (at[Number(index)] as unknown);
    else return undefined;
  }
  return at;
};
