/**
 * Everything a run can be told, complete: defaults are filled in, derived names are computed, addresses are checked.
 * Flags, environment, file and wizard all end here; nothing later asks where a value came from.
 */
export interface Config {
  /** Names the deployment: other names and the owner are derived from it. */
  readonly name: string;
  readonly tenant: string | undefined;
  /** Subscription id (GUID). */
  readonly subscription: string;
  /** Azure region in its short form, for example `uksouth`. */
  readonly location: string;
  readonly resourceGroup: string;
  /** Take over resources that another deployment made. */
  readonly adopt: boolean;
  readonly cluster: ClusterConfig;
  readonly workspace: WorkspaceConfig;
  readonly cilium: ChartConfig;
  readonly tetragon: ChartConfig;
  readonly logs: LogsConfig;
  readonly enforcement: EnforcementConfig;
  readonly detections: DetectionsConfig;
  readonly demo: DemoConfig;
}

export interface ClusterConfig {
  readonly name: string;
  /** Undefined lets AKS choose its default version. */
  readonly kubernetesVersion: string | undefined;
  readonly tier: 'Free' | 'Standard' | 'Premium';
  readonly dnsPrefix: string;
  readonly systemPool: PoolConfig;
  readonly workloadPool: PoolConfig;
  /** IPv4 CIDR of the pods; Cilium gets the same one. */
  readonly podCidr: string;
  readonly serviceCidr: string;
  readonly dnsServiceIP: string;
  /** Undefined chooses the newest tested preview version that the provider lists. */
  readonly apiVersion: string | undefined;
}

export interface PoolConfig {
  readonly vmSize: string;
  readonly count: number;
}

export interface WorkspaceConfig {
  readonly name: string;
  /** Resource id of a workspace to use instead of making one. */
  readonly id: string | undefined;
  readonly location: string;
  /** 30 to 730. */
  readonly retentionDays: number;
}

export interface ChartConfig {
  /** `oci://…` reference without tag, or the path of a .tgz. */
  readonly chart: string;
  readonly version: string;
  /** sha256 of the .tgz, in hex. */
  readonly sha256: string;
  /** YAML file of the user's own Helm values, merged over ours. */
  readonly values: string | undefined;
}

export interface LogsConfig {
  /** Send Hubble's flows to the workspace, too. */
  readonly flows: boolean;
}

export interface EnforcementConfig {
  /** Namespace in which writes to protected files are killed; undefined enforces nowhere. */
  readonly namespace: string | undefined;
}

export interface DetectionsConfig {
  readonly enabled: boolean;
}

export interface DemoConfig {
  readonly enabled: boolean;
}
