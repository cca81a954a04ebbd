/**
 * What differs from one Azure cloud to another, and nothing else: the product knows no sandbox, only profiles.
 * Built in for the public and sovereign clouds, read from `profile.json` for a private one.
 */
export interface CloudProfile {
  readonly name: string;
  /** Without a trailing slash. */
  readonly armEndpoint: string;
  /** Tokens are asked for `<armAudience without trailing slash>/.default`. */
  readonly armAudience: string;
  readonly authorityHost: string;
  /** An authority of its own is not in Microsoft's instance discovery. */
  readonly privateAuthority: boolean;
  readonly logsEndpoint: string;
  readonly logsAudience: string;
  readonly portal: string;
  /** PEM file of the CA that signs the endpoints, where it is not a public one. */
  readonly caFile: string | undefined;
  /** How often a running operation is asked for, in milliseconds. */
  readonly pollIntervalMs: number;
  readonly subscriptionId: string | undefined;
  readonly tenantId: string | undefined;
  readonly location: string | undefined;
  readonly credential: ProfileCredential | undefined;
  readonly charts: { readonly cilium?: PinnedChart; readonly tetragon?: PinnedChart };
  /** Deleting a managed cluster here deletes neither its nodes nor what runs on them. */
  readonly clustersOutliveDeletion?: boolean;
  /** Lines that a run prints before it starts, word for word. */
  readonly notes: readonly string[];
}

export interface ProfileCredential {
  readonly kind: 'client-secret';
  readonly clientId: string;
  readonly clientSecretFile: string;
}

export interface PinnedChart {
  readonly reference: string;
  readonly version: string;
  readonly sha256: string;
}
