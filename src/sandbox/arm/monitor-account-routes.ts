import { guidOf } from '../identity.ts';
import { textAt } from '../json.ts';
import type { Route } from './context.ts';
import { hexOf } from './resources.ts';
import { trackedRoutes } from './tracked-routes.ts';

const managedGroup = (name: string, location: string): string => `MA_${name}_${location}_managed`;

/**
 * Azure Monitor workspaces, for managed Prometheus: 200 the first time, and a resource group of their own that goes with them. The
 * collection rule and endpoint in it are named and not made.
 */
export const monitorAccountRoutes: readonly Route[] = trackedRoutes({
  namespace: 'Microsoft.Monitor',
  type: 'accounts',
  validName: /^(?!-)[\da-z-]{3,43}[\da-z]$/iu,
  created: 200,
  etag: true,
  id: (id) => id.replace('/resourceGroups/', '/resourcegroups/').replace('/Microsoft.Monitor/', '/microsoft.monitor/'),
  properties(asked, before, call, arm) {
    const [name, location] = [
      call.param('name'),
      (textAt(call.body, 'location') ?? '').replaceAll(' ', '').toLowerCase(),
    ];
    const accountId = textAt(before?.properties, 'accountId') ?? guidOf(`${call.request.path}/${arm.clock.now()}`);
    const inside = `/subscriptions/${arm.identity.subscriptionId}/resourceGroups/${managedGroup(name, location)}/providers/Microsoft.Insights`;
    return {
      accountId,
      metrics: {
        prometheusQueryEndpoint: `https://${name.toLowerCase()}-${hexOf(accountId, 4)}.${location}.prometheus.monitor.azure.com`,
        internalId: `mac_${accountId}`,
      },
      provisioningState: 'Succeeded',
      defaultIngestionSettings: {
        dataCollectionRuleResourceId: `${inside}/dataCollectionRules/${name}`,
        dataCollectionEndpointResourceId: `${inside}/dataCollectionEndpoints/${name}`,
      },
      publicNetworkAccess: textAt(asked, 'publicNetworkAccess') ?? 'Enabled',
    };
  },
  made: (record, arm) =>
    arm.groups.put({
      name: managedGroup(record.name, record.location ?? ''),
      location: record.location ?? '',
      managedBy: record.id,
      provisioningState: 'Succeeded',
    }),
  removed: (record, arm) => arm.groups.remove(managedGroup(record.name, record.location ?? '')),
});
