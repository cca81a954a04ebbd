import type { ProvisioningState, Tags } from './resource-facts.ts';

export interface AgentPool {
  readonly name: string;
  readonly mode: string;
  readonly vmSize: string;
  readonly count: number;
  readonly taints: readonly string[];
  readonly provisioningState: ProvisioningState;
}

export interface Cluster {
  readonly id: string;
  readonly name: string;
  readonly location: string;
  readonly tags: Tags;
  readonly etag: string | undefined;
  readonly provisioningState: ProvisioningState;
  /** `Running` or `Stopped`. */
  readonly powerState: string | undefined;
  /** Host of the API server, bare; undefined until AKS has given it. */
  readonly fqdn: string | undefined;
  readonly kubernetesVersion: string;
  readonly nodeResourceGroup: string;
  readonly pools: readonly AgentPool[];
  readonly networkPlugin: string;
  readonly podCidr: string | undefined;
  readonly serviceCidr: string | undefined;
  readonly dnsServiceIP: string | undefined;
  /** What the control plane says of kube-proxy; an old preview answers `{}` for off, and no stable version tells at all. */
  readonly kubeProxy: 'on' | 'off';
  /** Workspace of the omsagent add-on, where it is on. */
  readonly monitoringWorkspaceId: string | undefined;
  readonly localAccountsDisabled: boolean;
  readonly entra: boolean;
}

export interface ClusterBody {
  readonly location: string;
  readonly tags: Tags;
  readonly sku: { readonly name: 'Base'; readonly tier: string };
  readonly identity: { readonly type: 'SystemAssigned' };
  readonly properties: Readonly<Record<string, unknown>>;
}

/** `token` names the running operation: it holds a signed URL, so it belongs in the journal and nowhere else. */
export type Submitted = { readonly kind: 'accepted'; readonly token: string | undefined } | { readonly kind: 'exists' };

/** `refused`: it was over already, or cannot be aborted; `says` is AKS's own sentence. */
export type Aborted = { readonly kind: 'accepted' } | { readonly kind: 'refused'; readonly says: string };

export interface Clusters {
  /** The preview api-version that bodies are sent with. */
  bodyApiVersion(signal: AbortSignal): Promise<string>;
  /** With the preview api-version, because only that tells of kube-proxy. */
  find(resourceGroup: string, name: string, signal: AbortSignal): Promise<Cluster | undefined>;
  /** Returns as soon as the service has accepted; 412 on `If-None-Match: *` is `exists`, not an error. */
  create(resourceGroup: string, name: string, body: ClusterBody, signal: AbortSignal): Promise<Submitted>;
  /**
   * PUT over an existing cluster: a failed create's own cure, and agreed drift. What the body does not name stays as it is.
   * `etag` undefined sends no precondition.
   */
  update(
    resourceGroup: string,
    name: string,
    body: ClusterBody,
    etag: string | undefined,
    signal: AbortSignal,
  ): Promise<Submitted>;
  /** GET, change, PUT with the etag that the GET saw. Throws kind `conflict` while another operation runs. */
  disableKubeProxy(resourceGroup: string, name: string, signal: AbortSignal): Promise<Submitted>;
  /** PATCH of the tags alone. */
  tag(resourceGroup: string, name: string, tags: Tags, etag: string | undefined, signal: AbortSignal): Promise<void>;
  /**
   * Waits for an operation. Resolves when the service says it is over in any good way or its record is gone: the probe decides.
   * Throws `Problem` with the operation's own code where it failed.
   */
  watch(token: string, progress: (detail: string) => void, signal: AbortSignal): Promise<void>;
  /** Kubernetes versions that AKS offers in a region, minors and patches alike: `1.36`, `1.36.3`. */
  versions(location: string, signal: AbortSignal): Promise<readonly string[]>;
  /** Kubeconfig as AKS gives it. */
  kubeconfig(resourceGroup: string, name: string, signal: AbortSignal): Promise<string>;
  /** Bearer token for an Entra cluster's API server. */
  entraToken(signal: AbortSignal): Promise<string>;
  /** Aborts the operation that runs on the cluster. Returns as soon as AKS has accepted: it ends Canceled some time later. */
  abort(resourceGroup: string, name: string, signal: AbortSignal): Promise<Aborted>;
  delete(resourceGroup: string, name: string, signal: AbortSignal): Promise<Submitted>;
}
