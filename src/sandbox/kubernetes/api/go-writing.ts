import { goFields } from './go-fields.ts';
import { isObject } from './json.ts';
import type { Scalar, Shape, Struct } from './shape.ts';

/**
 * A value of a built-in kind as Go writes it down: what is empty is left out, and what Go cannot leave out is there.
 * Idempotent; only for kinds of Kubernetes, as custom resources stay as they were sent.
 */
export const asGoWrites = (value: unknown, shape: Shape): unknown => {
  if (value === null || value === undefined) return value;
  if (Array.isArray(value))
    return shape.kind === 'list' ? value.map((item: unknown) => asGoWrites(item, shape.item)) : value;
  if (!isObject(value)) return value;
  switch (shape.kind) {
    case 'map':
      return Object.fromEntries(Object.entries(value).map(([key, child]) => [key, asGoWrites(child, shape.value)]));
    case 'struct':
      return shape.go ? writeStruct(value, shape) : value;
    case 'anything':
    case 'scalar':
    case 'list':
      return value;
    default:
      return shape satisfies never;
  }
};

const writeStruct = (value: Readonly<Record<string, unknown>>, shape: Struct): object => {
  const writing = goFields(shape.name);
  const result: Record<string, unknown> = {};
  for (const [key, child] of Object.entries(value)) {
    const field = shape.field(key);
    const written = field === undefined ? child : asGoWrites(child, field);
    if (field !== undefined && !writing.has(key) && isLeftOut(written, field)) continue;
    if (written !== null || writing.get(key) === 'list' || writing.get(key) === 'time') result[key] = written;
  }
  const metadata = shape.field('metadata');
  if (result['metadata'] === undefined && metadata?.kind === 'struct') result['metadata'] = {};
  for (const [key, how] of writing) {
    const field = shape.field(key);
    if (result[key] !== undefined || field === undefined) continue;
    if (how === 'list' || how === 'time') result[key] = null;
    if (how === 'struct') result[key] = field.kind === 'struct' ? writeStruct({}, field) : {};
    if (how === 'always' && field.kind === 'scalar') result[key] = zero(field);
  }
  return result;
};

/** Structs behind a pointer stay, however empty they are. */
const isLeftOut = (value: unknown, shape: Shape): boolean => {
  if (Array.isArray(value)) return value.length === 0;
  if (isObject(value)) return shape.kind === 'map' && Object.keys(value).length === 0;
  if (shape.kind === 'scalar' && (shape.type === 'int-or-string' || shape.type === 'quantity')) return value === '';
  return value === '' || value === 0 || value === false;
};

const zero = ({ type }: Scalar): unknown => (type === 'boolean' ? false : type === 'string' ? '' : 0);
