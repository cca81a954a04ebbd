import { comparer } from './comparison.ts';
import { scalarTypeOf, untag } from './cast.ts';
import { refuse } from './refused.ts';
import { compareText } from './text.ts';
import { type Dynamic, type KqlType, type Value, isArray } from './values.ts';

/** array_sort_asc/desc: the first array sorted, the others in its order; a last bool says whether nulls come last. */
export function sortArrays(values: readonly Value[], types: readonly KqlType[], descending: boolean): Dynamic[] {
  const hasFlag = types[types.length - 1] === 'bool';
  const nullsLast = hasFlag ? values[values.length - 1] !== false : true;
  const arrays = hasFlag ? values.slice(0, -1) : values;
  const [key] = arrays;
  if (!isArray(key ?? null)) return arrays.map(() => null);
  const keys = key as readonly Dynamic[];
  const order = keys
    .map((_, index) => index)
    .sort((a, b) => compareItems(keys[a] ?? null, keys[b] ?? null, descending, nullsLast) || a - b);
  return arrays.map((array, index) => {
    if (!isArray(array) || array.length !== keys.length) return index === 0 ? refuse('sorting what is no array') : null;
    return order.map((at) => array[at] ?? null);
  });
}

function compareItems(a: Dynamic, b: Dynamic, descending: boolean, nullsLast: boolean): number {
  if (a === null || b === null) return a === b ? 0 : (a === null) === nullsLast ? 1 : -1;
  const left = scalarTypeOf(a);
  const right = scalarTypeOf(b);
  const numbers = (type: KqlType | undefined): boolean => type === 'long' || type === 'real';
  if (left === undefined || right === undefined || (left !== right && !(numbers(left) && numbers(right)))) {
    return refuse('sorting an array of values of different types is not evaluated');
  }
  const order = left === 'string' ? compareText(a as string, b as string) : comparer(left, right)(untag(a), untag(b));
  return descending ? -order : order;
}
