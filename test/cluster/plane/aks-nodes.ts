import { createHash } from 'node:crypto';

/** How many nodes the two pools have. */
export interface PlaneNodes {
  readonly system: number;
  readonly user: number;
}

/** Where every kubelet listens. */
export const kubeletPort = 10_250;

/** Keeps pods off a node until Cilium's agent there runs; Cilium takes it off. */
export const agentNotReady = { key: 'node.cilium.io/agent-not-ready', value: 'true', effect: 'NoExecute' };

const region = 'westeurope';
const size = 'Standard_D4s_v5';
const nodeGroup = 'MC_rg-plane_plane_westeurope';
const subscription = '00000000-0000-0000-0000-000000000000';

/** Nodes as AKS makes them, before a kubelet has said anything: names, labels, taints, providerID, addresses, sizes. */
export const aksNodes = ({ system, user }: PlaneNodes, taints: readonly object[]): readonly object[] => [
  ...Array.from({ length: system }, (_, index) => nodeOf('systempool', 'system', index, index, taints)),
  ...Array.from({ length: user }, (_, index) => nodeOf('userpool', 'user', index, system + index, taints)),
];

const nodeOf = (
  pool: string,
  mode: 'system' | 'user',
  index: number,
  ordinal: number,
  taints: readonly object[],
): object => {
  const scaleSet = `aks-${pool}-10000001-vmss`;
  const name = `${scaleSet}${index.toString(36).padStart(6, '0')}`;
  const zone = `${region}-${(index % 3) + 1}`;
  const id = createHash('sha256').update(name).digest('hex').slice(0, 32);
  const uuid = id.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name,
      labels: {
        agentpool: pool,
        'beta.kubernetes.io/arch': 'amd64',
        'beta.kubernetes.io/instance-type': size,
        'beta.kubernetes.io/os': 'linux',
        'failure-domain.beta.kubernetes.io/region': region,
        'failure-domain.beta.kubernetes.io/zone': zone,
        'kubernetes.azure.com/agentpool': pool,
        'kubernetes.azure.com/cluster': nodeGroup,
        'kubernetes.azure.com/mode': mode,
        'kubernetes.azure.com/os-sku': 'Ubuntu',
        'kubernetes.azure.com/role': 'agent',
        'kubernetes.io/arch': 'amd64',
        'kubernetes.io/hostname': name,
        'kubernetes.io/os': 'linux',
        'node.kubernetes.io/instance-type': size,
        'topology.disk.csi.azure.com/zone': zone,
        'topology.kubernetes.io/region': region,
        'topology.kubernetes.io/zone': zone,
      },
    },
    spec: {
      providerID: `azure:///subscriptions/${subscription}/resourceGroups/${nodeGroup.toLowerCase()}/providers/Microsoft.Compute/virtualMachineScaleSets/${scaleSet}/virtualMachines/${index}`,
      taints: [
        ...(mode === 'system' ? [{ key: 'CriticalAddonsOnly', value: 'true', effect: 'NoSchedule' }] : []),
        ...taints,
      ],
    },
    status: {
      addresses: [
        { type: 'InternalIP', address: addressOf(ordinal) },
        { type: 'Hostname', address: name },
      ],
      daemonEndpoints: { kubeletEndpoint: { Port: kubeletPort } },
      capacity: { cpu: '4', memory: '16374Mi', 'ephemeral-storage': '129886128Ki', pods: '110' },
      allocatable: { cpu: '3860m', memory: '14135Mi', 'ephemeral-storage': '119703055367', pods: '110' },
      nodeInfo: {
        architecture: 'amd64',
        bootID: uuid,
        containerRuntimeVersion: 'containerd://2.0.5-1',
        kernelVersion: '6.8.0-1030-azure',
        kubeProxyVersion: '',
        kubeletVersion: 'v1.35.4',
        machineID: id,
        operatingSystem: 'linux',
        osImage: 'Ubuntu 24.04.2 LTS',
        systemUUID: uuid,
      },
    },
  };
};

/** In 10.224.0.0/12, the virtual network that AKS makes by default. */
const addressOf = (ordinal: number): string => `10.224.${Math.floor(ordinal / 250)}.${(ordinal % 250) + 4}`;
