import type { AuthKind } from '../config/auth-kinds.ts';
import { Problem } from '../errors/problem.ts';
import { openConnection, type Connection } from './connection.ts';
import type { CredentialOptions } from './credential-options.ts';
import { explainSignIn } from './explain-sign-in.ts';
import { makeCredential } from './make-credential.ts';
import { isOnPath } from './on-path.ts';
import { shareTokens, type SharedCredential } from './shared-tokens.ts';

export interface ChosenCredential {
  readonly kind: AuthKind;
  /** Which credential and why, in one line for people. */
  readonly says: string;
  readonly tenantId: string | undefined;
  readonly credential: SharedCredential;
  readonly connection: Connection;
}

/**
 * Chooses one credential, once: what is chosen is said, and when it fails nothing else is tried in silence.
 * Throws a sign-in `Problem` where nothing can be chosen or what was asked for is incomplete.
 */
export async function chooseCredential(options: CredentialOptions): Promise<ChosenCredential> {
  const { profile, env } = options;
  const tenantId = options.tenant ?? profile.tenantId ?? env['AZURE_TENANT_ID'];
  const [kind, because] = options.auth === undefined ? await chooseKind(options) : [options.auth, '--auth says so'];
  const connection = await openConnection(profile);
  const make = () => makeCredential(kind, { ...options, tenantId, connection });
  // Made at once, so that what is missing for it is said now and not at the first request.
  const first = await make();
  let unused: typeof first | undefined = first;
  const explain = (error: unknown): Promise<Problem> => explainSignIn(error, { profile, tenantId, connection });
  const next = async () => {
    const { credential } = unused ?? (await make());
    unused = undefined;
    return credential;
  };
  return {
    kind,
    says: `${first.who}, because ${because}`,
    tenantId,
    credential: shareTokens(next, { now: options.now, explain }),
    connection,
  };
}

async function chooseKind({ profile, env, interactive }: CredentialOptions): Promise<readonly [AuthKind, string]> {
  const has = (...names: readonly string[]): boolean => names.every((name) => (env[name] ?? '') !== '');
  if (profile.credential !== undefined) return ['profile', `the cloud profile ${profile.name} names it`];
  if (has('ACTIONS_ID_TOKEN_REQUEST_URL', 'ACTIONS_ID_TOKEN_REQUEST_TOKEN', 'AZURE_CLIENT_ID')) {
    return ['github-oidc', 'this is a GitHub workflow with id-token: write'];
  }
  if (has('AZURE_FEDERATED_TOKEN_FILE', 'AZURE_CLIENT_ID'))
    return ['workload-identity', 'AZURE_FEDERATED_TOKEN_FILE is set'];
  if (has('AZURE_CLIENT_ID', 'AZURE_CLIENT_SECRET')) return ['client-secret', 'AZURE_CLIENT_SECRET is set'];
  if (has('AZURE_CLIENT_ID', 'AZURE_CLIENT_CERTIFICATE_PATH')) {
    return ['client-certificate', 'AZURE_CLIENT_CERTIFICATE_PATH is set'];
  }
  if (await isOnPath('az', env)) return ['azure-cli', 'az is on PATH and nothing else is configured'];
  if (interactive) return ['device-code', 'az is not on PATH and nothing else is configured'];
  throw new Problem(
    'There is no way to sign in to Azure: no az on PATH, and no service principal in the environment.',
    {
      kind: 'sign-in',
      code: 'no-credential',
      hint: 'Run `az login`, set AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET, or choose with `--auth`.',
    },
  );
}
