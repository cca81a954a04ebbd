import type { SignedIn } from './azure.ts';
import { asRecord, text } from './read-json.ts';

/** Who a token is for. Its claims are for display only: nobody here can check the signature, and some clouds' tokens are opaque. */
export function readAccount(token: string, tenantId: string, credential: string): SignedIn {
  const claims = claimsOf(token);
  const account =
    text(claims, 'upn') ??
    text(claims, 'preferred_username') ??
    text(claims, 'unique_name') ??
    text(claims, 'app_displayname') ??
    text(claims, 'appid') ??
    text(claims, 'azp') ??
    text(claims, 'oid') ??
    'an account that its token does not name';
  return { account, tenantId: text(claims, 'tid') ?? tenantId, credential };
}

function claimsOf(token: string): unknown {
  try {
    return asRecord(JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8')));
  } catch {
    return undefined;
  }
}
