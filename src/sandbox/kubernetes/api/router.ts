import { checkAccess } from './access.ts';
import { methodNotAllowed, noSuchPath } from './api-error.ts';
import { objectBody, optionsBody } from './body.ts';
import { discovery } from './discovery.ts';
import type { History } from './history.ts';
import { openapi } from './openapi.ts';
import { parsePath, type ResourceTarget, type Target } from './path.ts';
import { list, listReply } from './list.ts';
import { atVersion, matcherOf, read } from './read.ts';
import { deleteOptions, remove } from './remove.ts';
import { json, type ApiReply, type ApiRequest } from './request.ts';
import type { ApiResource } from './resource-table.ts';
import { scale } from './scale.ts';
import { table, tableReply, wantsTable } from './table.ts';
import { watch } from './watch.ts';
import type { WriteContext, Written } from './write-parts.ts';
import { optionsOf, patched } from './write-request.ts';
import { create, update } from './write.ts';

export interface RouterContext extends WriteContext {
  readonly history: History;
  readonly kubernetesVersion: () => string;
  /** host:port, as `/api` names it. */
  readonly address: () => string;
  /** Subresources and reviews; undefined for paths that are none. */
  readonly special: (request: ApiRequest, target: Target) => Promise<ApiReply | undefined>;
}

/** Answers every plain request; throws ApiError. */
export const route = async (context: RouterContext, request: ApiRequest): Promise<ApiReply> => {
  const fixed = nonResource(context, request);
  if (fixed !== undefined) return fixed;
  const target = parsePath(request.path);
  checkAccess(context.store, request, target);
  const special = await context.special(request, target);
  if (special !== undefined) return special;
  if (target.kind === 'other') throw noSuchPath();
  const resource = context.catalog.find(target.group, target.version, target.plural);
  if (resource === undefined) throw noSuchPath();
  if (target.subresource === 'scale' && resource.scale !== undefined && target.name !== undefined) {
    return scale(context, request, resource, target, target.name);
  }
  if (target.subresource !== undefined && target.subresource !== 'status') throw noSuchPath();
  if (target.subresource === 'status' && !resource.statusSubresource) throw noSuchPath();
  return target.name === undefined
    ? collection(context, request, resource, target)
    : single(context, request, resource, target, target.name);
};

const nonResource = (context: RouterContext, request: ApiRequest): ApiReply | undefined => {
  switch (request.path) {
    case '/healthz':
    case '/readyz':
    case '/livez':
      return { kind: 'text', code: 200, body: 'ok' };
    case '/version':
      return json(versionInfo(context.kubernetesVersion()));
    default:
      return discovery(context.catalog, request, context.address()) ?? openapi(context.catalog, request.path);
  }
};

const versionInfo = (version: string): object => {
  const [major = '1', minor = '0'] = version.split('.');
  return {
    major,
    minor,
    gitVersion: `v${version}`,
    gitCommit: '',
    gitTreeState: 'clean',
    buildDate: '',
    goVersion: '',
    compiler: 'gc',
    platform: 'linux/amd64',
  };
};

const collection = async (
  context: RouterContext,
  request: ApiRequest,
  resource: ApiResource,
  target: ResourceTarget,
): Promise<ApiReply> => {
  switch (request.method) {
    case 'GET': {
      const columns = context.catalog.columns(resource);
      if (['true', '1'].includes(request.query.get('watch') ?? ''))
        return startWatch(context, request, resource, target);
      const page = list(context, resource, target.namespace, request);
      return wantsTable(request)
        ? tableReply(resource, page, request, columns, context.clock.now())
        : listReply(resource, page);
    }
    case 'POST':
      if (resource.namespaced && target.namespace === undefined) throw methodNotAllowed();
      return written(
        context,
        request,
        resource,
        create(context, optionsOf(request, resource, target), await objectBody(request)),
      );
    case 'DELETE': {
      const page = list(context, resource, target.namespace, request);
      const options = deleteOptions(await optionsBody(request), request.query);
      for (const { metadata } of page.items) remove(context, resource, metadata.namespace, metadata.name, options);
      return listReply(resource, page);
    }
    default:
      throw methodNotAllowed();
  }
};

const startWatch = (
  context: RouterContext,
  request: ApiRequest,
  resource: ApiResource,
  target: ResourceTarget,
): ApiReply => {
  const { store, history, clock, catalog } = context;
  const columns = catalog.columns(resource);
  const asTable = wantsTable(request);
  return watch({
    store,
    history,
    clock,
    resource,
    request,
    namespace: target.namespace,
    matches: matcherOf(resource, request),
    present: (object) =>
      asTable
        ? table(
            resource,
            [atVersion(resource, object)],
            { resourceVersion: object.metadata.resourceVersion },
            request.query.get('includeObject') ?? 'Metadata',
            columns,
            clock.now(),
          )
        : atVersion(resource, object),
  });
};

const single = async (
  context: RouterContext,
  request: ApiRequest,
  resource: ApiResource,
  target: ResourceTarget,
  name: string,
): Promise<ApiReply> => {
  const options = optionsOf(request, resource, target);
  switch (request.method) {
    case 'GET':
      return object(
        context,
        request,
        resource,
        read(context.store, resource, target.namespace, name, request.query.get('resourceVersion') ?? ''),
      );
    case 'PUT':
      return written(context, request, resource, update(context, options, await objectBody(request)));
    case 'PATCH':
      return written(context, request, resource, await patched(context, request, options));
    case 'DELETE': {
      const before = read(context.store, resource, target.namespace, name);
      const left = remove(
        context,
        resource,
        options.namespace,
        name,
        deleteOptions(await optionsBody(request), request.query),
      );
      if (left !== undefined) return json(left);
      const { uid } = before.metadata;
      return json({
        kind: 'Status',
        apiVersion: 'v1',
        metadata: {},
        status: 'Success',
        details: { name, ...(resource.group === '' ? {} : { group: resource.group }), kind: resource.plural, uid },
      });
    }
    default:
      throw methodNotAllowed();
  }
};

const object = (
  context: RouterContext,
  request: ApiRequest,
  resource: ApiResource,
  found: Written['object'],
): ApiReply =>
  wantsTable(request)
    ? json(
        table(
          resource,
          [found],
          { resourceVersion: found.metadata.resourceVersion },
          request.query.get('includeObject') ?? 'Metadata',
          context.catalog.columns(resource),
          context.clock.now(),
        ),
      )
    : json(found);

const written = (context: RouterContext, request: ApiRequest, resource: ApiResource, result: Written): ApiReply => {
  const answer = object(context, request, resource, atVersion(resource, result.object));
  return answer.kind === 'json' ? { ...answer, code: result.created ? 201 : 200, warnings: result.warnings } : answer;
};
