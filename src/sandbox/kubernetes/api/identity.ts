import { createHmac, randomUUID, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { TLSSocket } from 'node:tls';
import type { ObjectStore } from '../objects.ts';
import { effectiveUser } from './access.ts';
import { builtin } from './resource-table.ts';
import type { UserInfo } from './request.ts';

export interface Identities {
  /** Who sends the request, by client certificate or bearer token, or whom that one impersonates; undefined for nobody we know. */
  authenticate(request: IncomingMessage): UserInfo | undefined;
  byToken(token: string): UserInfo | undefined;
  /** A service account's token; `expires` in ms since the epoch. */
  issue(namespace: string, account: string, uid: string, audiences: readonly string[], expires: number): string;
}

interface IdentityOptions {
  readonly store: ObjectStore;
  /** Signs service account tokens. */
  readonly secret: string;
  /** Tokens that stand in kubeconfigs, with who they are. */
  readonly tokens: ReadonlyMap<string, UserInfo>;
  /** Whether those tokens, and the client certificates that stand beside them, let anybody in. */
  readonly localAccounts: () => boolean;
  /** Who a token is by another authority than this cluster. */
  readonly elsewhere: (token: string) => UserInfo | undefined;
  readonly issuer: string;
  readonly now: () => number;
}

const accounts = builtin('serviceaccounts');
const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

export const createIdentities = (options: IdentityOptions): Identities => {
  const { store, secret, tokens, issuer, now } = options;
  const sign = (text: string): string => createHmac('sha256', secret).update(text).digest('base64url');

  const byToken = (token: string): UserInfo | undefined => {
    const fixed = tokens.get(token);
    if (fixed !== undefined) return options.localAccounts() ? fixed : undefined;
    const stranger = options.elsewhere(token);
    if (stranger !== undefined) return stranger;
    const [header = '', payload = '', signature = ''] = token.split('.');
    const expected = sign(`${header}.${payload}`);
    if (signature.length !== expected.length || !timingSafeEqual(Buffer.from(signature), Buffer.from(expected)))
      return undefined;
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as {
      readonly exp: number;
      readonly namespace: string;
      readonly account: string;
      readonly uid: string;
      readonly jti: string;
    };
    const alive = store.get(accounts, claims.namespace, claims.account)?.metadata.uid === claims.uid;
    if (claims.exp * 1000 < now() || !alive) return undefined;
    return {
      username: `system:serviceaccount:${claims.namespace}:${claims.account}`,
      uid: claims.uid,
      groups: ['system:serviceaccounts', `system:serviceaccounts:${claims.namespace}`, 'system:authenticated'],
      extra: { 'authentication.kubernetes.io/credential-id': [`JTI=${claims.jti}`] },
    };
  };

  const callerOf = (request: IncomingMessage): UserInfo | undefined => {
    const bearer = /^Bearer\s+(\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
    if (bearer !== undefined) return byToken(bearer);
    const socket = request.socket as TLSSocket;
    if (!socket.authorized || !options.localAccounts()) return undefined;
    const { CN, O } = socket.getPeerCertificate().subject;
    if (typeof CN !== 'string') return undefined;
    return { username: CN, groups: [...(O === undefined ? [] : [O].flat()), 'system:authenticated'] };
  };

  return {
    byToken,
    authenticate(request) {
      const caller = callerOf(request);
      if (caller === undefined) return undefined;
      const name = request.headers['impersonate-user'];
      const groups = request.headersDistinct['impersonate-group'] ?? [];
      return effectiveUser(store, caller, { name: typeof name === 'string' ? name : undefined, groups });
    },
    issue(namespace, account, uid, audiences, expires) {
      const claims = {
        iss: issuer,
        aud: audiences,
        sub: `system:serviceaccount:${namespace}:${account}`,
        exp: Math.floor(expires / 1000),
        iat: Math.floor(now() / 1000),
        jti: randomUUID(),
        namespace,
        account,
        uid,
      };
      const body = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode(claims)}`;
      return `${body}.${sign(body)}`;
    },
  };
};
