import { anything, type List, type Scalar, type Shape, type Struct } from './shape.ts';
import { atomicMaps, atomicStructs, byteFields, listKeys, quantities } from './merge-keys.ts';

interface Attribute {
  readonly baseName: string;
  readonly type: string;
  readonly format: string;
}

interface Model {
  getAttributeTypeMap(): readonly Attribute[];
}

export interface BuiltinShapes {
  /** Shape of a built-in kind; undefined where the client library has no model of it. */
  shapeOf(version: string, kind: string, group?: string): Struct | undefined;
}

const scalar = (type: Scalar['type']): Scalar => ({ kind: 'scalar', type });

/** Kinds that two groups share a name for. */
const modelNames: Readonly<Record<string, string>> = {
  V1Event: 'CoreV1Event',
  V1ResourceClaim: 'ResourceV1ResourceClaim',
  V1TokenRequest: 'AuthenticationV1TokenRequest',
};

/**
 * Shapes of the built-in kinds from the field tables that `@kubernetes/client-node` was generated with: every field of every kind,
 * without which fields are required (checks of their own say that) and without merge keys (merge-keys.ts).
 */
export const loadBuiltinShapes = async (): Promise<BuiltinShapes> => {
  const library = (await import('@kubernetes/client-node')) as unknown as Readonly<Record<string, unknown>>;
  const structs = new Map<string, Struct | undefined>();

  const struct = (name: string): Struct | undefined => {
    if (structs.has(name)) return structs.get(name);
    const model = library[name];
    const made = isModel(model) ? structOf(name, model, shapeFor) : undefined;
    structs.set(name, made);
    return made;
  };

  const shapeFor = (owner: string, { baseName, type, format }: Attribute): Shape => {
    const place = `${owner}.${baseName}`;
    const list = /^Array<(.+)>$/.exec(type);
    if (list?.[1] !== undefined) return listOf(place, typed(list[1], format));
    const map = /^\{ \[key: string\]: (.+); \}$/.exec(type);
    if (map?.[1] !== undefined) {
      const value = quantities.has(place)
        ? scalar('quantity')
        : byteFields.has(place)
          ? scalar('bytes')
          : typed(map[1], format);
      return { kind: 'map', value, atomic: atomicMaps.has(place) };
    }
    if (atomicMaps.has(place)) return { kind: 'map', value: anything, atomic: true };
    return quantities.has(place) ? scalar('quantity') : typed(type, format);
  };

  const typed = (type: string, format: string): Shape => {
    const list = /^Array<(.+)>$/.exec(type);
    if (list?.[1] !== undefined) return listOf('', typed(list[1], format));
    switch (type) {
      case 'string':
        return scalar(format === 'byte' ? 'bytes' : 'string');
      case 'number':
        return scalar(format.startsWith('int') ? 'integer' : 'number');
      case 'boolean':
        return scalar('boolean');
      case 'Date':
      case 'V1MicroTime':
        return scalar('date');
      case 'IntOrString':
        return scalar('int-or-string');
      default:
        return struct(type) ?? anything;
    }
  };

  return {
    shapeOf(version, kind, group) {
      const plain = `${version.charAt(0).toUpperCase()}${version.slice(1)}${kind}`;
      return struct(group === 'events.k8s.io' ? `Events${plain}` : (modelNames[plain] ?? plain));
    },
  };
};

const isModel = (value: unknown): value is Model => typeof value === 'function' && 'getAttributeTypeMap' in value;

const structOf = (name: string, model: Model, shapeFor: (owner: string, attribute: Attribute) => Shape): Struct => {
  let fields: Map<string, Shape> | undefined;
  // Kinds contain themselves (JSONSchemaProps), so fields are looked up when asked for.
  const known = (): Map<string, Shape> =>
    (fields ??= new Map(
      model.getAttributeTypeMap().map((attribute) => [attribute.baseName, shapeFor(name, attribute)]),
    ));
  return {
    kind: 'struct',
    id: name.replace(/^([A-Za-z]*?V\d+(?:(?:alpha|beta)\d+)?)(?=[A-Z])/, '$1.'),
    name: name.replace(/^(Core|Rbac|Discovery|Events|Authentication|Storage)?V\d+((alpha|beta)\d+)?/, ''),
    field: (field) => known().get(field),
    fieldNames: () => [...known().keys()],
    open: false,
    go: true,
    atomic: atomicStructs.has(name),
  };
};

const listOf = (place: string, item: Shape): List => {
  const entry = listKeys[place];
  if (entry === undefined || entry === '') return { kind: 'list', item, merge: { by: 'nothing' }, patchKey: undefined };
  if (entry === '=') return { kind: 'list', item, merge: { by: 'value' }, patchKey: '' };
  const [keys = '', patch] = entry.split('|');
  const list = keys === '' ? [] : keys.split(',');
  const patchKey = patch === undefined ? list[0] : patch === '' ? undefined : patch;
  return { kind: 'list', item, merge: list.length === 0 ? { by: 'nothing' } : { by: 'keys', keys: list }, patchKey };
};
