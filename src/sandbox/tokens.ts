import {
  createPrivateKey,
  createPublicKey,
  createSign,
  createVerify,
  generateKeyPairSync,
  randomUUID,
} from 'node:crypto';
import type { SandboxClock } from './clock.ts';
import type { Identity } from './identity.ts';
import type { Store } from './store.ts';

export interface Claims {
  readonly aud: string;
  readonly iss: string;
  /** Seconds since the epoch. */
  readonly iat: number;
  readonly nbf: number;
  readonly exp: number;
  readonly appid: string;
  readonly oid: string;
  readonly tid: string;
  readonly sub: string;
  readonly ver: string;
  /** Milliseconds: `iat` is too coarse to tell a token from before a fault from the one asked for right after. */
  readonly sandbox_iat_ms: number;
}

export type Verified =
  | { readonly kind: 'valid'; readonly claims: Claims }
  | { readonly kind: 'expired'; readonly claims: Claims }
  /** `challenge`: the client is told which claims a new token must be asked for with. */
  | { readonly kind: 'revoked'; readonly claims: Claims; readonly challenge: boolean }
  | { readonly kind: 'wrong-audience'; readonly audience: string }
  | { readonly kind: 'malformed' }
  | { readonly kind: 'wrong-signature' };

export interface Tokens {
  /** Seconds that a new token lives. */
  readonly lifetime: number;
  issue(audience: string): string;
  verify(token: string, audiences: readonly string[]): Verified;
  /** No token issued until now is accepted any more; with a claims challenge, as continuous access evaluation does it, or without. */
  revokeAll(challenge: boolean): void;
  /** JSON Web Key Set of the signing key. */
  keys(): unknown;
}

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const withoutSlash = (audience: string): string => audience.replace(/\/+$/u, '').toLowerCase();

/** Signs like Entra's v1 endpoint, which is what ARM is given; lifetimes are real time at any speed. */
export const createTokens = (store: Store, clock: SandboxClock, identity: Identity): Tokens => {
  const kept = store.collection<string>('token-key');
  const revoked = store.collection<{ readonly until: number; readonly challenge: boolean }>('token-revoked');
  const pem =
    kept.get('pem') ??
    generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ type: 'pkcs8', format: 'pem' });
  kept.set('pem', String(pem));
  const privateKey = createPrivateKey(pem);
  const publicKey = createPublicKey(privateKey);
  const kid = identity.tenantId.replaceAll('-', '').slice(0, 27);
  const lifetime = 3599;
  return {
    lifetime,
    issue(audience) {
      const now = Math.floor(clock.now() / 1000);
      const claims: Claims & Record<string, unknown> = {
        aud: audience,
        iss: `https://sts.windows.net/${identity.tenantId}/`,
        iat: now,
        nbf: now,
        exp: now + lifetime,
        appid: identity.clientId,
        appidacr: '1',
        idp: `https://sts.windows.net/${identity.tenantId}/`,
        idtyp: 'app',
        oid: identity.objectId,
        sub: identity.objectId,
        tid: identity.tenantId,
        uti: randomUUID(),
        ver: '1.0',
        xms_cc: ['cp1'],
        sandbox_iat_ms: clock.now(),
      };
      const content = `${encode({ typ: 'JWT', alg: 'RS256', x5t: kid, kid })}.${encode(claims)}`;
      return `${content}.${createSign('RSA-SHA256').update(content).sign(privateKey, 'base64url')}`;
    },
    verify(token, audiences) {
      const [head, body, signature, ...rest] = token.split('.');
      if (head === undefined || body === undefined || signature === undefined || rest.length > 0)
        return { kind: 'malformed' };
      if (!createVerify('RSA-SHA256').update(`${head}.${body}`).verify(publicKey, signature, 'base64url'))
        return { kind: 'wrong-signature' };
      const claims = JSON.parse(Buffer.from(body, 'base64url').toString('utf8')) as Claims;
      if (!audiences.some((audience) => withoutSlash(audience) === withoutSlash(claims.aud))) {
        return { kind: 'wrong-audience', audience: claims.aud };
      }
      if (claims.exp * 1000 <= clock.now()) return { kind: 'expired', claims };
      const last = revoked.get('last');
      // Not later than: a token of the same millisecond may have been issued just before.
      return last !== undefined && claims.sandbox_iat_ms <= last.until
        ? { kind: 'revoked', claims, challenge: last.challenge }
        : { kind: 'valid', claims };
    },
    revokeAll: (challenge) => revoked.set('last', { until: clock.now(), challenge }),
    keys: () => ({ keys: [{ ...publicKey.export({ format: 'jwk' }), use: 'sig', kid, x5t: kid }] }),
  };
};
