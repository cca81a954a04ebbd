import { arrayAt, isObject, numberAt, objectAt, textAt } from '../../json.ts';
import type { JsonObject } from '../../json.ts';
import type { Arm } from '../context.ts';
import type { ResourceRecord } from '../resources.ts';
import { childId, childrenOf, namespace, stampOf } from './children.ts';

const type = `${namespace}/Incidents`;

/** Alerts and entities of an incident, as the service keeps them beside it: properties with `kind` and `name`. */
export interface Evidence {
  readonly kind: string;
  readonly name: string;
  readonly properties: JsonObject;
}

export const evidenceOf = (record: ResourceRecord, of: 'alerts' | 'entities'): readonly Evidence[] =>
  arrayAt(record.internal, of)
    .filter(isObject)
    .map((one) => ({
      kind: textAt(one, 'kind') ?? '',
      name: textAt(one, 'name') ?? '',
      properties: objectAt(one, 'properties'),
    }));

const nextNumber = (workspace: ResourceRecord, arm: Arm): number => {
  const numbers = arm.store.collection<number>('incident-number');
  const number = (numbers.get(workspace.id.toLowerCase()) ?? 0) + 1;
  numbers.set(workspace.id.toLowerCase(), number);
  return number;
};

/** Creates an incident or replaces its properties; numbers and times are the service's. */
export const writeIncident = (
  workspace: ResourceRecord,
  id: string,
  asked: JsonObject,
  arm: Arm,
  evidence?: { readonly alerts: readonly Evidence[]; readonly entities: readonly Evidence[] },
): ResourceRecord => {
  const key = childId(workspace, `incidents/${id}`);
  const before = arm.resources.get(key);
  const number = numberAt(before?.properties, 'incidentNumber') ?? nextNumber(workspace, arm);
  return arm.resources.put({
    id: key,
    type,
    name: before?.name ?? id,
    group: workspace.group,
    properties: {
      ...asked,
      labels: arrayAt(asked, 'labels')
        .filter(isObject)
        .map((label) => ({ labelType: 'User', ...label })),
      owner: {
        objectId: null,
        email: null,
        assignedTo: null,
        userPrincipalName: null,
        ownerType: null,
        ...objectAt(asked, 'owner'),
      },
      lastModifiedTimeUtc: stampOf(arm),
      createdTimeUtc: before?.properties['createdTimeUtc'] ?? stampOf(arm),
      incidentNumber: number,
      providerName: 'Azure Sentinel',
      providerIncidentId: String(number),
      relatedAnalyticRuleIds: before?.properties['relatedAnalyticRuleIds'] ?? asked['relatedAnalyticRuleIds'] ?? [],
    },
    internal: { ...before?.internal, ...evidence },
  });
};

/** What has to do with an incident is counted when it is asked for. */
export const incidentView = (record: ResourceRecord, workspace: ResourceRecord, arm: Arm): JsonObject => {
  const id = record.id.replace('/incidents/', '/Incidents/');
  const alerts = evidenceOf(record, 'alerts');
  const count = (path: string): number => childrenOf(workspace, `incidents/${record.name}/${path}`, arm).length;
  const named = (member: string): readonly unknown[] => [
    ...new Set(alerts.flatMap(({ properties }) => properties[member] ?? [])),
  ];
  return {
    id,
    name: record.name,
    etag: `"${record.etag}"`,
    type,
    properties: {
      ...record.properties,
      additionalData: {
        alertsCount: alerts.length,
        bookmarksCount: count('relations'),
        commentsCount: count('comments'),
        alertProductNames: named('productName'),
        tactics: named('tactics'),
      },
      incidentUrl: `https://portal.azure.com/#asset/Microsoft_Azure_Security_Insights/Incident${id}`,
    },
  };
};
