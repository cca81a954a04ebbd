import type { Arm } from '../arm/context.ts';
import type { ResourceRecord } from '../arm/resources.ts';
import { objectAt, textAt } from '../json.ts';

/** What a query is about: a workspace, and in it only the rows of one resource where it was asked for by that. */
export interface QueryTarget {
  readonly workspace: ResourceRecord;
  /** Lower-case id; rows of what is below it count, too. */
  readonly resource?: string;
}

export type Targeted =
  | { readonly kind: 'target'; readonly target: QueryTarget }
  | { readonly kind: 'no-path' | 'no-workspace' | 'no-resource' | 'no-logs' };

const workspaceType = 'Microsoft.OperationalInsights/workspaces';

/** Where a resource sends its logs: its monitoring add-on's workspace, else that of a diagnostic setting on it. */
const workspaceOf = (record: ResourceRecord, arm: Arm): ResourceRecord | undefined => {
  const addon = objectAt(record.properties, 'addonProfiles', 'omsagent', 'config');
  const settings = `${record.id}/providers/Microsoft.Insights/diagnosticSettings/`.toLowerCase();
  const ids = [
    textAt(addon, 'logAnalyticsWorkspaceResourceID'),
    ...arm.resources
      .list(({ id }) => id.toLowerCase().startsWith(settings))
      .map(({ properties }) => textAt(properties, 'workspaceId')),
  ];
  return ids.map((id) => (id === undefined ? undefined : arm.resources.get(id))).find((one) => one !== undefined);
};

/** `/v1/workspaces/{customerId}/query`, and `/v1/{resourceId}/query` for the logs of one resource. */
export const queryTarget = (path: string, arm: Arm): Targeted => {
  const [, subject] = /^\/+v1\/+(.+?)\/query\/?$/iu.exec(path) ?? [];
  if (subject === undefined) return { kind: 'no-path' };
  const [, customerId] = /^workspaces\/([^/]+)$/iu.exec(subject) ?? [];
  if (customerId !== undefined) {
    const workspace = arm.resources
      .ofType(workspaceType)
      .find(({ properties }) => textAt(properties, 'customerId')?.toLowerCase() === customerId.toLowerCase());
    return workspace === undefined ? { kind: 'no-workspace' } : { kind: 'target', target: { workspace } };
  }
  if (!/^subscriptions\//iu.test(subject)) return { kind: 'no-path' };
  const record = arm.resources.get(`/${decodeURIComponent(subject)}`);
  if (record === undefined) return { kind: 'no-resource' };
  if (record.type.toLowerCase() === workspaceType.toLowerCase())
    return { kind: 'target', target: { workspace: record } };
  const workspace = workspaceOf(record, arm);
  return workspace === undefined
    ? { kind: 'no-logs' }
    : { kind: 'target', target: { workspace, resource: record.id.toLowerCase() } };
};
