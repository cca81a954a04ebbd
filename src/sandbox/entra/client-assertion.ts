import type { SandboxClock } from '../clock.ts';
import type { Identity } from '../identity.ts';
import type { HttpRequest } from '../server/http.ts';

/**
 * What Entra says against a client assertion, or undefined where it would take it. The signature of a federated token is not
 * checked: its issuer (GitHub, a cluster's OIDC endpoint) is outside the sandbox. Everything the sandbox can know is.
 */
export const checkAssertion = (
  assertion: string,
  request: HttpRequest,
  identity: Identity,
  clock: SandboxClock,
): string | undefined => {
  const claims = claimsOf(assertion);
  if (claims === undefined) return 'AADSTS50027: JWT token is invalid or malformed.';
  const { aud, iss, sub, exp } = claims;
  if (typeof exp !== 'number' || exp * 1000 <= clock.now()) {
    return 'AADSTS700024: Client assertion is not within its valid time range.';
  }
  if (typeof iss !== 'string' || typeof sub !== 'string') {
    return "AADSTS5002719: The client assertion's 'iss' and 'sub' claims are required.";
  }
  const own = `${request.url.origin}/${identity.tenantId}`;
  const accepted = ['api://AzureADTokenExchange', `${own}/oauth2/v2.0/token`, `${own}/v2.0`];
  return typeof aud === 'string' && accepted.includes(aud)
    ? undefined
    : `AADSTS700212: No matching federated identity record found for presented assertion audience '${String(aud)}'.`;
};

const claimsOf = (assertion: string): Record<string, unknown> | undefined => {
  const [, body, signature] = assertion.split('.');
  if (body === undefined || signature === undefined) return undefined;
  try {
    const parsed: unknown = JSON.parse(Buffer.from(body, 'base64url').toString('utf8'));
    return typeof parsed === 'object' && parsed !== null ? (parsed as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
};
