import { Problem } from '../errors/problem.ts';
import { text } from './read-json.ts';

const AUDIENCES: Readonly<Record<string, string>> = {
  usgovernment: 'api://AzureADTokenExchangeUSGov',
  china: 'api://AzureADTokenExchangeChina',
};

export interface GithubOptions {
  /** ACTIONS_ID_TOKEN_REQUEST_URL and _TOKEN of a job with `permissions: id-token: write`. */
  readonly url: string;
  readonly token: string;
  /** Name of the cloud profile: each cloud expects an audience of its own. */
  readonly cloud: string;
}

/** Asks GitHub for a new OIDC token of this job, each time that it is called. */
export function githubAssertion({ url, token, cloud }: GithubOptions): () => Promise<string> {
  return async () => {
    const asked = new URL(url);
    asked.searchParams.set('audience', AUDIENCES[cloud] ?? 'api://AzureADTokenExchange');
    const response = await fetch(asked, {
      headers: { authorization: `Bearer ${token}`, accept: 'application/json' },
      signal: AbortSignal.timeout(30_000),
    });
    const assertion = response.ok ? text(await response.json(), 'value') : undefined;
    if (assertion !== undefined) return assertion;
    throw new Problem(`GitHub gave this job no OIDC token (HTTP ${response.status}).`, {
      kind: 'sign-in',
      code: 'github-oidc',
      hint: 'Give the job `permissions: id-token: write`.',
    });
  };
}
