import { randomUUID } from 'node:crypto';
import { arrayAt, isObject, textAt } from '../../json.ts';
import type { JsonObject } from '../../json.ts';
import type { ArmCall } from '../context.ts';
import { aksError } from '../errors.ts';
import type { ResourceDraft, ResourceRecord } from '../resources.ts';

/** The cluster's own etag: an operation on a pool leaves it as it was. */
export const clusterEtag = (record: ResourceRecord): string => textAt(record.internal, 'etag') ?? record.etag;

/** A cluster-level change gives the cluster and each of its pools a new etag. */
export const withNewEtags = (draft: ResourceDraft): ResourceDraft => ({
  ...draft,
  internal: { ...draft.internal, etag: randomUUID() },
  properties: {
    ...draft.properties,
    agentPoolProfiles: arrayAt(draft.properties, 'agentPoolProfiles').filter(isObject).map(withNewEtag),
  },
});

export const withNewEtag = (pool: JsonObject): JsonObject => ({ ...pool, eTag: randomUUID() });

/**
 * What AKS makes of If-Match and If-None-Match, told in a table of its documentation: 400 for headers that make no sense, 412 for
 * a condition that does not hold. `etag` is undefined for what does not exist; callers answer its PATCH and DELETE before.
 */
export const checkConditions = (call: ArmCall, etag: string | undefined): void => {
  const [match, none] = [call.header('if-match') ?? '', call.header('if-none-match') ?? ''];
  if (none !== '' && none !== '*')
    throw aksError(400, 'BadRequest', `The if-none-match header can only be empty or '*', not '${none}'.`);
  if (none === '*' && match !== '')
    throw aksError(400, 'BadRequest', 'The headers if-match and if-none-match cannot be used in the same request.');
  if (none === '*' && etag !== undefined)
    throw aksError(
      412,
      'PreconditionFailed',
      'The condition of the if-none-match header is not met: the resource already exists.',
    );
  if (match === '' || (etag !== undefined && (match === '*' || match.replaceAll('"', '') === etag))) return;
  throw aksError(
    412,
    'PreconditionFailed',
    `The value of the if-match header '${match}' does not match the latest eTag of the resource.`,
  );
};
