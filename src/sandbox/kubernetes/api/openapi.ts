import { createHash } from 'node:crypto';
import type { Catalog } from './catalog.ts';
import { groupVersionPath } from './discovery.ts';
import { schemaOf } from './openapi-schemas.ts';
import { json, type ApiReply } from './request.ts';
import type { ApiResource } from './resource-table.ts';

/**
 * `/openapi/v3` and its documents: paths with their verbs, kinds and query parameters, which is what clients read to find out that
 * the server validates fields itself, and schemas without prose.
 */
export const openapi = (catalog: Catalog, path: string): ApiReply | undefined => {
  if (path === '/openapi/v3') return json({ paths: index(catalog) });
  if (!path.startsWith('/openapi/v3/')) return undefined;
  const wanted = path.slice('/openapi/v3/'.length);
  const resources = catalog.all().filter((resource) => groupVersionPath(resource) === wanted);
  return resources.length === 0 ? undefined : json(document(catalog, resources));
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
    if (shape.kind === 'struct') schemas[shape.id] = { ...schemas[shape.id], ...kindMark(resource) };
  }
  return {
    openapi: '3.0.0',
    info: { title: 'Kubernetes', version: 'unversioned' },
    paths: Object.fromEntries(resources.flatMap(pathsOf)),
    components: { schemas },
  };
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
