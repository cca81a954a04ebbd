import type { ErrorRule } from './error-rule.ts';

const SIGN_IN_AGAIN = 'Sign in again with `az login --tenant {tenant}`, then run the same command.';
const SIGN_IN_AGAIN_ANYWHERE = 'Sign in again with `az login`, then run the same command.';

/** Microsoft Entra ID and the credential classes of @azure/identity. */
export const ENTRA_RULES: readonly ErrorRule[] = [
  {
    codes: ['AADSTS7000215'],
    kind: 'sign-in',
    says: [
      'Microsoft Entra ID refused the client secret of application {application}.',
      'Microsoft Entra ID refused the client secret.',
    ],
    do: ['Give the value of the secret, not its id; `az ad app credential reset --id <application>` makes a new one.'],
    link: 'https://learn.microsoft.com/entra/identity-platform/reference-error-codes',
  },
  {
    codes: ['AADSTS7000222'],
    kind: 'sign-in',
    says: [
      'The client secret of application {application} has expired.',
      'The client secret of the application has expired.',
    ],
    do: ['Make a new one with `az ad app credential reset --id <application>`.'],
  },
  {
    codes: ['AADSTS700016', 'unauthorized_client'],
    kind: 'sign-in',
    says: [
      'Application {application} does not exist in tenant {tenant}.',
      'The application does not exist in this tenant.',
    ],
    do: ['Check AZURE_CLIENT_ID and the tenant (`--tenant`, AZURE_TENANT_ID).'],
  },
  {
    codes: ['AADSTS90002', 'AADSTS900021', 'AADSTS900023', 'AADSTS900971'],
    kind: 'sign-in',
    says: ['There is no tenant {tenant} in this cloud.', 'There is no such tenant in this cloud.'],
    do: ['Check the tenant id (`az account show --query tenantId`) and `--cloud`.'],
  },
  {
    codes: ['AADSTS700024'],
    kind: 'sign-in',
    says: ['The federated token is outside its time of validity.'],
    do: ['Run again, so that a fresh token is asked for; check the clock of this machine if it comes back.'],
  },
  {
    codes: ['AADSTS70021', 'AADSTS700211', 'AADSTS700212', 'AADSTS700213', 'AADSTS70025'],
    kind: 'sign-in',
    says: ['The application trusts no federated identity with the issuer, subject and audience of this token.'],
    do: [
      'Add one with `az ad app federated-credential create`, with the subject of this workflow or service account exactly as it is.',
    ],
    link: 'https://learn.microsoft.com/entra/workload-id/workload-identity-federation',
  },
  {
    codes: ['AADSTS50076', 'AADSTS50079', 'AADSTS50078', 'AADSTS50158'],
    kind: 'sign-in',
    says: ['The tenant wants multi-factor authentication for this sign-in.'],
    do: [SIGN_IN_AGAIN, SIGN_IN_AGAIN_ANYWHERE],
  },
  {
    codes: ['AADSTS53003', 'AADSTS53000', 'AADSTS530003', 'AADSTS53001'],
    kind: 'sign-in',
    says: ['Conditional access of the tenant does not allow this sign-in.'],
    do: ['Sign in from a device and network that the tenant allows, or use a service principal.'],
  },
  {
    codes: [
      'AADSTS700082',
      'AADSTS70043',
      'AADSTS70008',
      'AADSTS50173',
      'AADSTS50132',
      'AADSTS700084',
      'invalid_grant',
    ],
    kind: 'sign-in',
    says: ['The sign-in has expired or was revoked.'],
    do: [SIGN_IN_AGAIN, SIGN_IN_AGAIN_ANYWHERE],
  },
  {
    codes: ['AADSTS500011', 'AADSTS65001', 'AADSTS650057'],
    kind: 'sign-in',
    says: ['The tenant does not know the service that the token was asked for: {message}'],
    do: ['Check `--cloud`: its endpoints and audiences belong together.'],
  },
  {
    codes: ['invalid_client', 'AADSTS7000216', 'AADSTS7000218', 'AADSTS700027'],
    kind: 'sign-in',
    says: ['Microsoft Entra ID refused the credential of the application.'],
    do: ['Check AZURE_CLIENT_ID and its secret, certificate or federated credential.'],
  },
  {
    codes: ['authority-not-trusted'],
    kind: 'sign-in',
    says: ['The certificate of the sign-in service {authority} is not signed by a CA that this machine trusts.'],
    do: [
      "Name the CA's PEM file as `caFile` in the cloud profile, or start again with NODE_EXTRA_CA_CERTS=<file> where a proxy opens TLS.",
    ],
  },
  {
    codes: ['authority-unreachable', 'endpoints_resolution_error', 'openid_config_error'],
    kind: 'transient',
    as: 'authority-unreachable',
    says: ['The sign-in service {authority} cannot be reached.', 'The sign-in service cannot be reached.'],
    do: ['Check the network, the proxy (HTTPS_PROXY) and the cloud (`--cloud`).'],
  },
  {
    message: /Azure CLI could not be found|spawn az ENOENT/i,
    kind: 'sign-in',
    as: 'azure-cli-missing',
    says: ['The Azure CLI is not on PATH, so it cannot sign in.'],
    do: ['Install it (https://aka.ms/azcli) and run `az login`, or choose another way with `--auth`.'],
  },
  {
    message: /az login|az account set|No subscription found|not logged in/i,
    codes: ['CredentialUnavailableError', 'AuthenticationRequiredError'],
    kind: 'sign-in',
    as: 'azure-cli-signed-out',
    says: ['The Azure CLI is not signed in to this tenant.'],
    do: [SIGN_IN_AGAIN, SIGN_IN_AGAIN_ANYWHERE],
  },
  {
    codes: ['CredentialUnavailableError', 'AuthenticationRequiredError', 'AuthenticationError'],
    kind: 'sign-in',
    as: 'sign-in-failed',
    says: ['The sign-in did not succeed: {message}'],
    do: ['Choose the way to sign in with `--auth`; `az login` is the simplest.'],
  },
];
