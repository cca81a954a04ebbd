import {
  createPrivateKey,
  createPublicKey,
  createSign,
  createVerify,
  generateKeyPairSync,
  randomUUID,
} from 'node:crypto';
import type { SandboxClock } from '../clock.ts';
import type { Identity } from '../identity.ts';
import type { Principal } from './principals.ts';
import type { Store } from '../store.ts';

export interface Claims {
  readonly aud: string;
  readonly iss: string;
  /** Seconds since the epoch. */
  readonly iat: number;
  readonly nbf: number;
  readonly exp: number;
  /** Application that asked. */
  readonly appid: string;
  readonly oid: string;
  readonly tid: string;
  readonly sub: string;
  readonly ver: string;
  readonly upn?: string;
  readonly groups?: readonly string[];
  /** `cp1` where the client said that it understands claims challenges. */
  readonly xms_cc?: readonly string[];
  /** Milliseconds: `iat` is too coarse to tell a token from before a fault from the one asked for right after. */
  readonly sandbox_iat_ms: number;
  /** Seconds: the `nbf` of the claims challenge that the token was asked for with. */
  readonly sandbox_challenge?: number;
}

export type Verified =
  | { readonly kind: 'valid'; readonly claims: Claims }
  | { readonly kind: 'expired'; readonly claims: Claims }
  | { readonly kind: 'not-yet-valid'; readonly claims: Claims }
  | { readonly kind: 'revoked'; readonly claims: Claims }
  /** The client is told from when on a new token has to be, in seconds since the epoch. */
  | { readonly kind: 'challenged'; readonly claims: Claims; readonly notBefore: number }
  | { readonly kind: 'wrong-audience'; readonly audience: string }
  | { readonly kind: 'malformed' }
  | { readonly kind: 'wrong-signature' };

export interface TokenOptions {
  /** By default the sandbox's own tenant. */
  readonly tenantId?: string;
  /** Seconds until the token is good; 0 unless said otherwise. */
  readonly goodIn?: number;
  /** Seconds that it lives, in place of the usual hour. */
  readonly lifetime?: number;
  /** What the client says it understands: `cp1`. */
  readonly capabilities?: readonly string[];
  /** `nbf` of a claims challenge, in seconds since the epoch. */
  readonly challenge?: number | undefined;
}

export interface Tokens {
  /** Seconds that a new token lives. */
  readonly lifetime: number;
  issue(audience: string, principal: Principal, options?: TokenOptions): string;
  verify(token: string, audiences: readonly string[]): Verified;
  /** No token issued until now is accepted any more; with a claims challenge, as continuous access evaluation does it, or without. */
  revokeAll(challenge: boolean): void;
  /** JSON Web Key Set of the signing key. */
  keys(): unknown;
}

interface Revocation {
  readonly until: number;
  readonly challenge: boolean;
}

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const withoutSlash = (audience: string): string => audience.replace(/\/+$/u, '').toLowerCase();

/** Signs like Entra's v1 endpoint, which is what ARM is given; lifetimes are real time at any speed. */
export const createTokens = (store: Store, clock: SandboxClock, identity: Identity): Tokens => {
  const kept = store.collection<string>('token-key');
  const revoked = store.collection<Revocation>('token-revoked');
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
    issue(audience, principal, options = {}) {
      const now = Math.floor(clock.now() / 1000) + (options.goodIn ?? 0);
      const { tenantId = identity.tenantId, capabilities = [], challenge } = options;
      const issuer = `https://sts.windows.net/${tenantId}/`;
      const claims: Claims & Record<string, unknown> = {
        aud: audience,
        iss: issuer,
        iat: now,
        nbf: now,
        exp: now + (options.lifetime ?? lifetime),
        // What people sign in with is az's own application.
        appid: principal.clientId ?? '04b07795-8ddb-461a-bbee-02f9e1bf7b46',
        appidacr: principal.clientId === undefined ? '0' : '1',
        idp: issuer,
        idtyp: principal.type === 'User' ? 'user' : 'app',
        oid: principal.objectId,
        sub: principal.objectId,
        tid: tenantId,
        uti: randomUUID(),
        ver: '1.0',
        ...(principal.type === 'User' ? { upn: principal.displayName } : {}),
        ...(principal.groups.length === 0 ? {} : { groups: principal.groups }),
        ...(capabilities.length === 0 ? {} : { xms_cc: capabilities }),
        ...(challenge === undefined ? {} : { sandbox_challenge: challenge }),
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
      if (claims.nbf * 1000 > clock.now()) return { kind: 'not-yet-valid', claims };
      return judge(claims, revoked.get('last'));
    },
    revokeAll: (challenge) => revoked.set('last', { until: clock.now(), challenge }),
    keys: () => ({ keys: [{ ...publicKey.export({ format: 'jwk' }), use: 'sig', kid, x5t: kid }] }),
  };
};

/**
 * A session that was ended takes the tokens of clients that understand challenges with it: they are good again once they were asked
 * for with the claims of the challenge, and not merely asked for again. Other clients keep their tokens until they expire.
 */
const judge = (claims: Claims, last: Revocation | undefined): Verified => {
  if (last === undefined) return { kind: 'valid', claims };
  // Not later than: a token of the same millisecond may have been issued just before.
  if (!last.challenge)
    return claims.sandbox_iat_ms <= last.until ? { kind: 'revoked', claims } : { kind: 'valid', claims };
  const notBefore = Math.ceil(last.until / 1000);
  const asked = claims.sandbox_challenge ?? 0;
  return claims.xms_cc?.includes('cp1') === true && asked < notBefore
    ? { kind: 'challenged', claims, notBefore }
    : { kind: 'valid', claims };
};
