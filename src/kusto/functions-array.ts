import { convert, dynamicText, groupKey, toDynamic, untag } from './cast.ts';
import { coerce } from './coerce.ts';
import { sameDynamic } from './comparison.ts';
import { derive } from './expr.ts';
import { type Builder, argument, argumentsOf, simple } from './function-kit.ts';
import { sortArrays } from './array-sort.ts';
import { refuse } from './refused.ts';
import { type Dynamic, type KqlType, type Value, isArray, isBag } from './values.ts';

const concat: Builder = (call) => {
  const args = argumentsOf(call).map((arg) => coerce(arg, 'dynamic'));
  return derive('dynamic', args, (row) => {
    const parts = args.map((arg) => arg.run(row));
    if (!parts.every(isArray)) return refuse('array_concat() of what is no array is not evaluated', call.node.start);
    return parts.flat();
  });
};

const packArray: Builder = (call) => {
  if (call.nodes[0]?.kind === 'StarExpression') return refuse('pack_array(*) is not evaluated', call.node.start);
  const args = argumentsOf(call);
  return derive('dynamic', args, (row) => args.map((arg) => toDynamic(arg.run(row), arg.type)));
};

function slice(value: Dynamic, start: bigint, end: bigint): Dynamic {
  if (!isArray(value)) return null;
  const size = BigInt(value.length);
  const from = start < 0n ? size + start : start;
  const to = end < 0n ? size + end : end;
  return value.slice(Number(from < 0n ? 0n : from), Number(to < 0n ? 0n : to + 1n));
}

const indexOf: Builder = (call) => {
  const array = coerce(argument(call, 0), 'dynamic');
  const wanted = argument(call, 1);
  const [start, length, occurrence] = [2, 3, 4].map((index) =>
    call.nodes[index] === undefined ? undefined : coerce(argument(call, index), 'long'),
  );
  const parts = [array, wanted, start, length, occurrence].filter((part) => part !== undefined);
  return derive('long', parts, (row) => {
    const values = array.run(row);
    if (!isArray(values)) return null;
    const search = toDynamic(wanted.run(row), wanted.type);
    const first = Number(start?.run(row) ?? 0n);
    const from = first < 0 ? Math.max(values.length + first, 0) : first;
    const count = Number(length?.run(row) ?? -1n);
    let left = Number(occurrence?.run(row) ?? 1n);
    const end = count < 0 ? values.length : Math.min(values.length, from + count);
    for (let at = from; at < end; at++) {
      if (sameDynamic(values[at] ?? null, search) && --left === 0) return BigInt(at);
    }
    return -1n;
  });
};

const sort =
  (descending: boolean): Builder =>
  (call) => {
    const args = argumentsOf(call);
    return derive(
      'dynamic',
      args,
      (row) =>
        sortArrays(
          args.map((arg) => arg.run(row)),
          args.map((arg) => arg.type),
          descending,
        )[0] ?? null,
    );
  };

function sum(value: Dynamic): Value {
  if (!isArray(value)) return null;
  let total = 0;
  for (const item of value) {
    if (typeof item !== 'bigint' && typeof item !== 'number')
      return refuse('array_sum() of an array with other things than numbers is not evaluated');
    total += Number(item);
  }
  return total;
}

const range: Builder = (call) => {
  const [start, stop, given] = argumentsOf(call);
  if (start === undefined || stop === undefined) return refuse('range() needs a start and a stop', call.node.start);
  const type: KqlType = [start, stop, given].some((part) => part?.type === 'real') ? 'real' : start.type;
  const parts = [start, stop, given].filter((part) => part !== undefined);
  return derive('dynamic', parts, (row) => {
    const values = parts.map((part) => part.run(row));
    if (values.includes(null)) return null;
    const exact = values.map((value) => (type === 'real' ? Number(value) : BigInt(value as number | bigint)));
    const [from = 0n, to = 0n] = exact;
    const step = exact[2] ?? (type === 'datetime' || type === 'timespan' ? 36_000_000_000n : type === 'real' ? 1 : 1n);
    return spread(from, to, step).map((value) => toDynamic(value, type === 'int' ? 'long' : type));
  });
};

function spread(from: number | bigint, to: number | bigint, step: number | bigint): (number | bigint)[] {
  const values: (number | bigint)[] = [];
  if (Number(step) === 0) return refuse('range() with a step of 0 is not evaluated');
  const up = step > 0;
  const at = (index: number): number | bigint =>
    typeof from === 'bigint' ? from + BigInt(index) * (step as bigint) : from + index * Number(step);
  for (let index = 0; up ? at(index) <= to : at(index) >= to; index++) {
    values.push(at(index));
    if (index > 1_048_576) refuse('range() of more than 1,048,576 values is not evaluated');
  }
  return values;
}

const zip: Builder = (call) => {
  const args = argumentsOf(call).map((arg) => coerce(arg, 'dynamic'));
  return derive('dynamic', args, (row) => {
    const arrays = args.map((arg) => arg.run(row));
    if (!arrays.every(isArray)) return refuse('zip() of what is no array is not evaluated');
    const longest = Math.max(...arrays.map((array) => array.length));
    return Array.from({ length: longest }, (_, index) => arrays.map((array) => array[index] ?? null));
  });
};

const arrayIff: Builder = (call) => {
  const [tests, yes, no] = argumentsOf(call).map((arg) => coerce(arg, 'dynamic'));
  if (tests === undefined || yes === undefined || no === undefined)
    return refuse('array_iff() needs three arguments', call.node.start);
  return derive('dynamic', [tests, yes, no], (row) => {
    const conditions = tests.run(row);
    if (!isArray(conditions)) return null;
    const pick = (value: Dynamic, index: number): Dynamic => (isArray(value) ? (value[index] ?? null) : value);
    return conditions.map((test, index) => {
      const truth = untag(convert(test, 'dynamic', 'bool'));
      return truth === null ? null : pick(truth === true ? yes.run(row) : no.run(row), index);
    });
  });
};

export const arrayFunctions: Readonly<Record<string, Builder>> = {
  array_length: simple('long', ['dynamic'], (value) => (isArray(value) ? BigInt(value.length) : null)),
  array_concat: concat,
  array_slice: simple('dynamic', ['dynamic', 'long', 'long'], slice),
  array_index_of: indexOf,
  array_reverse: simple('dynamic', ['dynamic'], (value) => (isArray(value) ? [...value].reverse() : null)),
  array_sort_asc: sort(false),
  array_sort_desc: sort(true),
  array_sum: simple('real', ['dynamic'], sum),
  array_iff: arrayIff,
  array_iif: arrayIff,
  strcat_array: simple('string', ['dynamic', 'string'], (value, delimiter) =>
    isArray(value) ? value.map(dynamicText).join(delimiter) : '',
  ),
  pack_array: packArray,
  range,
  zip,
  array_rotate_left: simple('dynamic', ['dynamic', 'long'], (value, count) => rotate(value, count)),
  array_rotate_right: simple('dynamic', ['dynamic', 'long'], (value, count) => rotate(value, -count)),
  jaccard_index: simple('real', ['dynamic', 'dynamic'], jaccard),
};

function rotate(value: Dynamic, count: bigint): Dynamic {
  if (!isArray(value)) return null;
  const at = ((Number(count) % value.length) + value.length) % value.length;
  return value.length === 0 ? value : [...value.slice(at), ...value.slice(0, at)];
}

function jaccard(a: Value, b: Value): Value {
  if (!isArray(a) || !isArray(b) || isBag(a)) return null;
  const left = new Set(a.map(groupKey));
  const right = new Set(b.map(groupKey));
  const union = new Set([...left, ...right]).size;
  return union === 0 ? Number.NaN : [...left].filter((key) => right.has(key)).length / union;
}
