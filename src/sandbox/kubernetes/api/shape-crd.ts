import { anything, type Shape } from './shape.ts';

/** One node of an openAPIV3Schema as CRDs carry it. */
export interface SchemaNode {
  readonly type?: string;
  readonly format?: string;
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly additionalProperties?: SchemaNode | boolean;
  readonly items?: SchemaNode;
  readonly required?: readonly string[];
  readonly enum?: readonly unknown[];
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: boolean;
  readonly exclusiveMaximum?: boolean;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly minProperties?: number;
  readonly maxProperties?: number;
  readonly nullable?: boolean;
  readonly default?: unknown;
  readonly allOf?: readonly SchemaNode[];
  readonly anyOf?: readonly SchemaNode[];
  readonly oneOf?: readonly SchemaNode[];
  readonly not?: SchemaNode;
  readonly 'x-kubernetes-int-or-string'?: boolean;
  readonly 'x-kubernetes-preserve-unknown-fields'?: boolean;
  readonly 'x-kubernetes-embedded-resource'?: boolean;
  readonly 'x-kubernetes-list-type'?: string;
  readonly 'x-kubernetes-list-map-keys'?: readonly string[];
  readonly 'x-kubernetes-map-type'?: string;
}

/** Shape of a custom resource: its schema with the fields every object has. */
export const crdShape = (schema: SchemaNode, kind: string, metadata: Shape): Shape => {
  const root = schemaShape(schema, kind, kind);
  if (root.kind !== 'struct') return root;
  const own: Readonly<Record<string, Shape>> = {
    apiVersion: { kind: 'scalar', type: 'string' },
    kind: { kind: 'scalar', type: 'string' },
    metadata,
  };
  return {
    ...root,
    field: (name) => own[name] ?? root.field(name),
    fieldNames: () => [...Object.keys(own), ...root.fieldNames().filter((name) => !(name in own))],
  };
};

const schemaShape = (node: SchemaNode, name: string, id: string): Shape => {
  if (node['x-kubernetes-int-or-string'] === true) return { kind: 'scalar', type: 'int-or-string' };
  const { type = '' } = node;
  switch (type) {
    case 'object':
      return objectShape(node, name, id);
    case 'array': {
      const type = node['x-kubernetes-list-type'];
      const keys = node['x-kubernetes-list-map-keys'] ?? [];
      return {
        kind: 'list',
        item: node.items === undefined ? anything : schemaShape(node.items, name, ''),
        merge:
          type === 'map' && keys.length > 0
            ? { by: 'keys', keys }
            : type === 'set'
              ? { by: 'value' }
              : { by: 'nothing' },
        patchKey: undefined,
      };
    }
    case 'string':
    case 'boolean':
    case 'integer':
    case 'number':
      return { kind: 'scalar', type };
    default:
      return anything;
  }
};

const objectShape = (node: SchemaNode, name: string, id: string): Shape => {
  const atomic = node['x-kubernetes-map-type'] === 'atomic';
  const open = node['x-kubernetes-preserve-unknown-fields'] === true || node.additionalProperties === true;
  if (node.properties === undefined && typeof node.additionalProperties === 'object') {
    return { kind: 'map', value: schemaShape(node.additionalProperties, name, ''), atomic };
  }
  const fields = new Map(
    Object.entries(node.properties ?? {}).map(([key, child]): [string, Shape] => [key, schemaShape(child, key, '')]),
  );
  if (node['x-kubernetes-embedded-resource'] === true)
    for (const key of ['apiVersion', 'kind', 'metadata']) if (!fields.has(key)) fields.set(key, anything);
  return {
    kind: 'struct',
    id,
    name,
    field: (key) => fields.get(key),
    fieldNames: () => [...fields.keys()],
    open,
    go: false,
    atomic,
  };
};
