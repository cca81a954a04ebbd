import type { Kubernetes, Manifest } from '../kubernetes/kubernetes.ts';

export interface NodeStatus {
  readonly name: string;
  readonly ready: boolean;
  /** Why it is not ready, in the kubelet's words. */
  readonly reason: string | undefined;
  readonly pool: string | undefined;
  readonly kernel: string | undefined;
  readonly version: string | undefined;
}

interface RawNode extends Manifest {
  readonly status?: {
    readonly conditions?: readonly { readonly type: string; readonly status: string; readonly message?: string }[];
    readonly nodeInfo?: { readonly kernelVersion?: string; readonly kubeletVersion?: string };
  };
}

export const readNodes = async (kubernetes: Kubernetes, signal: AbortSignal): Promise<readonly NodeStatus[]> =>
  (await kubernetes.list({ apiVersion: 'v1', kind: 'Node' }, signal)).map((manifest) => {
    const { metadata, status } = manifest as RawNode;
    const condition = status?.conditions?.find(({ type }) => type === 'Ready');
    return {
      name: metadata.name,
      ready: condition?.status === 'True',
      reason: condition?.status === 'True' ? undefined : (condition?.message ?? 'the kubelet has not reported yet'),
      pool: metadata.labels?.['kubernetes.azure.com/agentpool'] ?? metadata.labels?.['agentpool'],
      kernel: status?.nodeInfo?.kernelVersion,
      version: status?.nodeInfo?.kubeletVersion,
    };
  });
