import { randomUUID } from 'node:crypto';
import type { RefusalName } from '../../faults/kinds.ts';
import { textAt } from '../../json.ts';
import { header } from '../../server/http.ts';
import type { HttpRequest } from '../../server/http.ts';
import { parseLenientJson } from '../../server/lenient-json.ts';
import { providerError } from '../checked-body.ts';
import { ArmError, aksError, groupNotFound } from '../errors.ts';
import { groupBeingDeleted, notRegistered } from '../front-door.ts';
import { parsePath } from '../path.ts';

const isWrite = ({ method }: HttpRequest): boolean => ['PUT', 'PATCH', 'POST', 'DELETE'].includes(method);
const isChange = ({ method }: HttpRequest): boolean => method === 'PUT' || method === 'PATCH';

const namespaceOf = (segments: readonly string[]): string | undefined => {
  const index = segments.map((segment) => segment.toLowerCase()).lastIndexOf('providers');
  return index < 0 ? undefined : segments[index + 1];
};

const bodyEtag = (request: HttpRequest): string | undefined => {
  try {
    return textAt(parseLenientJson(request.body.toString('utf8')), 'etag');
  } catch {
    return undefined;
  }
};

/** Name of the resource where the path is one of this type. */
const named = (path: string, type: RegExp): string | undefined => type.exec(path)?.[1];

const workspace = /\/workspaces\/([^/]+)\/?$/iu;
const table = /\/workspaces\/[^/]+\/tables\/([^/]+)\/?$/iu;
const rule = /\/alertRules\/([^/]+)\/?$/iu;
const savedSearch = /\/savedSearches\/([^/]+)\/?$/iu;
const aks = /\/providers\/Microsoft\.ContainerService\//iu;

const preconditionFailed = (request: HttpRequest): ArmError | undefined => {
  const [match, none] = [header(request, 'if-match') ?? bodyEtag(request), header(request, 'if-none-match')];
  if (!isWrite(request) || (match === undefined && none === undefined)) return undefined;
  const message =
    none === '*'
      ? 'The condition of the if-none-match header is not met: the resource already exists.'
      : `The value of the if-match header '${match ?? ''}' does not match the latest eTag of the resource.`;
  const make = aks.test(request.path) ? aksError : providerError;
  return make(412, 'PreconditionFailed', message);
};

const notFound = (path: string): ArmError => {
  const { group, segments } = parsePath(path);
  if (group !== undefined && segments.length === 4) return groupNotFound(group);
  return new ArmError(
    404,
    'ResourceNotFound',
    'The Resource was not found. For more details please go to https://aka.ms/ARMResourceNotFoundFix',
  );
};

const busy = (what: string): ArmError =>
  providerError(409, 'Conflict', `Another operation is in progress on ${what}. Please retry after it has finished.`);

/**
 * What ARM or a provider would say with this fault to this request; undefined where the fault is not meant for it: no precondition
 * fails of a request that has none. The wordings of busy workspaces and tables have no source.
 */
export const refusalOf = (
  name: RefusalName,
  request: HttpRequest,
  arm: { readonly origin: string },
): ArmError | undefined => {
  const { segments, group, subscriptionId } = parsePath(request.path);
  switch (name) {
    case 'not-found':
      // A replica of ARM's that has not heard of the resource yet.
      return notFound(request.path);
    case 'precondition-failed':
      return preconditionFailed(request);
    case 'group-being-deleted':
      return group !== undefined && segments.length > 4 && isWrite(request) && request.method !== 'DELETE'
        ? groupBeingDeleted(group)
        : undefined;
    case 'subscription-not-registered': {
      const namespace = namespaceOf(segments);
      const own = namespace === undefined || namespace.toLowerCase() === 'microsoft.resources';
      const registers = /\/(?:un)?register\/?$/iu.test(request.path);
      return own || registers || !isWrite(request) ? undefined : notRegistered(namespace);
    }
    case 'another-operation-in-progress': {
      // In Microsoft.Network's words; AKS has its own, which conflict-in-progress says.
      const namespace = namespaceOf(segments);
      if (namespace === undefined || !isWrite(request) || request.method === 'POST') return undefined;
      return providerError(
        409,
        'AnotherOperationInProgress',
        `Another operation on this or dependent resource is in progress. To retrieve status of the operation use uri: ${arm.origin}/subscriptions/${subscriptionId ?? ''}/providers/${namespace}/locations/uksouth/operations/${randomUUID()}?api-version=${request.url.searchParams.get('api-version') ?? ''}.`,
      );
    }
    case 'workspace-busy': {
      const found = isChange(request) ? named(request.path, workspace) : undefined;
      return found === undefined ? undefined : busy(`workspace '${found}'`);
    }
    case 'table-busy': {
      const found = isWrite(request) ? named(request.path, table) : undefined;
      return found === undefined ? undefined : busy(`table '${found}'`);
    }
    case 'rule-conflict': {
      const found = isChange(request) ? named(request.path, rule) : undefined;
      return found === undefined
        ? undefined
        : // Reported in hashicorp/terraform-provider-azurerm#27964 with the code alone; the sentence has no source.
          providerError(
            409,
            'Conflict',
            `Newer instance of rule '${found}' exists for this workspace (Etag does not match). Data was not saved.`,
          );
    }
    case 'saved-search-conflict':
      return isChange(request) && savedSearch.test(request.path)
        ? providerError(
            409,
            'Conflict',
            'Newer data exists in the Customer Configuration Store. Please update your data and try again.',
          )
        : undefined;
  }
  return name satisfies never;
};
