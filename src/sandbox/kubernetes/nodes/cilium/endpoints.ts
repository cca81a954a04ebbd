import type { KubeObject } from '../../objects.ts';
import { type Cluster, isTerminating, ownerReference, save, uid } from '../cluster.ts';
import { type Fields, fieldsAt, numberAt, textAt, textMapAt } from '../fields.ts';
import { numberFrom } from '../hashes.ts';
import { addressAt, contains, parseNetwork } from '../networks.ts';
import { nodeAddress } from '../node-lifecycle.ts';
import { podsOn } from '../pod-index.ts';
import { isHostNetwork } from '../pod-template.ts';
import { CILIUM_ENDPOINTS, CILIUM_IDENTITIES, CILIUM_NODES, NAMESPACES, NODES } from '../resources.ts';
import { AGENT, ciliumAgent, ciliumAgentUp, isRunning, nodePodNetwork } from './agents.ts';
import { missingCiliumKinds } from './crds.ts';

const FIRST_IDENTITY = 1024;
const IDENTITIES = 64_000;
/** Labels that differ between pods of one workload never become part of an identity. */
const UNSTABLE = new Set([
  'controller-revision-hash',
  'pod-template-generation',
  'pod-template-hash',
  'statefulset.kubernetes.io/pod-name',
  'apps.kubernetes.io/pod-index',
]);

const announceNode = (cluster: Cluster, node: KubeObject): void => {
  const { name } = node.metadata;
  const known = cluster.store.get(CILIUM_NODES, undefined, name);
  if (known !== undefined) return;
  save(cluster, CILIUM_NODES, {
    apiVersion: 'cilium.io/v2',
    kind: 'CiliumNode',
    metadata: {
      name,
      labels: node.metadata.labels ?? {},
      ownerReferences: [{ apiVersion: 'v1', kind: 'Node', name, uid: uid(node) }],
    },
    spec: {
      addresses: [{ ip: nodeAddress(node), type: 'InternalIP' }],
      bootid: textAt(node, 'status', 'nodeInfo', 'bootID') ?? '',
      encryption: {},
      ipam: {},
    },
    status: { alibabaCloud: {}, azure: {}, eni: {}, ipam: { 'operator-status': {} } },
  });
};

/** Router and health endpoint take two addresses of the node's range. */
const announceAddresses = (cluster: Cluster, node: string): void => {
  const object = cluster.store.get(CILIUM_NODES, undefined, node);
  const range = parseNetwork(nodePodNetwork(cluster, node));
  if (object === undefined || range === undefined || fieldsAt(object, 'spec', 'health')['ipv4'] !== undefined) return;
  const internal = { ip: addressAt(range.base, 2), type: 'CiliumInternalIP' };
  const addresses = (fieldsAt(object, 'spec')['addresses'] as readonly Fields[] | undefined) ?? [];
  save(cluster, CILIUM_NODES, {
    ...object,
    spec: {
      ...fieldsAt(object, 'spec'),
      addresses: [...addresses, internal],
      health: { ipv4: addressAt(range.base, 3) },
    },
  });
};

export const securityLabels = (cluster: Cluster, pod: KubeObject): Readonly<Record<string, string>> => {
  const namespace = pod.metadata.namespace ?? 'default';
  const own = Object.entries(pod.metadata.labels ?? {}).filter(
    ([key]) => !UNSTABLE.has(key) && !key.startsWith('helm.sh/'),
  );
  const around = Object.entries(textMapAt(cluster.store.get(NAMESPACES, undefined, namespace), 'metadata', 'labels'));
  return {
    ...Object.fromEntries(own.map(([key, value]) => [`k8s:${key}`, value])),
    ...Object.fromEntries(around.map(([key, value]) => [`k8s:io.cilium.k8s.namespace.labels.${key}`, value])),
    'k8s:io.cilium.k8s.policy.cluster': 'default',
    'k8s:io.cilium.k8s.policy.serviceaccount': textAt(pod, 'spec', 'serviceAccountName') ?? 'default',
    'k8s:io.kubernetes.pod.namespace': namespace,
  };
};

const key = (labels: Readonly<Record<string, string>>): string =>
  Object.entries(labels)
    .map(([name, value]) => `${name}=${value}`)
    .sort()
    .join(';');

const identityFor = (cluster: Cluster, labels: Readonly<Record<string, string>>): number => {
  const wanted = key(labels);
  const known = cluster.store.list(CILIUM_IDENTITIES);
  const same = known.find((one) => key(textMapAt(one, 'security-labels')) === wanted);
  if (same !== undefined) return Number(same.metadata.name);
  const taken = new Set(known.map((one) => one.metadata.name));
  let id = FIRST_IDENTITY + numberFrom(wanted, IDENTITIES);
  while (taken.has(String(id))) id = FIRST_IDENTITY + ((id + 1 - FIRST_IDENTITY) % IDENTITIES);
  const plain = Object.fromEntries(
    Object.entries(labels)
      .filter(([name]) => name.startsWith('k8s:io.kubernetes.pod.namespace'))
      .map(([name, value]) => [name.slice(4), value]),
  );
  cluster.store.create(CILIUM_IDENTITIES, {
    apiVersion: 'cilium.io/v2',
    kind: 'CiliumIdentity',
    metadata: { name: String(id), labels: plain },
    'security-labels': labels,
  });
  return id;
};

/** Cilium's number of an endpoint on its node. */
export const endpointId = (pod: KubeObject): number => numberFrom(`endpoint/${uid(pod)}`, 4000) + 2;

const announceEndpoint = (cluster: Cluster, pod: KubeObject, node: KubeObject): void => {
  const labels = securityLabels(cluster, pod);
  const { name, namespace } = pod.metadata;
  const { controller: _c, blockOwnerDeletion: _b, ...owner } = ownerReference(pod);
  save(cluster, CILIUM_ENDPOINTS, {
    apiVersion: 'cilium.io/v2',
    kind: 'CiliumEndpoint',
    metadata: { name, namespace: namespace ?? 'default', labels: pod.metadata.labels ?? {}, ownerReferences: [owner] },
    status: {
      encryption: {},
      'external-identifiers': {
        'cni-attachment-id': `${uid(pod)}:eth0`,
        'k8s-namespace': namespace ?? 'default',
        'k8s-pod-name': name,
        'pod-name': `${namespace ?? 'default'}/${name}`,
      },
      id: endpointId(pod),
      identity: {
        id: identityFor(cluster, labels),
        labels: Object.entries(labels)
          .map(([label, value]) => `${label}=${value}`)
          .sort(),
      },
      networking: { addressing: [{ ipv4: textAt(pod, 'status', 'podIP') ?? '' }], node: nodeAddress(node) },
      state: 'ready',
    },
  });
};

/** Pods whose network this node's agent made: those with an address of its range. A pod of an earlier CNI stays unmanaged. */
export const managedPods = (cluster: Cluster, node: string): readonly KubeObject[] => {
  const range = parseNetwork(nodePodNetwork(cluster, node));
  // Beside a network plugin of AKS' own, the kubelet goes on calling that one.
  if (range === undefined || cluster.spec().networkPlugin !== 'none') return [];
  return podsOn(cluster, node).filter(
    (pod) =>
      !isHostNetwork(pod) &&
      !isTerminating(pod) &&
      contains(range, textAt(pod, 'status', 'podIP') ?? '') &&
      !['Succeeded', 'Failed'].includes(textAt(pod, 'status', 'phase') ?? ''),
  );
};

/** What running agents write to the API: their node, and an endpoint with its identity for each of their pods. */
export const reconcileCiliumAgents = (cluster: Cluster): void => {
  if (missingCiliumKinds(cluster).length > 0) return;
  for (const node of cluster.store.list(NODES)) {
    const { name } = node.metadata;
    const agent = ciliumAgent(cluster, name);
    if (agent === undefined || !isRunning(agent, AGENT)) continue;
    announceNode(cluster, node);
    if (!ciliumAgentUp(cluster, name)) continue;
    announceAddresses(cluster, name);
    for (const pod of managedPods(cluster, name)) announceEndpoint(cluster, pod, node);
  }
};

export const identityOf = (cluster: Cluster, pod: KubeObject): number | undefined =>
  numberAt(cluster.store.get(CILIUM_ENDPOINTS, pod.metadata.namespace, pod.metadata.name), 'status', 'identity', 'id');
