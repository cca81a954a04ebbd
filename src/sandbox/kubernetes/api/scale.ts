import type { KubeObject } from '../objects.ts';
import { methodNotAllowed } from './api-error.ts';
import { asObject, mediaType, objectBody, textBody } from './body.ts';
import { jsonPatch, mergePatch } from './json-patch.ts';
import { isObject, numberAt, objectAt, textAt, valueAt } from './json.ts';
import type { ResourceTarget } from './path.ts';
import { read } from './read.ts';
import { json, type ApiReply, type ApiRequest } from './request.ts';
import type { ApiResource } from './resource-table.ts';
import { selectorText } from './table-cells.ts';
import type { WriteContext } from './write-parts.ts';
import { optionsOf } from './write-request.ts';
import { patch } from './write.ts';

/** The `scale` subresource: autoscaling/v1 Scale over the replica count of a workload or custom resource. */
export const scale = async (
  context: WriteContext,
  request: ApiRequest,
  resource: ApiResource,
  target: ResourceTarget,
  name: string,
): Promise<ApiReply> => {
  const current = (): object => scaleOf(resource, read(context.store, resource, target.namespace, name));
  if (request.method === 'GET') return json(current());
  const wanted =
    request.method === 'PUT'
      ? await objectBody(request)
      : request.method === 'PATCH'
        ? mediaType(request.contentType) === 'application/json-patch+json'
          ? jsonPatch(current(), await textBody(request.body))
          : mergePatch(current(), asObject(await textBody(request.body)))
        : undefined;
  if (wanted === undefined) throw methodNotAllowed();
  const replicas = numberAt(wanted, 'spec', 'replicas') ?? 0;
  const { object } = patch(context, { ...optionsOf(request, resource, target), subresource: 'scale' }, (live) => {
    const version = textAt(wanted, 'metadata', 'resourceVersion');
    const metadata = version === undefined ? live.metadata : { ...live.metadata, resourceVersion: version };
    return setAt({ ...live, metadata }, fields(resource.scale?.specReplicas ?? ''), replicas);
  });
  return json(scaleOf(resource, object));
};

const fields = (path: string): readonly string[] => path.split('.').filter((part) => part !== '');

const setAt = (object: unknown, [key, ...rest]: readonly string[], value: unknown): unknown =>
  key === undefined ? value : { ...(isObject(object) ? object : {}), [key]: setAt(valueAt(object, key), rest, value) };

const scaleOf = (resource: ApiResource, object: KubeObject): object => {
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata;
  const wanted = numberAt(object, ...fields(resource.scale?.specReplicas ?? ''));
  const selector =
    resource.scale?.selector === undefined
      ? selectorText(objectAt(object, 'spec', 'selector'))
      : textAt(object, ...fields(resource.scale.selector));
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: { name, namespace, uid, resourceVersion, creationTimestamp },
    // Go does not write a size of nothing.
    spec: wanted === undefined || wanted === 0 ? {} : { replicas: wanted },
    status: {
      replicas: numberAt(object, ...fields(resource.scale?.statusReplicas ?? '')) ?? 0,
      ...(selector === undefined || selector === '<none>' ? {} : { selector }),
    },
  };
};
