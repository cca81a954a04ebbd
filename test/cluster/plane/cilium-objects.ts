import type { RawPod } from './pod-answers.ts';

export interface RawNode {
  readonly metadata: {
    readonly name: string;
    readonly uid: string;
    readonly resourceVersion: string;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly spec: { readonly taints?: readonly { readonly key: string }[] };
  readonly status: { readonly addresses?: readonly { readonly type: string; readonly address: string }[] };
}

type Labels = Readonly<Record<string, string>>;

/** The `ordinal`th /24 of the pool. */
const rangeOf = (pool: string, ordinal: number): string => {
  const [base = '10.0.0.0'] = pool.split('/');
  const [a = 0, b = 0, c = 0] = base.split('.').map(Number);
  const third = c + ordinal;
  return `${a}.${b + Math.floor(third / 256)}.${third % 256}`;
};

/** What an agent makes of its own node, with the range that the operator has given it. */
export const ciliumNode = ({ metadata, status }: RawNode, pool: string, ordinal: number): object => {
  const range = rangeOf(pool, ordinal);
  const internal = status.addresses?.find(({ type }) => type === 'InternalIP')?.address ?? '';
  return {
    apiVersion: 'cilium.io/v2',
    kind: 'CiliumNode',
    metadata: {
      name: metadata.name,
      ownerReferences: [{ apiVersion: 'v1', kind: 'Node', name: metadata.name, uid: metadata.uid }],
    },
    spec: {
      addresses: [
        { type: 'InternalIP', ip: internal },
        { type: 'CiliumInternalIP', ip: `${range}.1` },
      ],
      health: { ipv4: `${range}.2` },
      ipam: { podCIDRs: [`${range}.0/24`] },
    },
  };
};

/** Labels that change with every roll-out are no part of an identity. */
const left =
  /^(pod-template-(hash|generation)|controller-revision-hash|statefulset\.kubernetes\.io\/pod-name|batch\.kubernetes\.io\/.*|controller-uid|job-name)$/;

/** The labels that identify a pod to policies, sorted. */
export const securityLabels = ({ metadata, spec }: RawPod, cluster: string): Labels =>
  Object.fromEntries(
    [
      ...Object.entries(metadata.labels ?? {}).filter(([name]) => !left.test(name)),
      ['io.cilium.k8s.namespace.labels.kubernetes.io/metadata.name', metadata.namespace] as const,
      ['io.cilium.k8s.policy.cluster', cluster] as const,
      ['io.cilium.k8s.policy.serviceaccount', spec.serviceAccountName ?? 'default'] as const,
      ['io.kubernetes.pod.namespace', metadata.namespace] as const,
    ]
      .map(([name, value]) => [`k8s:${name}`, value] as const)
      .toSorted(([a], [b]) => (a < b ? -1 : 1)),
  );

export const ciliumIdentity = (id: number, labels: Labels): object => ({
  apiVersion: 'cilium.io/v2',
  kind: 'CiliumIdentity',
  metadata: {
    name: String(id),
    labels: { 'io.kubernetes.pod.namespace': labels['k8s:io.kubernetes.pod.namespace'] ?? '' },
  },
  'security-labels': labels,
});

/** Bound to its pod: it goes when that goes. */
export const ciliumEndpoint = ({ metadata, status }: RawPod, identity: number, labels: Labels): object => ({
  apiVersion: 'cilium.io/v2',
  kind: 'CiliumEndpoint',
  metadata: {
    name: metadata.name,
    namespace: metadata.namespace,
    ownerReferences: [{ apiVersion: 'v1', kind: 'Pod', name: metadata.name, uid: metadata.uid }],
  },
  status: {
    'external-identifiers': {
      'k8s-namespace': metadata.namespace,
      'k8s-pod-name': metadata.name,
      'pod-name': `${metadata.namespace}/${metadata.name}`,
    },
    id: (Number.parseInt(metadata.uid.slice(0, 8), 16) % 4000) + 1,
    identity: { id: identity, labels: Object.entries(labels).map(([name, value]) => `${name}=${value}`) },
    networking: { addressing: [{ ipv4: status.podIP ?? '' }] },
    state: 'ready',
  },
});
