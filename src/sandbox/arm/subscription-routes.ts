import { json } from '../server/http.ts';
import type { Arm, Route } from './context.ts';
import { page } from './paging.ts';
import { regions } from './regions.ts';

const own = { namespace: 'Microsoft.Resources' } as const;

const subscription = (arm: Arm): unknown => ({
  id: `/subscriptions/${arm.identity.subscriptionId}`,
  authorizationSource: 'RoleBased',
  managedByTenants: [],
  subscriptionId: arm.identity.subscriptionId,
  tenantId: arm.identity.tenantId,
  displayName: 'Sandbox subscription',
  state: 'Enabled',
  subscriptionPolicies: {
    locationPlacementId: 'Public_2014-09-01',
    quotaId: 'PayAsYouGo_2014-09-01',
    spendingLimit: 'Off',
  },
});

export const subscriptionRoutes: readonly Route[] = [
  {
    ...own,
    method: 'GET',
    pattern: '/tenants',
    type: 'tenants',
    handle: (call, arm) =>
      page(call, [
        {
          id: `/tenants/${arm.identity.tenantId}`,
          tenantId: arm.identity.tenantId,
          countryCode: 'GB',
          displayName: 'Sandbox',
          domains: ['sandbox.invalid'],
          defaultDomain: 'sandbox.invalid',
          tenantCategory: 'Home',
          tenantType: 'AAD',
        },
      ]),
  },
  {
    ...own,
    method: 'GET',
    pattern: '/subscriptions',
    type: 'subscriptions',
    handle: (_call, arm) => json(200, { value: [subscription(arm)], count: { type: 'Total', value: 1 } }),
  },
  {
    ...own,
    method: 'GET',
    pattern: '/subscriptions/{subscription}',
    type: 'subscriptions',
    permission: 'Microsoft.Resources/subscriptions/read',
    handle: (_call, arm) => json(200, subscription(arm)),
  },
  {
    ...own,
    method: 'GET',
    pattern: '/subscriptions/{subscription}/locations',
    type: 'locations',
    permission: 'Microsoft.Resources/subscriptions/locations/read',
    handle: (_call, arm) =>
      json(200, {
        value: regions.map((region) => ({
          id: `/subscriptions/${arm.identity.subscriptionId}/locations/${region.name}`,
          name: region.name,
          type: 'Region',
          displayName: region.displayName,
          regionalDisplayName: `(${region.geography}) ${region.displayName}`,
          metadata: {
            regionType: 'Physical',
            regionCategory: region.zones.length > 0 ? 'Recommended' : 'Other',
            geography: region.geography,
            geographyGroup: region.geography,
          },
          ...(region.zones.length === 0
            ? {}
            : {
                availabilityZoneMappings: region.zones.map((zone) => ({
                  logicalZone: zone,
                  physicalZone: `${region.name}-az${zone}`,
                })),
              }),
        })),
      }),
  },
];
