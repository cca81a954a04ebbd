/**
 * What the server knows of a kind's fields: built from client-node's tables for the kinds of Kubernetes, from a CRD's schema for
 * custom resources. Validation, pruning, strategic merge and server-side apply all read it.
 */
export type Shape = Scalar | Anything | Struct | KeyedMap | List;

export interface Scalar {
  readonly kind: 'scalar';
  readonly type: 'string' | 'number' | 'integer' | 'boolean' | 'date' | 'bytes' | 'int-or-string' | 'quantity';
}

/** Fields nobody described: objects merge by field, lists are replaced whole. */
export interface Anything {
  readonly kind: 'anything';
}

export interface Struct {
  readonly kind: 'struct';
  /** Tells it from every other struct of a group version; empty where it has no name of its own and stands inline. */
  readonly id: string;
  /** Go's name for it, as decoding errors spell it. */
  readonly name: string;
  field(name: string): Shape | undefined;
  fieldNames(): readonly string[];
  /** x-kubernetes-preserve-unknown-fields. */
  readonly open: boolean;
  /** Owned and replaced as one. */
  readonly atomic: boolean;
  /** A type of Kubernetes' own, written down as Go does. */
  readonly go: boolean;
}

export interface KeyedMap {
  readonly kind: 'map';
  readonly value: Shape;
  readonly atomic: boolean;
}

export interface List {
  readonly kind: 'list';
  readonly item: Shape;
  /** How server-side apply merges it: by keys, as a set, or not at all. */
  readonly merge:
    { readonly by: 'keys'; readonly keys: readonly string[] } | { readonly by: 'value' } | { readonly by: 'nothing' };
  /** Key of strategic merge where it has one; an empty string merges scalars. */
  readonly patchKey: string | undefined;
}

export const anything: Anything = { kind: 'anything' };

/** Shape of the field `key` of a value of this shape. */
export const fieldShape = (shape: Shape, key: string): Shape => {
  switch (shape.kind) {
    case 'struct':
      return shape.field(key) ?? anything;
    case 'map':
      return shape.value;
    case 'scalar':
    case 'anything':
    case 'list':
      return anything;
    default:
      return shape satisfies never;
  }
};

/** Keys that an item of a keyed list may leave out, because defaulting fills them. */
export const keyDefaults: Readonly<Record<string, unknown>> = { protocol: 'TCP' };
