import type { Principal } from '../../principals.ts';
import type { Claims } from '../../tokens.ts';

/** Who sends a request, as its token says. */
export interface Caller {
  readonly principal: Principal;
  readonly claims: Claims;
}

/** What Azure's sentences and records call somebody: an application by its id, a person by name. */
export const nameOf = ({ clientId, displayName }: Principal): string => clientId ?? displayName;
