import { createHash, randomBytes, randomUUID } from 'node:crypto';
import type { Store } from './store.ts';

/** Who and where a sandbox's client is; made once for a sandbox directory. */
export interface Identity {
  readonly tenantId: string;
  readonly subscriptionId: string;
  /** Application id of the service principal. */
  readonly clientId: string;
  /** Object id of the service principal. */
  readonly objectId: string;
  readonly clientSecret: string;
  readonly controlToken: string;
}

export const sandboxIdentity = (store: Store): Identity => {
  const kept = store.collection<Identity>('identity');
  const known = kept.get('identity');
  if (known !== undefined) return known;
  const made: Identity = {
    tenantId: randomUUID(),
    subscriptionId: randomUUID(),
    clientId: randomUUID(),
    objectId: randomUUID(),
    // The three characters 'sB~' stand where Entra's own secrets have '8Q~': scanners and people can tell it is none.
    clientSecret: `sB~${randomBytes(24).toString('base64url')}`,
    controlToken: randomBytes(24).toString('base64url'),
  };
  kept.set('identity', made);
  return made;
};

/** A GUID that is always the same for the same text: ids of things that Azure makes once. */
export const guidOf = (text: string): string => {
  const hex = createHash('sha256').update(text).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
};
