import { isDeepStrictEqual } from 'node:util';
import { invalidValue, required, unsupportedValue, type StatusCause } from './api-error.ts';
import { isObject } from './json.ts';
import type { SchemaNode } from './shape-crd.ts';

/**
 * Causes for which a custom resource does not fit its schema. Everything structural is checked; `x-kubernetes-validations` (CEL) and
 * `format` are not.
 */
export const schemaCauses = (value: unknown, schema: SchemaNode, field = ''): readonly StatusCause[] => {
  if (value === null && schema.nullable === true) return [];
  const at = (key: string): string => (field === '' ? key : `${field}.${key}`);
  return [
    ...typeCauses(value, schema, field),
    ...(schema.enum !== undefined && !schema.enum.some((allowed) => isDeepStrictEqual(allowed, value))
      ? [unsupportedValue(field, value, schema.enum.map(String))]
      : []),
    ...(typeof value === 'string' ? stringCauses(value, schema, field) : []),
    ...(typeof value === 'number' ? numberCauses(value, schema, field) : []),
    ...(Array.isArray(value) ? listCauses(value as readonly unknown[], schema, field) : []),
    ...(isObject(value)
      ? [
          ...(schema.required ?? []).filter((key) => value[key] === undefined).map((key) => required(at(key))),
          ...countCauses(Object.keys(value).length, schema.minProperties, schema.maxProperties, field, 'properties'),
          ...Object.entries(value).flatMap(([key, child]) => {
            const node =
              schema.properties?.[key] ??
              (typeof schema.additionalProperties === 'object' ? schema.additionalProperties : undefined);
            return node === undefined || child === undefined ? [] : schemaCauses(child, node, at(key));
          }),
        ]
      : []),
    ...(schema.allOf ?? []).flatMap((part) => schemaCauses(value, part, field)),
    ...(schema.anyOf !== undefined && !schema.anyOf.some((part) => schemaCauses(value, part, field).length === 0)
      ? [invalidValue(field, describe(value), `"${field}" must validate at least one schema (anyOf)`)]
      : []),
    ...(schema.oneOf !== undefined &&
    schema.oneOf.filter((part) => schemaCauses(value, part, field).length === 0).length !== 1
      ? [invalidValue(field, describe(value), `"${field}" must validate one and only one schema (oneOf)`)]
      : []),
    ...(schema.not !== undefined && schemaCauses(value, schema.not, field).length === 0
      ? [invalidValue(field, describe(value), `"${field}" must not validate the schema (not)`)]
      : []),
  ];
};

const describe = (value: unknown): unknown => (isObject(value) || Array.isArray(value) ? value : value);

const typeCauses = (value: unknown, schema: SchemaNode, field: string): readonly StatusCause[] => {
  const found =
    value === null ? 'null' : Array.isArray(value) ? 'array' : Number.isInteger(value) ? 'integer' : typeof value;
  const wanted =
    schema['x-kubernetes-int-or-string'] === true
      ? ['integer', 'string']
      : schema.type === undefined
        ? []
        : schema.type === 'number'
          ? ['number', 'integer']
          : [schema.type];
  if (wanted.length === 0 || wanted.includes(found)) return [];
  return [
    {
      reason: 'FieldValueTypeInvalid',
      message: `Invalid value: ${JSON.stringify(found)}: ${field} in body must be of type ${wanted[0]}: ${JSON.stringify(found)}`,
      field: field === '' ? '<nil>' : field,
    },
  ];
};

const stringCauses = (value: string, schema: SchemaNode, field: string): readonly StatusCause[] => [
  ...(schema.pattern !== undefined && !new RegExp(schema.pattern, 'u').test(value)
    ? [invalidValue(field, value, `${field} in body should match '${schema.pattern}'`)]
    : []),
  ...(schema.minLength !== undefined && value.length < schema.minLength
    ? [invalidValue(field, value, `${field} in body should be at least ${schema.minLength} chars long`)]
    : []),
  ...(schema.maxLength !== undefined && value.length > schema.maxLength
    ? [{ reason: 'FieldValueTooLong', message: `Too long: may not be more than ${schema.maxLength} bytes`, field }]
    : []),
];

const numberCauses = (
  value: number,
  { minimum, maximum, exclusiveMinimum, exclusiveMaximum }: SchemaNode,
  field: string,
): readonly StatusCause[] => [
  ...(minimum !== undefined && (value < minimum || (exclusiveMinimum === true && value === minimum))
    ? [
        invalidValue(
          field,
          value,
          `${field} in body should be greater than ${exclusiveMinimum === true ? '' : 'or equal to '}${minimum}`,
        ),
      ]
    : []),
  ...(maximum !== undefined && (value > maximum || (exclusiveMaximum === true && value === maximum))
    ? [
        invalidValue(
          field,
          value,
          `${field} in body should be less than ${exclusiveMaximum === true ? '' : 'or equal to '}${maximum}`,
        ),
      ]
    : []),
];

const countCauses = (
  count: number,
  least: number | undefined,
  most: number | undefined,
  field: string,
  what: string,
): readonly StatusCause[] => [
  ...(least !== undefined && count < least
    ? [invalidValue(field, count, `${field} in body should have at least ${least} ${what}`)]
    : []),
  ...(most !== undefined && count > most
    ? [{ reason: 'FieldValueTooMany', message: `Too many: ${count}: must have at most ${most} items`, field }]
    : []),
];

const listCauses = (value: readonly unknown[], schema: SchemaNode, field: string): readonly StatusCause[] => {
  const { items } = schema;
  const keys = schema['x-kubernetes-list-map-keys'] ?? [];
  const identity = (item: unknown): string =>
    JSON.stringify(keys.length > 0 && isObject(item) ? keys.map((key) => item[key]) : item);
  const named = (item: unknown): unknown =>
    keys.length > 0 && isObject(item) ? Object.fromEntries(keys.map((key) => [key, item[key]])) : undefined;
  const unique = schema['x-kubernetes-list-type'] === 'map' || schema['x-kubernetes-list-type'] === 'set';
  const identities = unique ? value.map(identity) : [];
  return [
    ...countCauses(value.length, schema.minItems, schema.maxItems, field, 'items'),
    ...identities.flatMap((id, index) =>
      identities.indexOf(id) === index
        ? []
        : [
            {
              reason: 'FieldValueDuplicate',
              message: `Duplicate value: ${JSON.stringify(named(value[index]) ?? value[index])}`,
              field: `${field}[${index}]`,
            },
          ],
    ),
    ...(items === undefined ? [] : value.flatMap((item, index) => schemaCauses(item, items, `${field}[${index}]`))),
  ];
};

/** Fills `default`s of the schema where the object around them exists. */
export const schemaDefaults = (value: unknown, schema: SchemaNode): unknown => {
  if (Array.isArray(value)) {
    const { items } = schema;
    return items === undefined ? value : value.map((item: unknown) => schemaDefaults(item, items));
  }
  if (!isObject(value)) return value;
  const result: Record<string, unknown> = { ...value };
  for (const [key, node] of Object.entries(schema.properties ?? {})) {
    if (result[key] === undefined && node.default !== undefined) result[key] = structuredClone(node.default);
    if (result[key] !== undefined) result[key] = schemaDefaults(result[key], node);
  }
  if (typeof schema.additionalProperties === 'object') {
    for (const [key, child] of Object.entries(value))
      if (schema.properties?.[key] === undefined) result[key] = schemaDefaults(child, schema.additionalProperties);
  }
  return result;
};
