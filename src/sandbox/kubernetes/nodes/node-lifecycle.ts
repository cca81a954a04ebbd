import type { KubeObject } from '../objects.ts';
import { type Cluster, condition, save, saveStatus, stamp } from './cluster.ts';
import { ciliumAgentUp } from './cilium/agents.ts';
import { type Fields, fieldsAt, flagAt, listAt, textAt } from './fields.ts';
import { addressAt, parseNetwork } from './networks.ts';
import { type Machine, machines, nodeObject } from './node-objects.ts';
import { podsOn } from './pod-index.ts';
import { recordEvent } from './record-event.ts';
import { LEASES, NODES, PODS } from './resources.ts';

/** From the VM's boot to its kubelet's registration. */
const JOIN_MS = 20_000;
const REIMAGE_MS = 60_000;
/** Addresses .1 to .3 of a subnet belong to Azure. */
const FIRST_ADDRESS = 4;
export const NODE_SUBNET = '10.224.0.0/16';

const NOT_READY: Fields = { key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' };
const NOT_READY_EXECUTE: Fields = { key: 'node.kubernetes.io/not-ready', effect: 'NoExecute' };
const CNI_MISSING =
  'container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady message:Network plugin returns error: cni plugin not initialized';

const RUNTIME_DOWN = 'container runtime is down';

export const nodeAddress = (node: KubeObject): string =>
  textAt(
    listAt(node, 'status', 'addresses').find((one) => one['type'] === 'InternalIP'),
    'address',
  ) ?? '';

export const isReady = (node: KubeObject): boolean =>
  listAt(node, 'status', 'conditions').some((one) => one['type'] === 'Ready' && one['status'] === 'True');

/** Whether a node's container runtime is down. */
export const isBroken = (cluster: Cluster, name: string): boolean =>
  cluster.troubles.nodeBroken(name, machines(cluster.spec()).at(-1)?.name === name);

const freeAddress = (nodes: readonly KubeObject[]): string => {
  const taken = new Set(nodes.map(nodeAddress));
  const base = parseNetwork(NODE_SUBNET)?.base ?? 0;
  let offset = FIRST_ADDRESS;
  while (taken.has(addressAt(base, offset))) offset += 1;
  return addressAt(base, offset);
};

const drop = (cluster: Cluster, name: string): void => {
  for (const pod of podsOn(cluster, name)) cluster.store.remove(PODS, pod.metadata.namespace, pod.metadata.name);
  cluster.store.remove(NODES, undefined, name);
  cluster.store.remove(LEASES, 'kube-node-lease', name);
  cluster.delays.forget(`node/${name}`);
};

/** Joins the VMs of every pool and takes away those that a pool no longer has, with their pods. */
const reconcileMachines = (cluster: Cluster): void => {
  const wanted = machines(cluster.spec());
  for (const machine of wanted) join(cluster, machine);
  const names = new Set(wanted.map((machine) => machine.name));
  for (const { metadata } of cluster.store.list(NODES)) if (!names.has(metadata.name)) drop(cluster, metadata.name);
  reimage(cluster, wanted);
};

/** After an upgrade the VMs get their new image one by one; each joins again as a new node. */
const reimage = (cluster: Cluster, wanted: readonly Machine[]): void => {
  const nodes = wanted.map(({ name }) => cluster.store.get(NODES, undefined, name));
  const version = `v${cluster.spec().kubernetesVersion.replace(/^v/, '')}`;
  const outdated = nodes.find(
    (node) => node !== undefined && textAt(node, 'status', 'nodeInfo', 'kubeletVersion') !== version,
  );
  if (outdated === undefined || nodes.some((node) => node === undefined)) return;
  if (
    !nodes.every((node) => node !== undefined && isReady(node)) &&
    nodes.some((node) => node !== undefined && isReady(node))
  )
    return;
  if (cluster.delays.passed(`node/${outdated.metadata.name}`, 'reimage', REIMAGE_MS))
    drop(cluster, outdated.metadata.name);
};

const join = (cluster: Cluster, machine: Machine): void => {
  if (cluster.store.get(NODES, undefined, machine.name) !== undefined) return;
  if (!cluster.delays.passed(`node/${machine.name}`, 'join', JOIN_MS)) return;
  const node = cluster.store.create(NODES, nodeObject(cluster.spec(), machine, freeAddress(cluster.store.list(NODES))));
  recordEvent(cluster.as('kube-controller-manager'), node, {
    type: 'Normal',
    reason: 'RegisteredNode',
    message: `Node ${machine.name} event: Registered Node ${machine.name} in Controller`,
    from: 'node-controller',
  });
  // A node that somebody deleted left its lease behind.
  save(cluster, LEASES, {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: { name: machine.name, namespace: 'kube-node-lease' },
    // Written once: a heartbeat every ten seconds would keep an idle sandbox busy for nothing that anybody reads.
    spec: {
      holderIdentity: machine.name,
      leaseDurationSeconds: 40,
      renewTime: new Date(cluster.clock.now()).toISOString().replace('Z', '000Z'),
    },
  });
};

const kubeletConditions = (cluster: Cluster, node: KubeObject, ready: boolean, why: string): readonly Fields[] => {
  const previous = listAt(node, 'status', 'conditions');
  const pressure = (type: string, reason: string, message: string): Fields => ({
    type,
    status: 'False',
    reason,
    message,
  });
  const wanted = [
    pressure('MemoryPressure', 'KubeletHasSufficientMemory', 'kubelet has sufficient memory available'),
    pressure('DiskPressure', 'KubeletHasNoDiskPressure', 'kubelet has no disk pressure'),
    pressure('PIDPressure', 'KubeletHasSufficientPID', 'kubelet has sufficient PID available'),
    ready
      ? { type: 'Ready', status: 'True', reason: 'KubeletReady', message: 'kubelet is posting ready status' }
      : { type: 'Ready', status: 'False', reason: 'KubeletNotReady', message: why },
  ];
  const own = wanted.map((one) => {
    const next = condition(cluster, previous, { ...one, type: String(one['type']), status: String(one['status']) });
    const old = previous.find((entry) => entry['type'] === one['type']);
    const heartbeat = old !== undefined && old['status'] === one['status'] ? old['lastHeartbeatTime'] : stamp(cluster);
    return { ...next, lastHeartbeatTime: heartbeat };
  });
  const network = previous.filter((one) => one['type'] === 'NetworkUnavailable');
  const up = ciliumAgentUp(cluster, node.metadata.name);
  const isUp = {
    type: 'NetworkUnavailable',
    status: 'False',
    reason: 'CiliumIsUp',
    message: 'Cilium is running on this node',
  };
  return [
    ...(up
      ? [
          {
            ...condition(cluster, previous, isUp),
            lastHeartbeatTime: network[0]?.['lastHeartbeatTime'] ?? stamp(cluster),
          },
        ]
      : network),
    ...own,
  ];
};

const UNSCHEDULABLE = 'node.kubernetes.io/unschedulable';

/** Taints as the node-lifecycle controller keeps them; those of pools, users and Cilium's operator stay. */
const taints = (cluster: Cluster, node: KubeObject, ready: boolean): readonly Fields[] => {
  const all = listAt(node, 'spec', 'taints');
  const own = all.filter((taint) => !['node.kubernetes.io/not-ready', UNSCHEDULABLE].includes(String(taint['key'])));
  const cordoned = flagAt(node, 'spec', 'unschedulable')
    ? [
        all.find((taint) => taint['key'] === UNSCHEDULABLE) ?? {
          effect: 'NoSchedule',
          key: UNSCHEDULABLE,
          timeAdded: stamp(cluster),
        },
      ]
    : [];
  return [...own, ...cordoned, ...(ready ? [] : [NOT_READY, NOT_READY_EXECUTE])];
};

/** A node without taints has no list of them, either. */
const specOf = (cluster: Cluster, node: KubeObject, ready: boolean): Fields => {
  const { taints: _t, ...rest } = fieldsAt(node, 'spec');
  const kept = taints(cluster, node, ready);
  return kept.length === 0 ? rest : { ...rest, taints: kept };
};

/** A CNI configuration stays on the VM's disk: a node that was Ready once does not lose it with its agent. */
export const reconcileNodes = (cluster: Cluster): void => {
  const controllers = cluster.as('kube-controller-manager');
  reconcileMachines(cluster);
  const bringYourOwn = cluster.spec().networkPlugin === 'none';
  for (const node of cluster.store.list(NODES)) {
    const broken = isBroken(cluster, node.metadata.name);
    const ready = !broken && (isReady(node) || !bringYourOwn || ciliumAgentUp(cluster, node.metadata.name));
    const tainted = save(controllers, NODES, { ...node, spec: specOf(cluster, node, ready) });
    const saved = saveStatus(cluster, NODES, tainted, {
      ...fieldsAt(node, 'status'),
      conditions: kubeletConditions(cluster, node, ready, broken ? RUNTIME_DOWN : CNI_MISSING),
    });
    if (ready && !isReady(node)) {
      recordEvent(cluster, saved, {
        type: 'Normal',
        reason: 'NodeReady',
        message: `Node ${node.metadata.name} status is now: NodeReady`,
        from: 'kubelet',
      });
    }
    if (!ready && isReady(node)) {
      recordEvent(cluster, saved, {
        type: 'Normal',
        reason: 'NodeNotReady',
        message: `Node ${node.metadata.name} status is now: NodeNotReady`,
        from: 'kubelet',
      });
    }
  }
};

/** An address for a pod where AKS' own network plugin gives them: the cluster's pod CIDR, a /24 for each node. */
export const pluginNetwork = (cluster: Cluster, node: KubeObject): string | undefined => {
  const pool = parseNetwork(cluster.spec().podCidr ?? '10.244.0.0/16');
  const index = cluster.store.list(NODES).findIndex((one) => one.metadata.name === node.metadata.name);
  return pool === undefined || index < 0 ? undefined : `${addressAt(pool.base, index * 256)}/24`;
};
