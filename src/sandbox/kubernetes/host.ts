/**
 * Where ARM's side of the sandbox meets its Kubernetes side: ARM decides that a cluster exists and what it is made of,
 * the host runs one API server with its controllers for each cluster.
 */
export interface ClusterSpec {
  /** ARM id as first written; compared without case. */
  readonly id: string;
  readonly name: string;
  readonly location: string;
  /** Host name of the API server as ARM reports it, for example `lab-1a2b3c4d.hcp.uksouth.azmk8s.io`. */
  readonly fqdn: string;
  readonly kubernetesVersion: string;
  readonly networkPlugin: string;
  /** Undefined where the request had none: AKS then reports none, too. */
  readonly podCidr: string | undefined;
  readonly serviceCidr: string;
  readonly dnsServiceIP: string;
  /** Whether AKS runs its own kube-proxy DaemonSet. */
  readonly kubeProxy: boolean;
  /** Resource id of the workspace where omsagent is on. */
  readonly logAnalyticsWorkspaceId: string | undefined;
  readonly localAccounts: boolean;
  /** Where users come from Entra ID: groups whose members are cluster-admin, and whether Azure's roles count in the cluster. */
  readonly entra?: { readonly adminGroups: readonly string[]; readonly azureRbac: boolean };
  readonly pools: readonly PoolSpec[];
}

export interface PoolSpec {
  readonly name: string;
  readonly mode: 'System' | 'User';
  readonly count: number;
  readonly vmSize: string;
  readonly osSku: string;
  /** `key=value:Effect`. */
  readonly taints: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
}

/** What ARM must know of a cluster that the sandbox did not make. */
export interface RealCluster {
  /** Where the cluster's own nodes reach its API server: a bare host name or address. */
  readonly host: string;
  /** `1.35.4` */
  readonly kubernetesVersion: string;
  readonly nodes: number;
}

export interface ClusterHost {
  /** Only where one real cluster is all that this host has. */
  real?(): RealCluster;
  /**
   * Makes the cluster's Kubernetes what the spec says: starts its API server (the same port again after a restart where it is free),
   * joins and removes nodes, starts or removes kube-proxy. Idempotent. Existing objects stay.
   */
  ensure(spec: ClusterSpec): Promise<void>;
  /** Kubeconfig text with client certificate and token, as listClusterUserCredential answers it without Entra. Throws for an unknown cluster. */
  kubeconfig(id: string, user: 'clusterUser' | 'clusterAdmin'): string;
  /** The same for the sandbox itself, which local accounts that are switched off do not keep out; not there where they always do. */
  ownKubeconfig?(id: string): string;
  /** Lets the cluster's etcd forget at once what has been, as it does every five minutes: who goes on from there is told 410. */
  compact?(id: string): void;
  /** Ends the API server and forgets every object. Unknown ids are fine. */
  remove(id: string): Promise<void>;
  /** Closes every listener; state stays on disk. */
  close(): Promise<void>;
}
