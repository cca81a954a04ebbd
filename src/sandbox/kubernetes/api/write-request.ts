import { ApiError, badRequest } from './api-error.ts';
import { asObject, mediaType } from './body.ts';
import { syntaxError } from './go-json.ts';
import { jsonPatch, mergePatch } from './json-patch.ts';
import { isObject, type JsonObject } from './json.ts';
import type { ResourceTarget } from './path.ts';
import type { FieldValidation } from './prepare.ts';
import { checkWriteOptions } from './request-options.ts';
import type { ApiRequest } from './request.ts';
import type { ApiResource } from './resource-table.ts';
import { strategicMerge } from './strategic-merge.ts';
import { apply } from './write-apply.ts';
import type { WriteContext, WriteOptions, Written } from './write-parts.ts';
import { patch } from './write.ts';

/** PATCH, by its content type. */
export const patched = async (context: WriteContext, request: ApiRequest, options: WriteOptions): Promise<Written> => {
  switch (mediaType(request.contentType)) {
    case 'application/json-patch+json': {
      const body = jsonOf(request.body);
      return patch(context, options, (live) => jsonPatch(live, body));
    }
    case 'application/merge-patch+json': {
      const body = patchObject(request.body);
      return patch(context, options, (live) => mergePatch(live, body));
    }
    case 'application/strategic-merge-patch+json': {
      if (options.resource.custom) break;
      const body = patchObject(request.body, '');
      return patch(context, options, (live) =>
        strategicMerge({ ...live }, body, context.catalog.shape(options.resource)),
      );
    }
    case 'application/apply-patch+yaml': {
      const force = !['', 'false', '0'].includes(request.query.get('force') ?? '');
      return apply(context, options, asObject(await yamlBody(request.body)), force);
    }
    default:
      throw new ApiError(415, 'UnsupportedMediaType', '415: Unsupported Media Type', {});
  }
  throw new ApiError(
    415,
    'UnsupportedMediaType',
    'the body of the request was in an unknown format - accepted media types include: application/json-patch+json, application/merge-patch+json, application/apply-patch+yaml',
  );
};

const jsonOf = (body: Buffer): unknown => {
  const text = body.toString('utf8');
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw badRequest(`error decoding patch: ${syntaxError(text)}`);
  }
};

const patchObject = (body: Buffer, doing = 'error decoding patch: '): JsonObject => {
  const value = jsonOf(body);
  if (isObject(value)) return value;
  const found = Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : typeof value;
  throw badRequest(`${doing}json: cannot unmarshal ${found} into Go value of type map[string]interface {}`);
};

const yamlBody = async (body: Buffer): Promise<unknown> => {
  const { parse } = await import('yaml');
  try {
    return parse(body.toString('utf8')) as unknown;
  } catch {
    throw badRequest(
      'error decoding YAML: error converting YAML to JSON: yaml: mapping values are not allowed in this context',
    );
  }
};

const optionsKind = ({ method, contentType }: ApiRequest): Parameters<typeof checkWriteOptions>[1] => {
  switch (method) {
    case 'POST':
      return 'CreateOptions';
    case 'PUT':
      return 'UpdateOptions';
    case 'PATCH':
      return mediaType(contentType).startsWith('application/apply-patch') ? 'ApplyOptions' : 'PatchOptions';
    default:
      return 'DeleteOptions';
  }
};

/** Who writes: as the request says, or the program that sends it. */
export const managerOf = ({ query, userAgent }: ApiRequest): string =>
  query.get('fieldManager') || (userAgent.split('/')[0] ?? '') || 'unknown';

/** Reads the query parameters of a write. */
export const optionsOf = (request: ApiRequest, resource: ApiResource, target: ResourceTarget): WriteOptions => {
  const dryRun = request.query.getAll('dryRun');
  checkWriteOptions(request.query, optionsKind(request));
  const validation = request.query.get('fieldValidation');
  return {
    resource,
    namespace: resource.namespaced ? target.namespace : undefined,
    name: target.name,
    subresource: target.subresource ?? '',
    dryRun: dryRun.includes('All'),
    fieldManager: managerOf(request),
    validation: validation === 'Strict' || validation === 'Ignore' ? (validation satisfies FieldValidation) : 'Warn',
  };
};
