import { isObject } from './json.ts';
import { isQuantity } from './quantity.ts';
import { type Shape } from './shape.ts';

/** What decoding a body found: the body without unknown fields, and what was wrong in Go's words. */
export interface FieldCheck {
  readonly value: unknown;
  readonly unknown: readonly string[];
  readonly mismatches: readonly string[];
}

/**
 * Walks a body along its shape. Unknown fields are dropped and named; values of a wrong type are named as Go's decoder names them.
 * Not checked here: required fields, formats, ranges.
 */
export const checkFields = (value: unknown, shape: Shape): FieldCheck => {
  const unknown: string[] = [];
  const mismatches: string[] = [];

  const walk = (at: unknown, path: string, expected: Shape, owner: string, key = ''): unknown => {
    if (at === null || at === undefined) return at;
    const mismatch = (wanted: string): unknown => {
      mismatches.push(
        `json: cannot unmarshal ${jsonType(at)} into Go struct field ${owner}.${fieldPath(path, key)} of type ${wanted}`,
      );
      return at;
    };
    switch (expected.kind) {
      case 'anything':
        return at;
      case 'scalar':
        if (expected.type === 'quantity' && fits(at, 'quantity') && !isQuantity(at)) {
          mismatches.push(`quantities must match the regular expression '${quantityPattern}'`);
          return at;
        }
        if (expected.type === 'bytes' && typeof at === 'string') {
          const wrong = firstBadByte(at);
          if (wrong !== undefined) mismatches.push(`illegal base64 data at input byte ${wrong}`);
          return at;
        }
        return fits(at, expected.type) ? at : mismatch(goType[expected.type]);
      case 'list':
        if (!Array.isArray(at)) return mismatch('[]interface {}');
        return at.map((item, index) => walk(item, `${path}[${index}]`, expected.item, owner));
      case 'map':
        if (!isObject(at)) return mismatch('map[string]interface {}');
        return Object.fromEntries(
          Object.entries(at).map(([key, item]) => [key, walk(item, `${path}.${key}`, expected.value, owner, key)]),
        );
      case 'struct': {
        if (!isObject(at)) return mismatch(expected.name);
        const known: [string, unknown][] = [];
        for (const [key, item] of Object.entries(at)) {
          const place = path === '' ? key : `${path}.${key}`;
          const child = expected.field(key);
          if (child !== undefined) known.push([key, walk(item, place, child, expected.name)]);
          else if (expected.open) known.push([key, item]);
          else unknown.push(place);
        }
        return Object.fromEntries(known);
      }
      default:
        return expected satisfies never;
    }
  };

  return { value: walk(value, '', shape, ''), unknown, mismatches };
};

/** Where a text stops being base64. */
const firstBadByte = (text: string): number | undefined => {
  const plain = text.replaceAll(/[\r\n]/g, '');
  const good = /^[A-Za-z0-9+/]*/.exec(plain)?.[0].length ?? 0;
  const padded = /^={0,2}$/.test(plain.slice(good)) && plain.length % 4 === 0;
  return padded ? undefined : good < plain.length ? good : good - (good % 4);
};

/** Go names neither places in lists nor keys of maps. */
const fieldPath = (path: string, key: string): string =>
  (key !== '' && path.endsWith(`.${key}`) ? path.slice(0, -key.length - 1) : path).replaceAll(/\[\d+\]/g, '');

const quantityPattern = '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$';

const jsonType = (value: unknown): string =>
  Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : typeof value;

const goType = {
  string: 'string',
  number: 'float64',
  integer: 'int32',
  boolean: 'bool',
  date: 'v1.Time',
  bytes: '[]uint8',
  'int-or-string': 'intstr.IntOrString',
  quantity: 'resource.Quantity',
} as const;

const fits = (value: unknown, type: keyof typeof goType): boolean => {
  switch (type) {
    case 'string':
    case 'date':
    case 'bytes':
      return typeof value === 'string';
    case 'number':
      return typeof value === 'number';
    case 'integer':
      return Number.isInteger(value);
    case 'boolean':
      return typeof value === 'boolean';
    case 'int-or-string':
      return typeof value === 'string' || Number.isInteger(value);
    case 'quantity':
      return typeof value === 'string' || typeof value === 'number';
    default:
      return type satisfies never;
  }
};
