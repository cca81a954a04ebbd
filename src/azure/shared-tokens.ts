import type { AccessToken, GetTokenOptions, TokenCredential } from '@azure/core-auth';
import { Problem } from '../errors/problem.ts';

/** Tokens this close to their end are not handed out any more, in milliseconds. */
const MARGIN = 5 * 60_000;

/** One credential for all clients of a run. */
export interface SharedCredential extends TokenCredential {
  /** The service does not take this token any more: the next one comes from a new sign-in, past every cache. */
  refuse(token: string): void;
  isRefused(token: string): boolean;
}

export interface ShareOptions {
  readonly now: () => number;
  /** Turns what a credential throws into words. */
  readonly explain: (error: unknown) => Promise<Problem>;
}

/**
 * One token for everybody who asks for the same scope: each SDK client would otherwise ask by itself,
 * and the Azure CLI takes up to a second for each answer. `make` is called again where a token was refused,
 * because a credential of @azure/identity goes on handing out what it has cached.
 */
export function shareTokens(make: () => Promise<TokenCredential>, { now, explain }: ShareOptions): SharedCredential {
  const known = new Map<string, Promise<AccessToken>>();
  const refused = new Set<string>();
  let made: Promise<TokenCredential> | undefined;
  const fresh = async (scopes: string | string[], options: GetTokenOptions): Promise<AccessToken> => {
    // Others wait for the same answer: one caller's abort must not take it from them.
    const { abortSignal: _, ...rest } = options;
    try {
      made ??= make();
      const token = await (await made).getToken(scopes, rest);
      if (token !== null) return token;
    } catch (error) {
      throw await explain(error);
    }
    throw new Problem('The sign-in gave no access token.', { kind: 'sign-in', code: 'no-token' });
  };
  return {
    isRefused: (token) => refused.has(token),
    refuse(token) {
      // Of many who were refused with the same token, only the first one starts a new sign-in.
      if (refused.has(token)) return;
      refused.add(token);
      known.clear();
      made = undefined;
    },
    async getToken(scopes, options = {}) {
      const key = JSON.stringify([[scopes].flat(), options.claims, options.tenantId]);
      const held = known.get(key);
      if (held !== undefined) {
        const token = await unlessAborted(held, options.abortSignal).catch(() => undefined);
        if (token !== undefined && token.expiresOnTimestamp - MARGIN > now() && !refused.has(token.token)) return token;
        if (known.get(key) === held) known.delete(key);
      }
      const asked = known.get(key) ?? fresh(scopes, options);
      known.set(key, asked);
      return unlessAborted(asked, options.abortSignal);
    },
  };
}

/** Leaves at once when its own caller stops, and the question to those who still wait for it. */
function unlessAborted<T>(work: Promise<T>, signal: GetTokenOptions['abortSignal']): Promise<T> {
  if (signal === undefined) return work;
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(new DOMException('The wait for an access token was stopped.', 'AbortError'));
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop);
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}
