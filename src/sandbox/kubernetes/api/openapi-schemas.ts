import type { Shape, Struct } from './shape.ts';

type Schemas = Record<string, object>;

/**
 * Schemas of OpenAPI v3 out of a kind's shape: fields, types and how lists merge. There is no prose in them,
 * so `kubectl explain` shows names and types only.
 */
export const schemaOf = (shape: Shape, schemas: Schemas): object => {
  switch (shape.kind) {
    case 'anything':
      return { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
    case 'scalar':
      return scalarSchema(shape.type);
    case 'map':
      return {
        type: 'object',
        additionalProperties: schemaOf(shape.value, schemas),
        ...(shape.atomic ? { 'x-kubernetes-map-type': 'atomic' } : {}),
      };
    case 'list':
      return { type: 'array', items: schemaOf(shape.item, schemas), ...listMarks(shape) };
    case 'struct': {
      const { id } = shape;
      if (id === '') return structSchema(shape, schemas, {});
      // Named before its fields are walked: kinds contain themselves.
      if (schemas[id] === undefined) {
        const properties = {};
        schemas[id] = { properties };
        schemas[id] = structSchema(shape, schemas, properties);
      }
      return { $ref: `#/components/schemas/${id}` };
    }
    default:
      return shape satisfies never;
  }
};

const structSchema = (shape: Struct, schemas: Schemas, properties: Record<string, object>): object => {
  for (const name of shape.fieldNames()) {
    const field = shape.field(name);
    if (field !== undefined) properties[name] = schemaOf(field, schemas);
  }
  return {
    type: 'object',
    properties,
    ...(shape.open ? { 'x-kubernetes-preserve-unknown-fields': true } : {}),
    ...(shape.atomic ? { 'x-kubernetes-map-type': 'atomic' } : {}),
  };
};

const listMarks = ({ merge, patchKey }: Extract<Shape, { kind: 'list' }>): object => ({
  ...(merge.by === 'keys'
    ? { 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': merge.keys }
    : { 'x-kubernetes-list-type': merge.by === 'value' ? 'set' : 'atomic' }),
  ...(patchKey === undefined ? {} : { 'x-kubernetes-patch-strategy': 'merge' }),
  ...(patchKey === undefined || patchKey === '' ? {} : { 'x-kubernetes-patch-merge-key': patchKey }),
});

const scalarSchema = (type: Extract<Shape, { kind: 'scalar' }>['type']): object => {
  switch (type) {
    case 'string':
    case 'boolean':
    case 'number':
    case 'integer':
      return { type };
    case 'date':
      return { type: 'string', format: 'date-time' };
    case 'bytes':
      return { type: 'string', format: 'byte' };
    case 'int-or-string':
      return { format: 'int-or-string', oneOf: [{ type: 'integer' }, { type: 'string' }] };
    case 'quantity':
      return { oneOf: [{ type: 'string' }, { type: 'number' }] };
    default:
      return type satisfies never;
  }
};
