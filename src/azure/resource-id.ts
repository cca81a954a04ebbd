import { Problem } from '../errors/problem.ts';

export interface ResourceId {
  readonly subscriptionId: string;
  readonly resourceGroup: string;
  /** Of the resource itself, not of what hangs on it. */
  readonly name: string;
}

/** Takes apart the id of a top-level resource; Azure writes `resourcegroups` as it likes. */
export function parseResourceId(id: string): ResourceId {
  const match = /^\/*subscriptions\/([^/]+)\/resourcegroups\/([^/]+)\/providers\/[^/]+\/[^/]+\/([^/]+)/i.exec(id);
  const [, subscriptionId, resourceGroup, name] = match ?? [];
  if (subscriptionId === undefined || resourceGroup === undefined || name === undefined) {
    throw new Problem(
      `'${id}' is not a resource id: it has the form /subscriptions/<id>/resourceGroups/<group>/providers/<namespace>/<type>/<name>.`,
      { kind: 'usage', code: 'resource-id' },
    );
  }
  return { subscriptionId, resourceGroup, name };
}

/** The group in an id, or the fallback where the id has none. */
export const groupOf = (id: string, fallback: string): string => /\/resourcegroups\/([^/]+)/i.exec(id)?.[1] ?? fallback;
