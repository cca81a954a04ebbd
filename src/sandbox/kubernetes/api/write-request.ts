import { ApiError, badRequest } from './api-error.ts';
import { asObject, mediaType, textBody } from './body.ts';
import { jsonPatch, mergePatch } from './json-patch.ts';
import type { ResourceTarget } from './path.ts';
import type { FieldValidation } from './prepare.ts';
import type { ApiRequest } from './request.ts';
import type { ApiResource } from './resource-table.ts';
import { strategicMerge } from './strategic-merge.ts';
import { apply } from './write-apply.ts';
import type { WriteContext, WriteOptions, Written } from './write-parts.ts';
import { patch } from './write.ts';

/** PATCH, by its content type. */
export const patched = async (context: WriteContext, request: ApiRequest, options: WriteOptions): Promise<Written> => {
  const body = await textBody(request.body);
  switch (mediaType(request.contentType)) {
    case 'application/json-patch+json':
      return patch(context, options, (live) => jsonPatch(live, body));
    case 'application/merge-patch+json':
      return patch(context, options, (live) => mergePatch(live, asObject(body)));
    case 'application/strategic-merge-patch+json':
      if (options.resource.custom) break;
      return patch(context, options, (live) =>
        strategicMerge({ ...live }, asObject(body), context.catalog.shape(options.resource)),
      );
    case 'application/apply-patch+yaml': {
      if (!request.query.get('fieldManager'))
        throw new ApiError(
          422,
          'Invalid',
          'PatchOptions.meta.k8s.io "" is invalid: fieldManager: Required value: is required for apply patch',
          {},
        );
      return apply(context, options, asObject(body), request.query.get('force') === 'true');
    }
    default:
  }
  throw new ApiError(
    415,
    'UnsupportedMediaType',
    `the body of the request was in an unknown format - accepted media types include: application/json-patch+json, application/merge-patch+json, application/apply-patch+yaml${options.resource.custom ? '' : ', application/strategic-merge-patch+json'}`,
    {},
  );
};

/** Reads the query parameters of a write. */
export const optionsOf = (request: ApiRequest, resource: ApiResource, target: ResourceTarget): WriteOptions => {
  const dryRun = request.query.getAll('dryRun');
  if (dryRun.some((value) => value !== 'All' && value !== ''))
    throw badRequest(`Invalid value: "${dryRun.join(',')}": dryRun must be All`);
  const validation = request.query.get('fieldValidation');
  return {
    resource,
    namespace: resource.namespaced ? target.namespace : undefined,
    name: target.name,
    subresource: target.subresource ?? '',
    dryRun: dryRun.includes('All'),
    fieldManager: request.query.get('fieldManager') || (request.userAgent.split('/')[0] ?? '') || 'unknown',
    validation: validation === 'Strict' || validation === 'Ignore' ? (validation satisfies FieldValidation) : 'Warn',
  };
};
