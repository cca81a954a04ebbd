import type { Principal } from '../../entra/principals.ts';
import type { Claims } from '../../entra/tokens.ts';
import type { Author } from '../resources.ts';

/** Who sends a request, as its token says. */
export interface Caller {
  readonly principal: Principal;
  readonly claims: Claims;
}

/** What Azure's sentences and records call somebody: an application by its id, a person by name. */
export const nameOf = ({ clientId, displayName }: Principal): string => clientId ?? displayName;

export const authorOf = ({ principal }: Caller): Author => ({
  name: nameOf(principal),
  type: principal.type === 'ServicePrincipal' ? 'Application' : 'User',
});
