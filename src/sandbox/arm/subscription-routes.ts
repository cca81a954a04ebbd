import { json } from '../server/http.ts';
import { otherTenantOf } from '../entra/principals.ts';
import { seesSubscription } from './access/authorize.ts';
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

const tenant = (tenantId: string, arm: Arm): unknown => {
  const name = tenantId === otherTenantOf(arm.identity) ? 'other' : 'sandbox';
  return {
    id: `/tenants/${tenantId}`,
    tenantId,
    countryCode: 'GB',
    displayName: name === 'sandbox' ? 'Sandbox' : 'Other',
    domains: [`${name}.invalid`],
    defaultDomain: `${name}.invalid`,
    tenantCategory: 'Home',
    tenantType: 'AAD',
  };
};

export const subscriptionRoutes: readonly Route[] = [
  {
    ...own,
    method: 'GET',
    pattern: '/tenants',
    type: 'tenants',
    handle: (call, arm) => page(call, [tenant(call.caller.claims.tid, arm)]),
  },
  {
    ...own,
    method: 'GET',
    pattern: '/subscriptions',
    type: 'subscriptions',
    handle({ caller }, arm) {
      const value = seesSubscription(caller, arm) ? [subscription(arm)] : [];
      return json(200, { value, count: { type: 'Total', value: value.length } });
    },
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
