import { readFile } from 'node:fs/promises';
import type { TokenCredential } from '@azure/core-auth';
import type { AuthKind } from '../config/auth-kinds.ts';
import { Problem } from '../errors/problem.ts';
import type { Connection } from './connection.ts';
import type { CredentialOptions } from './credential-options.ts';
import { githubAssertion } from './github-assertion.ts';
import { silencePolicy } from './silence.ts';

export interface MakeOptions extends CredentialOptions {
  readonly tenantId: string | undefined;
  readonly connection: Connection;
}

export interface Made {
  readonly credential: TokenCredential;
  /** For example `client secret of application …`. */
  readonly who: string;
}

const SECRET_VARIABLES = [
  'AZURE_CLIENT_SECRET',
  'AZURE_CLIENT_CERTIFICATE_PASSWORD',
  'ACTIONS_ID_TOKEN_REQUEST_TOKEN',
] as const;

/** The credential of one kind. Throws a sign-in `Problem` that names what is missing for it. */
export async function makeCredential(kind: AuthKind, options: MakeOptions): Promise<Made> {
  const { profile, env, connection, onSecret = () => undefined } = options;
  const common = {
    ...connection.options,
    authorityHost: profile.authorityHost,
    // Microsoft's instance discovery knows no authority but its own.
    disableInstanceDiscovery: profile.privateAuthority,
    additionalPolicies: [{ policy: await silencePolicy(), position: 'perRetry' as const }],
  };
  const identity = await import('@azure/identity');
  const tenant = (): string => need(options.tenantId, kind, 'the tenant (`--tenant` or AZURE_TENANT_ID)');
  const variable = (name: string): string => need(env[name], kind, name);
  const clientId = (): string => variable('AZURE_CLIENT_ID');
  for (const name of SECRET_VARIABLES) onSecret(env[name] ?? '');
  switch (kind) {
    case 'profile': {
      const named = profile.credential;
      if (named === undefined) throw incomplete(kind, `a credential in the cloud profile ${profile.name}`);
      const secret = await readSecret(named.clientSecretFile);
      onSecret(secret);
      return {
        who: `client secret of application ${named.clientId}`,
        credential: new identity.ClientSecretCredential(tenant(), named.clientId, secret, common),
      };
    }
    case 'client-secret':
      return {
        who: `client secret of application ${clientId()}`,
        credential: new identity.ClientSecretCredential(tenant(), clientId(), variable('AZURE_CLIENT_SECRET'), common),
      };
    case 'client-certificate': {
      const certificate = {
        certificatePath: variable('AZURE_CLIENT_CERTIFICATE_PATH'),
        certificatePassword: env['AZURE_CLIENT_CERTIFICATE_PASSWORD'] ?? '',
      };
      return {
        who: `client certificate of application ${clientId()}`,
        credential: new identity.ClientCertificateCredential(tenant(), clientId(), certificate, common),
      };
    }
    case 'workload-identity':
      return {
        who: `workload identity of application ${clientId()}`,
        credential: new identity.WorkloadIdentityCredential({
          ...common,
          tenantId: tenant(),
          clientId: clientId(),
          tokenFilePath: variable('AZURE_FEDERATED_TOKEN_FILE'),
        }),
      };
    case 'managed-identity': {
      const own = env['AZURE_CLIENT_ID'];
      return {
        who: own === undefined ? 'system-assigned managed identity' : `managed identity ${own}`,
        // The metadata service is plain http on the machine itself: neither the CA nor the authority concern it.
        credential: new identity.ManagedIdentityCredential(own === undefined ? {} : { clientId: own }),
      };
    }
    case 'github-oidc': {
      // A fresh assertion for each token: the workflow's own one is over after minutes, the run is not.
      const assertion = githubAssertion({
        url: variable('ACTIONS_ID_TOKEN_REQUEST_URL'),
        token: variable('ACTIONS_ID_TOKEN_REQUEST_TOKEN'),
        cloud: profile.name,
      });
      return {
        who: `GitHub OIDC as application ${clientId()}`,
        credential: new identity.ClientAssertionCredential(tenant(), clientId(), assertion, common),
      };
    }
    case 'azure-cli':
      return {
        who: 'Azure CLI',
        credential: new identity.AzureCliCredential({ processTimeoutInMs: 60_000, ...accountOf(options) }),
      };
    case 'device-code':
      return {
        who: 'device code',
        credential: new identity.DeviceCodeCredential({
          ...common,
          ...(options.tenantId === undefined ? {} : { tenantId: options.tenantId }),
          userPromptCallback: ({ message }) => options.onDeviceCode?.(message),
        }),
      };
    default:
      return kind satisfies never;
  }
}

/** az takes a tenant or a subscription, and refuses both at once. */
function accountOf({ tenantId, subscription }: MakeOptions): { tenantId: string } | { subscription: string } | object {
  if (tenantId !== undefined) return { tenantId };
  return subscription === undefined ? {} : { subscription };
}

function need(value: string | undefined, kind: AuthKind, what: string): string {
  if (value !== undefined && value !== '') return value;
  throw incomplete(kind, what);
}

const incomplete = (kind: AuthKind, what: string): Problem =>
  new Problem(`Signing in by ${kind} needs ${what}, which is missing.`, {
    kind: 'sign-in',
    code: 'credential-incomplete',
  });

async function readSecret(file: string): Promise<string> {
  try {
    const secret = (await readFile(file, 'utf8')).trim();
    if (secret !== '') return secret;
  } catch (error) {
    throw new Problem(`The client secret file ${file} cannot be read.`, {
      kind: 'sign-in',
      code: 'secret-file',
      cause: error,
    });
  }
  throw new Problem(`The client secret file ${file} is empty.`, { kind: 'sign-in', code: 'secret-file' });
}
