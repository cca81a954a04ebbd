import type { KubeObject } from '../../objects.ts';
import { type Cluster, isTerminating, save } from '../cluster.ts';
import { fieldsAt, listAt, textsAt } from '../fields.ts';
import { addressAt, formatNetwork, overlap, parseNetwork, sizeOf } from '../networks.ts';
import { recall } from '../processes.ts';
import { CILIUM_NODES, NODES, PODS } from '../resources.ts';
import { ciliumAgent, ciliumAgentUp, isContainerReady } from './agents.ts';
import { missingCiliumKinds, registerCiliumKinds } from './crds.ts';
import { OPERATOR } from './programs.ts';

const REGISTER_MS = 2_000;
const TAINT = 'node.cilium.io/agent-not-ready';

/** The replica that holds the lease: any one that works. */
const leader = (cluster: Cluster): KubeObject | undefined =>
  cluster.store
    .list(PODS)
    .find(
      (pod) =>
        pod.metadata.labels?.['io.cilium/app'] === 'operator' && !isTerminating(pod) && isContainerReady(pod, OPERATOR),
    );

/** The first range of the pools that no node has. */
const nextRange = (pools: readonly string[], bits: number, taken: readonly string[]): string | undefined => {
  const used = taken.flatMap((cidr) => parseNetwork(cidr) ?? []);
  for (const pool of pools.flatMap((cidr) => parseNetwork(cidr) ?? [])) {
    for (let offset = 0; offset < sizeOf(pool); offset += 2 ** (32 - bits)) {
      const range = parseNetwork(`${addressAt(pool.base, offset)}/${bits}`);
      if (range !== undefined && !used.some((one) => overlap(one, range))) return formatNetwork(range);
    }
  }
  return undefined;
};

const allocate = (cluster: Cluster, config: Readonly<Record<string, string>>): void => {
  const pools = (config['cluster-pool-ipv4-cidr'] ?? '').split(/[\s,]+/);
  const bits = Number(config['cluster-pool-ipv4-mask-size'] ?? '24');
  for (const node of cluster.store.list(CILIUM_NODES)) {
    if (textsAt(node, 'spec', 'ipam', 'podCIDRs').length > 0) continue;
    const taken = cluster.store.list(CILIUM_NODES).flatMap((one) => textsAt(one, 'spec', 'ipam', 'podCIDRs'));
    const range = nextRange(pools, bits, taken);
    const ipam =
      range === undefined ? fieldsAt(node, 'spec', 'ipam') : { ...fieldsAt(node, 'spec', 'ipam'), podCIDRs: [range] };
    const operator = range === undefined ? { 'operator-status': { error: 'allocator full' } } : {};
    save(cluster, CILIUM_NODES, {
      ...node,
      spec: { ...fieldsAt(node, 'spec'), ipam },
      status: { ...fieldsAt(node, 'status'), ipam: operator },
    });
  }
};

/** Keeps ordinary pods off nodes whose agent was scheduled but does not serve. */
const taintNodes = (cluster: Cluster, config: Readonly<Record<string, string>>): void => {
  for (const node of cluster.store.list(NODES)) {
    const { name } = node.metadata;
    const taints = listAt(node, 'spec', 'taints');
    const tainted = taints.some((taint) => taint['key'] === TAINT);
    const up = ciliumAgentUp(cluster, name);
    const add =
      !tainted && !up && ciliumAgent(cluster, name) !== undefined && config['set-cilium-node-taints'] === 'true';
    const drop = tainted && up && config['remove-cilium-node-taints'] !== 'false';
    if (!add && !drop) continue;
    const next = add
      ? [...taints, { key: TAINT, value: 'true', effect: 'NoSchedule' }]
      : taints.filter((taint) => taint['key'] !== TAINT);
    cluster.store.replace(NODES, { ...node, spec: { ...fieldsAt(node, 'spec'), taints: next } });
  }
};

/** Everything that happens only while an operator pod works: CRDs, ranges for nodes, taints. */
export const reconcileCiliumOperator = (cluster: Cluster): void => {
  const pod = leader(cluster);
  if (pod === undefined) return;
  const config = recall(cluster, pod, OPERATOR);
  if (missingCiliumKinds(cluster).length > 0) {
    if (config['skip-crd-creation'] === 'true' || !cluster.delays.passed(pod.metadata.uid ?? '', 'crds', REGISTER_MS))
      return;
    registerCiliumKinds(cluster);
  }
  if (config['ipam'] === 'cluster-pool') allocate(cluster, config);
  taintNodes(cluster, config);
};
