import { textAt } from '../json.ts';
import { providerError } from './checked-body.ts';
import type { ArmCall } from './context.ts';
import type { ResourceRecord } from './resources.ts';

/**
 * If-Match and If-None-Match of the types that answer a condition that does not hold with a wrapped 412; an etag in the body counts
 * as If-Match where the type has one there.
 */
export const checkEtags = (call: ArmCall, before: ResourceRecord | undefined, body?: unknown): void => {
  const match = call.header('if-match') ?? textAt(body, 'etag') ?? '';
  const fits = before !== undefined && (match === '*' || match.replaceAll('"', '') === before.etag);
  const exists = call.header('if-none-match') === '*' && before !== undefined;
  if (!exists && (match === '' || fits)) return;
  throw providerError(
    412,
    'PreconditionFailed',
    exists
      ? `The condition of the header If-None-Match is not met: '${before.name}' already exists.`
      : `The condition of the header If-Match is not met: '${match}' is not the etag of the resource.`,
  );
};

/** A resource stays where it was made. */
export const checkPlace = (before: ResourceRecord | undefined, location: string): void => {
  if (before === undefined || before.location === location) return;
  throw providerError(
    409,
    'InvalidResourceLocation',
    `The resource '${before.name}' already exists in location '${before.location ?? ''}' in resource group '${before.group ?? ''}'. A resource with the same name cannot be created in location '${location}'. Please select a new resource name.`,
  );
};
