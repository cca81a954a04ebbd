import type { AuthKind } from '../config/auth-kinds.ts';
import type { CloudProfile } from '../config/cloud-profile.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

export interface CredentialOptions {
  readonly profile: CloudProfile;
  /** What the user asked for with `--auth`. */
  readonly auth: AuthKind | undefined;
  readonly env: Environment;
  /** Tenant of `--tenant` or the config; the profile's and AZURE_TENANT_ID come after it. */
  readonly tenant: string | undefined;
  /** Without a tenant, the Azure CLI finds the right one of several by the subscription. */
  readonly subscription?: string | undefined;
  /** Somebody sits there who could open a browser. */
  readonly interactive: boolean;
  readonly now: () => number;
  /** Told every secret that is signed in with, so that it is never shown. */
  readonly onSecret?: (secret: string) => void;
  /** Shows Entra's own sentence with the code to type in. */
  readonly onDeviceCode?: (message: string) => void;
}
