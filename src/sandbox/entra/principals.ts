import { randomBytes, randomUUID } from 'node:crypto';
import { guidOf } from '../identity.ts';
import type { Identity } from '../identity.ts';
import type { Store } from '../store.ts';

export type PrincipalType = 'ServicePrincipal' | 'User' | 'Group';

/** Somebody of the tenant's directory: an application, a person, or a group of them. */
export interface Principal {
  readonly objectId: string;
  readonly type: PrincipalType;
  readonly displayName: string;
  /** Application id; only service principals have one. */
  readonly clientId?: string;
  readonly clientSecret?: string;
  /** Object ids of the groups that it is a member of. */
  readonly groups: readonly string[];
}

export interface Principals {
  /** The service principal of the sandbox's own profile. */
  own(): Principal;
  /** Who made the subscription: always its Owner, and nobody's credential. */
  administrator(): Principal;
  get(objectId: string): Principal | undefined;
  byClientId(clientId: string): Principal | undefined;
  list(): readonly Principal[];
  /** Makes one, or gives a known one other groups. */
  put(principal: Principal): void;
  remove(objectId: string): void;
}

/** A tenant beside the sandbox's own, in which its applications are known, too: a sign-in can go to the wrong one. */
export const otherTenantOf = (identity: Identity): string => guidOf(`${identity.tenantId}/other-tenant`);

export const newPrincipal = (type: PrincipalType, displayName: string, groups: readonly string[]): Principal => ({
  objectId: randomUUID(),
  type,
  displayName,
  groups,
  ...(type === 'ServicePrincipal'
    ? { clientId: randomUUID(), clientSecret: `sB~${randomBytes(24).toString('base64url')}` }
    : {}),
});

/** The directory outlives a reset of the subscription, as it does on Azure. */
export const createPrincipals = (store: Store, identity: Identity): Principals => {
  const kept = store.collection<Principal>('principal');
  const administrator: Principal = {
    objectId: guidOf(`${identity.tenantId}/administrator`),
    type: 'User',
    displayName: 'admin@sandbox.invalid',
    groups: [],
  };
  const own = (): Principal => ({
    objectId: identity.objectId,
    type: 'ServicePrincipal',
    displayName: 'sandbox',
    clientId: identity.clientId,
    clientSecret: identity.clientSecret,
    groups: kept.get(identity.objectId)?.groups ?? [],
  });
  const list = (): readonly Principal[] => [
    administrator,
    own(),
    ...kept.values().filter(({ objectId }) => objectId !== identity.objectId),
  ];
  return {
    own,
    administrator: () => administrator,
    get: (objectId) => list().find((one) => one.objectId === objectId.toLowerCase()),
    byClientId: (clientId) => list().find((one) => one.clientId === clientId.toLowerCase()),
    list,
    put: (principal) => kept.set(principal.objectId, principal),
    remove: (objectId) => kept.delete(objectId.toLowerCase()),
  };
};
