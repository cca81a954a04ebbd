import { ApiError } from './api-error.ts';
import { itemElement, printPath } from './field-set.ts';
import { printedMap } from './go-json.ts';
import { isObject, type JsonObject } from './json.ts';
import { fieldShape, keyDefaults, type Shape } from './shape.ts';

/**
 * Holds a configuration that is to be applied against its schema, which apply needs to know who owns what. What does not fit
 * is a 500 without a reason, as the API server answers it.
 */
export const checkTyped = (config: JsonObject, shape: Shape): void => {
  const errors: string[] = [];
  const walk = (value: unknown, path: readonly string[], expected: Shape): void => {
    if (value === null || value === undefined) return;
    const say = (why: string): void => void errors.push(`${printPath(path.join('\u0000'))}: ${why}`);
    switch (expected.kind) {
      case 'anything':
        return;
      case 'scalar': {
        const wanted = scalars[expected.type];
        if (wanted === undefined || typeof value === wanted) return;
        if (wanted === 'number') say(`expected numeric (int or float), got ${goTypeOf(value)}`);
        else if (wanted === 'boolean') say(`expected boolean, got ${printedMap(value)}`);
        else say(`expected string, got &value.valueUnstructured{Value:${inGo(value)}}`);
        return;
      }
      case 'map':
      case 'struct': {
        if (!isObject(value)) return say(`expected map, got &{${printedMap(value)}}`);
        for (const [key, child] of Object.entries(value)) {
          const below = [...path, `f:${key}`];
          const unknown = expected.kind === 'struct' && !expected.open && expected.field(key) === undefined;
          if (unknown) {
            // The first of them ends the look at its siblings.
            errors.push(`${printPath(below.join('\u0000'))}: field not declared in schema`);
            break;
          }
          walk(child, below, fieldShape(expected, key));
        }
        return;
      }
      case 'list': {
        if (!Array.isArray(value)) return say(`expected list, got &{${printedMap(value)}}`);
        const seen = new Set<string>();
        const { merge } = expected;
        for (const [index, item] of (value as readonly unknown[]).entries()) {
          if (merge.by === 'keys' && merge.keys.length > 1 && isObject(item)) {
            const missing = merge.keys.find((key) => item[key] === undefined && !(key in keyDefaults));
            if (missing !== undefined) {
              say(
                `element ${index}: associative list with keys has an element that omits key field ${JSON.stringify(missing)} (and doesn't have default value)`,
              );
              continue;
            }
          }
          const element = merge.by === 'nothing' ? `i:${index}` : itemElement(item, expected);
          if (merge.by !== 'nothing' && seen.has(element)) say(`duplicate entries for key ${printPath(element)}`);
          seen.add(element);
          walk(item, [...path, element], expected.item);
        }
        return;
      }
      default:
        return expected satisfies never;
    }
  };
  walk(config, [], shape);
  if (errors.length === 0) return;
  const metadata = isObject(config['metadata']) ? config['metadata'] : {};
  const text = (value: unknown): string => (typeof value === 'string' ? value : '');
  const version = text(config['apiVersion']);
  const kind = `${version.includes('/') ? version : `/${version}`}, Kind=${text(config['kind'])}`;
  const what = `${text(metadata['namespace'])}/${text(metadata['name'])}; ${kind}`;
  const why = errors.length === 1 ? errors.join('') : `errors:\n  ${errors.join('\n  ')}`;
  throw new ApiError(500, '', `failed to create typed patch object (${what}): ${why}`);
};

const scalars: Readonly<Record<string, string | undefined>> = {
  string: 'string',
  date: 'string',
  bytes: 'string',
  boolean: 'boolean',
  integer: 'number',
  number: 'number',
};

const inGo = (value: unknown): string =>
  Array.isArray(value)
    ? `[]interface {}{${value.map(inGo).join(', ')}}`
    : isObject(value)
      ? `map[string]interface {}{${Object.entries(value)
          .map(([key, child]) => `${JSON.stringify(key)}:${inGo(child)}`)
          .join(', ')}}`
      : JSON.stringify(value);

/** Of a value that is no number only Go's type is told. */
const goTypeOf = (value: unknown): string => {
  if (Array.isArray(value)) return '[]interface {}';
  if (isObject(value)) return 'map[string]interface {}';
  return typeof value === 'boolean' ? 'bool' : typeof value;
};
