/** Ways to sign in, as `--auth` takes them. */
export const AUTH_KINDS = [
  'profile',
  'client-secret',
  'client-certificate',
  'workload-identity',
  'managed-identity',
  'github-oidc',
  'azure-cli',
  'device-code',
] as const;

export type AuthKind = (typeof AUTH_KINDS)[number];
