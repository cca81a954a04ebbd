import type { Kubernetes } from '../kubernetes/kubernetes.ts';

/** What a step that only has to be done tells the others: that it is. */
export type Done = Readonly<Record<string, never>>;

export const done: Done = {};

export interface WorkspaceOutput {
  readonly id: string;
  /** GUID that queries name the workspace by. */
  readonly customerId: string;
  readonly location: string;
}

export interface ClusterOutput {
  readonly id: string;
  /** API server host without scheme or port: Cilium wants it bare. */
  readonly fqdn: string;
  readonly podCidr: string;
  readonly nodeCount: number;
  readonly entra: boolean;
  readonly kubeProxy: 'on' | 'off';
}

export interface AccessOutput {
  readonly kubernetes: Kubernetes;
  /** For helm, in a file that lives as long as the call. */
  readonly kubeconfig: string;
}

/** What each step gives to those that need it. */
export interface Outputs {
  readonly providers: Done;
  readonly 'preview-feature': Done;
  readonly 'resource-group': { readonly id: string };
  readonly workspace: WorkspaceOutput;
  readonly 'log-table': Done;
  readonly sentinel: Done;
  readonly 'data-collection': { readonly id: string };
  readonly cluster: ClusterOutput;
  readonly 'cluster-access': AccessOutput;
  readonly 'kube-proxy': Done;
  readonly cilium: Done;
  readonly nodes: Done;
  readonly tetragon: Done;
  readonly 'log-settings': Done;
  readonly association: Done;
  readonly 'tracing-policies': Done;
  readonly functions: Done;
  readonly rules: Done;
  readonly 'demo-app': Done;
}
