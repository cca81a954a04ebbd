import { createHash } from 'node:crypto';
import type { Catalog } from './catalog.ts';
import { groupVersionPath } from './discovery.ts';
import { objectAt } from './json.ts';
import { schemaOf } from './openapi-schemas.ts';
import { json, type ApiReply } from './request.ts';
import type { ApiResource } from './resource-table.ts';

/**
 * `/openapi/v3` and its documents: paths with their verbs, kinds and query parameters, which is what clients read to find out that
 * the server validates fields itself, and schemas without prose.
 */
export const openapi = (catalog: Catalog, path: string): ApiReply | undefined => {
  if (path === '/openapi/v3') return json({ paths: index(catalog) });
  if (path === '/openapi/v2') return emptyVersion2;
  if (!path.startsWith('/openapi/v3/')) return undefined;
  const wanted = path.slice('/openapi/v3/'.length);
  const resources = catalog.all().filter((resource) => groupVersionPath(resource) === wanted);
  return resources.length === 0 ? undefined : json(document(catalog, resources));
};

/**
 * Clients that find a kind in no document of version 3 look for it in version 2 before they say that it does not exist. It is there for
 * them only, and describes nothing: `swagger` and `info` of openapi.v2.Document.
 */
const emptyVersion2: ApiReply = {
  kind: 'text',
  code: 200,
  contentType: 'application/com.github.proto-openapi.spec.v2.v1.0+protobuf',
  body: '\n\u00032.0\u0012\u0019\n\nKubernetes\u0012\u000bunversioned',
};

const index = (catalog: Catalog): object => {
  const documents = new Map<string, ApiResource[]>();
  for (const resource of catalog.all()) {
    const path = groupVersionPath(resource);
    documents.set(path, [...(documents.get(path) ?? []), resource]);
  }
  return Object.fromEntries(
    [...documents].map(([path, resources]) => {
      const hash = createHash('sha256')
        .update(JSON.stringify(resources.map((resource) => [resource, catalog.schema(resource)])))
        .digest('hex')
        .toUpperCase();
      return [path, { serverRelativeURL: `/openapi/v3/${path}?hash=${hash}` }];
    }),
  );
};

const query = (name: string): object => ({ name, in: 'query', schema: { type: 'string', uniqueItems: true } });
const writeParameters = ['pretty', 'dryRun', 'fieldManager', 'fieldValidation'].map(query);

const document = (catalog: Catalog, resources: readonly ApiResource[]): object => {
  const schemas: Record<string, object> = {};
  for (const resource of resources) {
    const shape = catalog.shape(resource);
    schemaOf(shape, schemas);
    if (shape.kind === 'struct')
      schemas[shape.id] = { ...ownSchema(catalog, resource, schemas[shape.id] ?? {}), ...kindMark(resource) };
  }
  return {
    openapi: '3.0.0',
    info: { title: 'Kubernetes', version: 'unversioned' },
    paths: Object.fromEntries(resources.flatMap(pathsOf)),
    components: { schemas },
  };
};

/** A CRD's schema is published as its author wrote it, prose included. */
const ownSchema = (catalog: Catalog, resource: ApiResource, derived: object): object => {
  const own = catalog.schema(resource);
  if (own === undefined) return derived;
  const { apiVersion, kind, metadata } = objectAt(derived, 'properties');
  return { ...own, properties: { ...own.properties, apiVersion, kind, metadata } };
};

const kindMark = ({ group, version, kind }: ApiResource): object => ({
  'x-kubernetes-group-version-kind': [{ group, version, kind }],
});

const pathsOf = (resource: ApiResource): readonly (readonly [string, object])[] => {
  const base = `/${groupVersionPath(resource)}/${resource.namespaced ? 'namespaces/{namespace}/' : ''}${resource.plural}`;
  const operation = (action: string, parameters: readonly object[]): object => ({
    responses: { '200': { description: 'OK' } },
    parameters,
    'x-kubernetes-action': action,
    'x-kubernetes-group-version-kind': { group: resource.group, version: resource.version, kind: resource.kind },
  });
  const patch = {
    ...operation('patch', [...writeParameters, query('force')]),
    requestBody: {
      required: true,
      content: {
        'application/apply-patch+yaml': { schema: {} },
        'application/json-patch+json': { schema: {} },
        'application/merge-patch+json': { schema: {} },
      },
    },
  };
  return [
    [
      base,
      {
        get: operation('list', []),
        post: operation('post', writeParameters),
        delete: operation('deletecollection', []),
      },
    ],
    [
      `${base}/{name}`,
      { get: operation('get', []), put: operation('put', writeParameters), patch, delete: operation('delete', []) },
    ],
  ];
};
