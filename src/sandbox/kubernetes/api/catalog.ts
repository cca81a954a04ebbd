import type { KubeObject, ObjectStore, Resource } from '../objects.ts';
import type { BuiltinShapes } from './shape-builtin.ts';
import { anything, type Shape } from './shape.ts';
import { crdShape, type SchemaNode } from './shape-crd.ts';
import { isObject, listAt, objectAt, textAt, valueAt } from './json.ts';
import { builtin, builtinResources, everyVerb, type ApiResource } from './resource-table.ts';

/** What is served right now: the built-in kinds and those of Established CRDs. */
export interface Catalog {
  all(): readonly ApiResource[];
  find(group: string, version: string, plural: string): ApiResource | undefined;
  /** By kind, for bodies and owner references. */
  ofKind(apiVersion: string, kind: string): ApiResource | undefined;
  shape(resource: ApiResource): Shape;
  /** Of what is posted and never stored. */
  reviewShape(resource: { readonly version: string; readonly kind: string }): Shape;
  /** openAPIV3Schema of a custom resource, undefined for built-in kinds. */
  schema(resource: ApiResource): SchemaNode | undefined;
  /** The CRD's printer columns. */
  columns(resource: ApiResource): readonly unknown[];
  close(): void;
}

interface Custom {
  readonly resource: ApiResource;
  readonly schema: SchemaNode | undefined;
  readonly shape: Shape;
  readonly columns: readonly unknown[];
}

/** A live view over the store's CRDs. */
export const createCatalog = (store: ObjectStore, shapes: BuiltinShapes): Catalog => {
  const crds = builtin('customresourcedefinitions');
  const customs = new Map<string, readonly Custom[]>();
  const metaShape = shapes.shapeOf('v1', 'ObjectMeta') ?? anything;
  const read = (crd: KubeObject): void => {
    customs.set(crd.metadata.name, isEstablished(crd) ? customResources(crd, metaShape) : []);
  };
  for (const crd of store.list(crds)) read(crd);
  const unsubscribe = store.subscribe(({ type, resource, object }) => {
    if (resource.plural !== crds.plural) return;
    if (type === 'DELETED') customs.delete(object.metadata.name);
    else read(object);
  });

  const customOf = ({ group, version, plural }: Resource): Custom | undefined =>
    customs.get(`${plural}.${group}`)?.find(({ resource }) => resource.version === version);
  const all = (): readonly ApiResource[] => [
    ...builtinResources,
    ...[...customs.values()].flat().map(({ resource }) => resource),
  ];

  return {
    all,
    find: (group, version, plural) =>
      builtinResources.find((known) => known.plural === plural && known.group === group && known.version === version) ??
      customOf({ group, version, plural })?.resource,
    ofKind: (apiVersion, kind) => all().find((known) => known.kind === kind && groupVersion(known) === apiVersion),
    shape: (resource) =>
      resource.custom
        ? (customOf(resource)?.shape ?? anything)
        : (shapes.shapeOf(resource.version, resource.kind, resource.group) ?? anything),
    reviewShape: ({ version, kind }) => shapes.shapeOf(version, kind) ?? anything,
    schema: (resource) => (resource.custom ? customOf(resource)?.schema : undefined),
    columns: (resource) => (resource.custom ? (customOf(resource)?.columns ?? []) : []),
    close: unsubscribe,
  };
};

/** `apps/v1`, `v1`. */
export const groupVersion = ({ group, version }: Resource): string => (group === '' ? version : `${group}/${version}`);

export const isEstablished = (crd: KubeObject): boolean =>
  listAt(crd, 'status', 'conditions').some(
    (condition) => textAt(condition, 'type') === 'Established' && textAt(condition, 'status') === 'True',
  );

const customResources = (crd: KubeObject, metaShape: Shape): readonly Custom[] => {
  const names = objectAt(crd, 'spec', 'names');
  const texts = (key: string): readonly string[] => listAt(names, key).filter((name) => typeof name === 'string');
  return listAt(crd, 'spec', 'versions').flatMap((version): readonly Custom[] => {
    if (valueAt(version, 'served') !== true) return [];
    const scale = valueAt(version, 'subresources', 'scale');
    const schema = valueAt(version, 'schema', 'openAPIV3Schema');
    const node = isObject(schema) ? (schema as SchemaNode) : undefined;
    const kind = textAt(names, 'kind') ?? '';
    return [
      {
        resource: {
          group: textAt(crd, 'spec', 'group') ?? '',
          version: textAt(version, 'name') ?? '',
          plural: textAt(names, 'plural') ?? '',
          kind,
          singular: textAt(names, 'singular') ?? kind.toLowerCase(),
          shortNames: texts('shortNames'),
          namespaced: textAt(crd, 'spec', 'scope') === 'Namespaced',
          statusSubresource: valueAt(version, 'subresources', 'status') !== undefined,
          categories: texts('categories'),
          verbs: everyVerb,
          scale: isObject(scale)
            ? {
                specReplicas: textAt(scale, 'specReplicasPath') ?? '',
                statusReplicas: textAt(scale, 'statusReplicasPath') ?? '',
                selector: textAt(scale, 'labelSelectorPath'),
              }
            : undefined,
          actions: [],
          custom: true,
        },
        schema: node,
        shape: node === undefined ? anything : crdShape(node, kind, metaShape),
        columns: listAt(version, 'additionalPrinterColumns'),
      },
    ];
  });
};
