import { API_VERSIONS } from './api-versions.ts';
import { etagOf, type ArmRequest } from './arm-request.ts';
import type { Associations, DataCollectionRules } from './azure.ts';
import { onlyIf } from './precondition.ts';
import { asRecord, at, field, strings, text } from './read-json.ts';

const apiVersion = API_VERSIONS['Microsoft.Insights/dataCollectionRules'];

export const createDataCollectionRules = (arm: ArmRequest, subscriptionId: string): DataCollectionRules => {
  const path = (resourceGroup: string, name: string): string =>
    `/subscriptions/${subscriptionId}/resourceGroups/${resourceGroup}/providers/Microsoft.Insights/dataCollectionRules/${name}`;
  return {
    async find(resourceGroup, name, signal) {
      const body = await arm.find(path(resourceGroup, name), { apiVersion, signal });
      if (body === undefined) return undefined;
      return {
        etag: etagOf(body),
        id: text(body, 'id') ?? path(resourceGroup, name),
        location: text(body, 'location') ?? '',
        tags: strings(body, 'tags'),
        provisioningState: text(at(body, 'properties'), 'provisioningState') ?? 'Succeeded',
        properties: asRecord(field(body, 'properties')) ?? {},
      };
    },
    async put(resourceGroup, name, body, before, signal) {
      await arm.send('PUT', path(resourceGroup, name), { apiVersion, headers: onlyIf(before), body, signal });
    },
    async tag(resourceGroup, name, tags, before, signal) {
      const headers = onlyIf(before);
      await arm.send('PATCH', path(resourceGroup, name), { apiVersion, headers, body: { tags }, signal });
    },
    async delete(resourceGroup, name, signal) {
      await arm.send('DELETE', path(resourceGroup, name), { apiVersion, accept: [404], signal });
    },
  };
};

/** What ties a cluster to a data collection rule; it hangs on the cluster, so it can only follow it. */
export const createAssociations = (arm: ArmRequest): Associations => {
  const path = (resourceId: string, name: string): string =>
    `${resourceId}/providers/Microsoft.Insights/dataCollectionRuleAssociations/${name}`;
  return {
    async find(resourceId, name, signal) {
      const body = await arm.find(path(resourceId, name), { apiVersion, signal });
      const dataCollectionRuleId = text(at(body, 'properties'), 'dataCollectionRuleId');
      return dataCollectionRuleId === undefined ? undefined : { dataCollectionRuleId, etag: etagOf(body) };
    },
    async put(resourceId, name, properties, before, signal) {
      const headers = onlyIf(before);
      await arm.send('PUT', path(resourceId, name), { apiVersion, headers, body: { properties }, signal });
    },
    async delete(resourceId, name, signal) {
      await arm.send('DELETE', path(resourceId, name), { apiVersion, accept: [404], signal });
    },
  };
};
