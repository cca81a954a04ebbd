import type { ClusterSpec, PoolSpec } from '../host.ts';
import type { KubeObject } from '../objects.ts';
import type { Fields } from './fields.ts';
import { numberFrom, shortHash, uuidFrom } from './hashes.ts';
import { allocatable, capacity, vmShape } from './vm-sizes.ts';

export interface Machine {
  readonly name: string;
  readonly pool: PoolSpec;
  readonly index: number;
}

/** The VMs that the cluster's pools ask for, named as AKS names instances of its scale sets: the index in base 36, six digits. */
export const machines = (spec: ClusterSpec): readonly Machine[] => {
  const digits = String(numberFrom(spec.id.toLowerCase(), 90_000_000) + 10_000_000);
  return spec.pools.flatMap((pool) =>
    Array.from({ length: pool.count }, (_, index) => ({
      name: `aks-${pool.name}-${digits}-vmss${index.toString(36).padStart(6, '0')}`,
      pool,
      index,
    })),
  );
};

interface NodeImage {
  readonly kernel: string;
  readonly os: string;
  readonly image: string;
  readonly runtime: string;
}

/** AKS moved its default Ubuntu from 22.04 (5.15) to 24.04 (6.8) with Kubernetes 1.35; Azure Linux 3 has 6.6. */
export const nodeImage = (spec: ClusterSpec, pool: PoolSpec): NodeImage => {
  if (/^(AzureLinux|Mariner)/i.test(pool.osSku)) {
    return {
      kernel: '6.6.96.1-1.azl3',
      os: 'Microsoft Azure Linux 3.0',
      image: 'AKSAzureLinux-V3gen2-202611.03.0',
      runtime: 'containerd://2.0.0',
    };
  }
  const minor = Number(/^v?1\.(\d+)/.exec(spec.kubernetesVersion)?.[1] ?? 0);
  const newer = pool.osSku === 'Ubuntu2404' || (minor >= 35 && pool.osSku !== 'Ubuntu2204');
  return newer
    ? {
        kernel: '6.8.0-1041-azure',
        os: 'Ubuntu 24.04.3 LTS',
        image: 'AKSUbuntu-2404gen2containerd-202611.03.0',
        runtime: 'containerd://2.1.6-1',
      }
    : {
        kernel: '5.15.0-1102-azure',
        os: 'Ubuntu 22.04.5 LTS',
        image: 'AKSUbuntu-2204gen2containerd-202611.03.0',
        runtime: 'containerd://1.7.30-1',
      };
};

/** `key=value:Effect` as a Node has it. */
export const poolTaints = (pool: PoolSpec): readonly Fields[] =>
  pool.taints.flatMap((taint) => {
    const parts = /^([^=:]+)(?:=([^:]*))?:(NoSchedule|PreferNoSchedule|NoExecute)$/.exec(taint);
    return parts === null ? [] : [{ key: parts[1], ...(parts[2] ? { value: parts[2] } : {}), effect: parts[3] }];
  });

const subscription = (spec: ClusterSpec): string =>
  /\/subscriptions\/([^/]+)/i.exec(spec.id)?.[1] ?? '00000000-0000-0000-0000-000000000000';

export const nodeResourceGroup = (spec: ClusterSpec): string =>
  `MC_${/\/resourcegroups\/([^/]+)/i.exec(spec.id)?.[1] ?? 'rg'}_${spec.name}_${spec.location}`.slice(0, 80);

const labels = (spec: ClusterSpec, { name, pool }: Machine): Readonly<Record<string, string>> => ({
  agentpool: pool.name,
  'beta.kubernetes.io/arch': 'amd64',
  'beta.kubernetes.io/instance-type': pool.vmSize,
  'beta.kubernetes.io/os': 'linux',
  'failure-domain.beta.kubernetes.io/region': spec.location,
  'failure-domain.beta.kubernetes.io/zone': '0',
  'kubernetes.azure.com/agentpool': pool.name,
  'kubernetes.azure.com/cluster': nodeResourceGroup(spec),
  'kubernetes.azure.com/mode': pool.mode.toLowerCase(),
  'kubernetes.azure.com/node-image-version': nodeImage(spec, pool).image,
  'kubernetes.azure.com/os-sku': pool.osSku,
  'kubernetes.azure.com/role': 'agent',
  'kubernetes.io/arch': 'amd64',
  'kubernetes.io/hostname': name,
  'kubernetes.io/os': 'linux',
  'node.kubernetes.io/instance-type': pool.vmSize,
  'topology.kubernetes.io/region': spec.location,
  'topology.kubernetes.io/zone': '0',
  ...pool.labels,
});

/** The Node as its kubelet registers it: not ready, with the taints of its pool. */
export const nodeObject = (spec: ClusterSpec, machine: Machine, address: string): KubeObject => {
  const { name, pool, index } = machine;
  const shape = vmShape(pool.vmSize);
  const image = nodeImage(spec, pool);
  const scaleSet = name.slice(0, -6);
  const group = nodeResourceGroup(spec).toLowerCase();
  const version = `v${spec.kubernetesVersion.replace(/^v/, '')}`;
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name,
      labels: labels(spec, machine),
      annotations: {
        'node.alpha.kubernetes.io/ttl': '0',
        'volumes.kubernetes.io/controller-managed-attach-detach': 'true',
      },
    },
    spec: {
      providerID: `azure:///subscriptions/${subscription(spec)}/resourceGroups/${group}/providers/Microsoft.Compute/virtualMachineScaleSets/${scaleSet}/virtualMachines/${index}`,
      ...(pool.taints.length === 0 ? {} : { taints: poolTaints(pool) }),
    },
    status: {
      addresses: [
        { type: 'InternalIP', address },
        { type: 'Hostname', address: name },
      ],
      allocatable: allocatable(shape),
      capacity: capacity(shape),
      conditions: [],
      daemonEndpoints: { kubeletEndpoint: { Port: 10250 } },
      images: [],
      nodeInfo: {
        architecture: 'amd64',
        bootID: uuidFrom(`${spec.id}/${name}/boot`),
        containerRuntimeVersion: image.runtime,
        kernelVersion: image.kernel,
        kubeProxyVersion: '',
        kubeletVersion: version,
        machineID: shortHash(`${spec.id}/${name}`, 32),
        operatingSystem: 'linux',
        osImage: image.os,
        systemUUID: uuidFrom(`${spec.id}/${name}/system`),
      },
    },
  };
};
