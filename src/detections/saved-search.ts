import type { SavedSearchBody } from '../azure/azure.ts';
import type { FunctionParameter, PackFunction } from './pack.ts';

const category = 'aks-ebpf-sentinel';

/** Name of a function's saved search in the workspace: lower case, as Azure gives it back. */
export function savedSearchId(fn: PackFunction): string {
  return `${category}-${fn.slug}`.toLowerCase();
}

/** A function as a saved search (Microsoft.OperationalInsights/workspaces/savedSearches); the version travels as a tag. */
export function savedSearchBody(fn: PackFunction): SavedSearchBody {
  return {
    category,
    displayName: fn.title,
    query: fn.query,
    functionAlias: fn.alias,
    ...(fn.parameters.length === 0 ? {} : { functionParameters: parameterList(fn.parameters) }),
    tags: [
      { name: 'managed-by', value: category },
      { name: 'version', value: fn.version },
    ],
  };
}

/** `eventtype:string="*", limit:long=10`: Azure's form, without parentheses. */
export function parameterList(parameters: readonly FunctionParameter[]): string {
  return parameters
    .map(
      ({ name, type, default: value }) =>
        `${name}:${type}${value === undefined ? '' : `=${type === 'string' ? JSON.stringify(value) : value}`}`,
    )
    .join(', ');
}
