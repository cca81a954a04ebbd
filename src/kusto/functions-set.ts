import { groupKey, toDynamic } from './cast.ts';
import { coerce } from './coerce.ts';
import { sameDynamic } from './comparison.ts';
import { derive } from './expr.ts';
import { type Builder, argument, argumentsOf } from './function-kit.ts';
import { type Dynamic, isArray } from './values.ts';

function distinct(values: readonly Dynamic[]): Dynamic[] {
  return [...new Map(values.map((value) => [groupKey(value), value])).values()];
}

const combine =
  (apply: (first: readonly Dynamic[], rest: readonly (readonly Dynamic[])[]) => Dynamic[]): Builder =>
  (call) => {
    const args = argumentsOf(call).map((arg) => coerce(arg, 'dynamic'));
    return derive('dynamic', args, (row) => {
      const sets = args.map((arg) => arg.run(row));
      const [first, ...rest] = sets;
      if (!sets.every(isArray) || !isArray(first ?? null)) return null;
      return distinct(apply(first as readonly Dynamic[], rest as readonly (readonly Dynamic[])[]));
    });
  };

const keysOf = (set: readonly Dynamic[]): ReadonlySet<string> => new Set(set.map(groupKey));

const hasElement: Builder = (call) => {
  const set = coerce(argument(call, 0), 'dynamic');
  const wanted = argument(call, 1);
  return derive('bool', [set, wanted], (row) => {
    const values = set.run(row);
    if (!isArray(values)) return null;
    const search = toDynamic(wanted.run(row), wanted.type);
    return values.some((value) => sameDynamic(value, search));
  });
};

const equals: Builder = (call) => {
  const [a, b] = argumentsOf(call).map((arg) => coerce(arg, 'dynamic'));
  return derive(
    'bool',
    [a, b].filter((arg) => arg !== undefined),
    (row) => {
      const left = a?.run(row) ?? null;
      const right = b?.run(row) ?? null;
      if (!isArray(left) || !isArray(right)) return null;
      const keys = keysOf(left);
      const others = keysOf(right);
      return keys.size === others.size && [...keys].every((key) => others.has(key));
    },
  );
};

export const setFunctions: Readonly<Record<string, Builder>> = {
  set_union: combine((first, rest) => [...first, ...rest.flat()]),
  set_intersect: combine((first, rest) => {
    const others = rest.map(keysOf);
    return first.filter((value) => others.every((keys) => keys.has(groupKey(value))));
  }),
  set_difference: combine((first, rest) => {
    const others = keysOf(rest.flat());
    return first.filter((value) => !others.has(groupKey(value)));
  }),
  set_has_element: hasElement,
  set_equals: equals,
};
