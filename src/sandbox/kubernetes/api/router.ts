import { checkAccess } from './access.ts';
import { methodNotAllowed, noSuchPath } from './api-error.ts';
import { objectBody, optionsBody } from './body.ts';
import { discovery } from './discovery.ts';
import { checkAccept, partial, partialList, wantsPartial } from './representation.ts';
import type { History } from './history.ts';
import { openapi } from './openapi.ts';
import { parsePath, type ResourceTarget, type Target } from './path.ts';
import { list, listReply } from './list.ts';
import { atVersion, matcherOf, read } from './read.ts';
import { deleteOptions, remove } from './remove.ts';
import { json, type ApiReply, type ApiRequest } from './request.ts';
import { allows, type ApiResource } from './resource-table.ts';
import { scale } from './scale.ts';
import { table, tableReply, wantsTable } from './table.ts';
import { versionReply } from './version.ts';
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
  const { path, watches } = oldWatch(request.path);
  if (watches) request.query.set('watch', 'true');
  const target = watchTarget(parsePath(path), request, watches);
  checkAccess(context.store, request, target);
  const special = await context.special(request, target);
  if (special !== undefined) return special;
  if (target.kind === 'other') {
    const [root, group] = request.path.split('/').filter((part) => part !== '');
    if (root !== 'apis' || !context.catalog.all().some((known) => known.group === group)) return pageNotFound;
    throw noSuchPath();
  }
  const resource = context.catalog.find(target.group, target.version, target.plural);
  if (resource === undefined) {
    const served = context.catalog.all().some((known) => known.group === target.group);
    if (!served) return pageNotFound;
    throw noSuchPath();
  }
  checkAccept(request);
  if (target.subresource === 'scale' && resource.scale !== undefined && target.name !== undefined) {
    return scale(context, request, resource, target, target.name);
  }
  if (target.subresource !== undefined && target.subresource !== 'status') throw noSuchPath();
  if (target.subresource === 'status' && !resource.statusSubresource) throw noSuchPath();
  if (target.subresource === undefined && !allows(resource, request.method, target.name === undefined))
    throw methodNotAllowed();
  return target.name === undefined
    ? collection(context, request, resource, target)
    : single(context, request, resource, target, target.name);
};

/** What no part of the server feels concerned with, Go's own HTTP library answers. */
const pageNotFound: ApiReply = { kind: 'text', code: 404, body: '404 page not found\n' };

/** `/api/v1/watch/…` and `/apis/GROUP/VERSION/watch/…`, which old clients still use. */
const oldWatch = (path: string): { readonly path: string; readonly watches: boolean } => {
  const plain = path.replace(/^(\/api\/[^/]+|\/apis\/[^/]+\/[^/]+)\/watch\//, '$1/');
  return { path: plain, watches: plain !== path };
};

/** A watch of one object is a watch of its list by name. */
const watchTarget = (target: Target, request: ApiRequest, watches: boolean): Target => {
  if (!watches || target.kind === 'other' || target.name === undefined) return target;
  request.query.set('fieldSelector', `metadata.name=${target.name}`);
  return { ...target, name: undefined };
};

const nonResource = (context: RouterContext, request: ApiRequest): ApiReply | undefined => {
  switch (request.path) {
    case '/healthz':
    case '/readyz':
    case '/livez':
    case '/healthz/ping':
    case '/readyz/ping':
    case '/livez/ping':
      return { kind: 'text', code: 200, body: 'ok' };
    case '/version':
    case '/version/':
      return versionReply(context.kubernetesVersion());
    default:
      return discovery(context.catalog, request, context.address()) ?? openapi(context.catalog, request.path);
  }
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
      if (wantsTable(request)) return tableReply(resource, page, request, columns, context.clock.now());
      return wantsPartial(request) ? partialList(page) : listReply(resource, page);
    }
    case 'POST':
      if (resource.namespaced && target.namespace === undefined) throw methodNotAllowed();
      return written(
        context,
        request,
        resource,
        create(context, optionsOf(request, resource, target), await objectBody(request, resource.kind)),
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
  let told = false;
  // Only the first table of a watch says what its columns are.
  const once = (answer: object): object => {
    const columnDefinitions = told ? { columnDefinitions: null } : {};
    told = true;
    return { ...answer, ...columnDefinitions };
  };
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
        ? once(
            table(
              resource,
              [atVersion(resource, object)],
              { resourceVersion: object.metadata.resourceVersion },
              request.query.get('includeObject') ?? 'Metadata',
              columns,
              clock.now(),
            ),
          )
        : wantsPartial(request)
          ? partial(object)
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
      return written(context, request, resource, update(context, options, await objectBody(request, resource.kind)));
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
    : json(wantsPartial(request) ? partial(found) : found);

const written = (context: RouterContext, request: ApiRequest, resource: ApiResource, result: Written): ApiReply => {
  const answer = object(context, request, resource, atVersion(resource, result.object));
  return answer.kind === 'json' ? { ...answer, code: result.created ? 201 : 200, warnings: result.warnings } : answer;
};
