import { dynamicText, toDynamic } from './cast.ts';
import { coerce } from './coerce.ts';
import { derive } from './expr.ts';
import { type Builder, argument, argumentsOf, simple } from './function-kit.ts';
import { stringifyJson } from './json.ts';
import { refuse } from './refused.ts';
import { type Bag, type Dynamic, isArray, isBag, missing, visible } from './values.ts';

const pack: Builder = (call) => {
  const args = argumentsOf(call);
  if (args.length % 2 === 1) refuse(`${call.name}() needs pairs`, call.node.start);
  return derive('dynamic', args, (row) => {
    const bag = new Map<string, Dynamic>();
    for (let index = 0; index < args.length; index += 2) {
      const key = args[index];
      const value = args[index + 1];
      if (key !== undefined && value !== undefined)
        bag.set(dynamicText(toDynamic(key.run(row), key.type)), toDynamic(value.run(row), value.type));
    }
    return bag;
  });
};

const packColumns: Builder = (call) => {
  const args = argumentsOf(call);
  return derive(
    'dynamic',
    args,
    (row) => new Map(args.map((arg, index) => [call.nodes[index]?.implied ?? '', toDynamic(arg.run(row), arg.type)])),
  );
};

const packAll: Builder = (call) => {
  const { columns } = call.context.scope;
  const skip = call.nodes.length === 0 ? false : argument(call, 0).run([]) === true;
  const shown = visible(columns).map((column) => [column, columns.indexOf(column)] as const);
  return {
    type: 'dynamic',
    fixed: false,
    run: (row) => {
      const bag = new Map<string, Dynamic>();
      for (const [column, position] of shown) {
        const value = toDynamic(row[position] ?? missing(column.type), column.type);
        if (!skip || (value !== null && value !== '')) bag.set(column.name, value);
      }
      return bag;
    },
  };
};

const merge: Builder = (call) => {
  const args = argumentsOf(call).map((arg) => coerce(arg, 'dynamic'));
  return derive('dynamic', args, (row) => {
    const bag = new Map<string, Dynamic>();
    let any = false;
    for (const arg of args) {
      const value = arg.run(row);
      if (!isBag(value)) continue;
      any = true;
      for (const [key, item] of value) if (!bag.has(key)) bag.set(key, item);
    }
    return any ? bag : null;
  });
};

/** A JSON path such as $.a.b as its keys; a plain name is itself. */
function keysOf(path: string): readonly string[] {
  if (!path.startsWith('$.')) return [path];
  if (/[[\]"'*]/.test(path) || path.includes('..')) return refuse(`the path ${path} is not evaluated`);
  return path.slice(2).split('.');
}

function has(bag: Dynamic, path: string): boolean | null {
  if (!isBag(bag)) return null;
  let at: Dynamic = bag;
  for (const key of keysOf(path)) {
    if (!isBag(at) || !at.has(key)) return false;
    at = at.get(key) ?? null;
  }
  return true;
}

function without(bag: Bag, keys: readonly string[]): Bag {
  const [key = '', ...rest] = keys;
  const inner = bag.get(key);
  if (inner === undefined) return bag;
  const copy = new Map(bag);
  if (rest.length === 0) copy.delete(key);
  else if (isBag(inner)) copy.set(key, without(inner, rest));
  return copy;
}

function removeKeys(bag: Dynamic, keys: Dynamic): Dynamic {
  if (!isBag(bag)) return null;
  if (!isArray(keys)) return refuse('bag_remove_keys() needs an array of keys');
  return keys.reduce<Bag>((left, key) => without(left, keysOf(dynamicText(key))), bag);
}

function withKey(bag: Dynamic, keys: readonly string[], value: Dynamic): Dynamic {
  const [key = '', ...rest] = keys;
  const copy = new Map(isBag(bag) ? bag : []);
  copy.set(key, rest.length === 0 ? value : withKey(copy.get(key) ?? null, rest, value));
  return copy;
}

const setKey: Builder = (call) => {
  const bag = coerce(argument(call, 0), 'dynamic');
  const key = coerce(argument(call, 1), 'string');
  const value = argument(call, 2);
  return derive('dynamic', [bag, key, value], (row) => {
    const target = bag.run(row);
    return isBag(target)
      ? withKey(target, keysOf(key.run(row) as string), toDynamic(value.run(row), value.type))
      : null;
  });
};

function zipBag(keys: Dynamic, values: Dynamic): Dynamic {
  if (!isArray(keys) || !isArray(values)) return null;
  return new Map(
    keys.flatMap((key, index) => (typeof key === 'string' ? [[key, values[index] ?? null] as const] : [])),
  );
}

export const bagFunctions: Readonly<Record<string, Builder>> = {
  bag_pack: pack,
  pack,
  pack_dictionary: pack,
  bag_pack_columns: packColumns,
  pack_all: packAll,
  bag_keys: simple('dynamic', ['dynamic'], (value) => (isBag(value) ? [...value.keys()] : null)),
  bag_merge: merge,
  bag_has_key: simple('bool', ['dynamic', 'string'], has),
  bag_remove_keys: simple('dynamic', ['dynamic', 'dynamic'], removeKeys),
  bag_set_key: setKey,
  bag_zip: simple('dynamic', ['dynamic', 'dynamic'], zipBag),
  dynamic_to_json: simple('string', ['dynamic'], (value) => stringifyJson(value)),
};
