import { guidOf } from '../identity.ts';
import { textAt } from '../json.ts';
import type { Route } from './context.ts';
import { trackedRoutes } from './tracked-routes.ts';

/** User-assigned identities: 201 the first time, ids with `resourcegroups` in lower case, no etag. */
export const identityRoutes: readonly Route[] = trackedRoutes({
  namespace: 'Microsoft.ManagedIdentity',
  type: 'userAssignedIdentities',
  validName: /^[\da-z][\w-]{2,127}$/iu,
  created: 201,
  etag: false,
  id: (id) => id.replace('/resourceGroups/', '/resourcegroups/'),
  properties(_asked, before, call, arm) {
    const seed = `${call.request.path.toLowerCase()}/${arm.clock.now()}`;
    return {
      tenantId: arm.identity.tenantId,
      principalId: textAt(before?.properties, 'principalId') ?? guidOf(`${seed}/principal`),
      clientId: textAt(before?.properties, 'clientId') ?? guidOf(`${seed}/client`),
    };
  },
});
