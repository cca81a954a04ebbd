import type { KubeObject } from '../../objects.ts';
import { type Cluster, isTerminating } from '../cluster.ts';
import { fieldsAt, listAt, textsAt } from '../fields.ts';
import { overlap, parseNetwork } from '../networks.ts';
import { podsOn } from '../pod-index.ts';
import { recall } from '../processes.ts';
import { CILIUM_NODES } from '../resources.ts';

export const AGENT = 'cilium-agent';

const containerOf = (pod: KubeObject, name: string) =>
  listAt(pod, 'status', 'containerStatuses').find((one) => one['name'] === name);

export const isRunning = (pod: KubeObject, container: string): boolean =>
  'running' in fieldsAt(containerOf(pod, container), 'state');

export const isContainerReady = (pod: KubeObject, container: string): boolean =>
  isRunning(pod, container) && containerOf(pod, container)?.['ready'] === true;

export const isAgentPod = (pod: KubeObject): boolean =>
  pod.metadata.labels?.['k8s-app'] === 'cilium' &&
  listAt(pod, 'spec', 'containers').some((one) => one['name'] === AGENT);

export const ciliumAgent = (cluster: Cluster, node: string): KubeObject | undefined =>
  podsOn(cluster, node).find((pod) => isAgentPod(pod) && !isTerminating(pod));

/** Whether the node's agent serves: it has its CIDR, has written the CNI configuration and answers on its socket. */
export const ciliumAgentUp = (cluster: Cluster, node: string): boolean => {
  const pod = ciliumAgent(cluster, node);
  return pod !== undefined && isContainerReady(pod, AGENT);
};

/** The configuration that the node's agent runs with, as it read it at its start. */
export const agentConfig = (cluster: Cluster, node: string): Readonly<Record<string, string>> => {
  const pod = ciliumAgent(cluster, node);
  return pod === undefined ? {} : recall(cluster, pod, AGENT);
};

/** The range that the operator gave this node. */
export const nodePodNetwork = (cluster: Cluster, node: string): string | undefined =>
  textsAt(cluster.store.get(CILIUM_NODES, undefined, node), 'spec', 'ipam', 'podCIDRs')[0];

/** The first node range that shares addresses with the cluster's services or its nodes: packets for those then go to pods, or nowhere. */
export const rangeClash = (
  cluster: Cluster,
  nodeSubnet: string,
): { readonly range: string; readonly with: string } | undefined => {
  for (const node of cluster.store.list(CILIUM_NODES)) {
    const [range] = textsAt(node, 'spec', 'ipam', 'podCIDRs');
    const network = parseNetwork(range);
    if (network === undefined || range === undefined) continue;
    for (const other of [cluster.spec().serviceCidr, nodeSubnet]) {
      const taken = parseNetwork(other);
      if (taken !== undefined && overlap(network, taken)) return { range, with: other };
    }
  }
  return undefined;
};
