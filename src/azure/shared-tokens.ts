import type { AccessToken, GetTokenOptions, TokenCredential } from '@azure/core-auth';
import { Problem } from '../errors/problem.ts';

/** Tokens this close to their end are not handed out any more, in milliseconds. */
const MARGIN = 5 * 60_000;

/**
 * One token for everybody who asks for the same scope: each SDK client would otherwise ask by itself,
 * and the Azure CLI takes up to a second for each answer.
 */
export function shareTokens(
  credential: TokenCredential,
  now: () => number,
  explain: (error: unknown) => Promise<Problem>,
): TokenCredential {
  const known = new Map<string, Promise<AccessToken>>();
  const fresh = async (scopes: string | string[], options: GetTokenOptions): Promise<AccessToken> => {
    // Others wait for the same answer: one caller's abort must not take it from them.
    const { abortSignal: _, ...rest } = options;
    try {
      const token = await credential.getToken(scopes, rest);
      if (token !== null) return token;
    } catch (error) {
      throw await explain(error);
    }
    throw new Problem('The sign-in gave no access token.', { kind: 'sign-in', code: 'no-token' });
  };
  return {
    async getToken(scopes, options = {}) {
      const key = JSON.stringify([scopes, options.claims, options.tenantId]);
      const held = known.get(key);
      if (held !== undefined) {
        const token = await held.catch(() => undefined);
        if (token !== undefined && token.expiresOnTimestamp - MARGIN > now()) return token;
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
