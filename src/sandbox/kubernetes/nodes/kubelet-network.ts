import type { KubeObject } from '../objects.ts';
import type { Cluster } from './cluster.ts';
import { ciliumAgentUp, nodePodNetwork } from './cilium/agents.ts';
import { textAt } from './fields.ts';
import { addressAt, parseNetwork, sizeOf } from './networks.ts';
import { isReady, nodeAddress, pluginNetwork } from './node-lifecycle.ts';
import { isHostNetwork } from './pod-template.ts';
import { NODES, PODS } from './resources.ts';

const AGENT_AWAY =
  'Failed to create pod sandbox: rpc error: code = Unknown desc = failed to setup network for sandbox: plugin type="cilium-cni" failed (add): unable to connect to Cilium agent: failed to create cilium agent client after 30.000000 seconds timeout: Get "http://localhost/v1/config": dial unix /var/run/cilium/cilium.sock: connect: no such file or directory. Is the agent running?';

export interface NetworkObstacle {
  readonly reason: 'NetworkNotReady' | 'FailedCreatePodSandBox';
  readonly message: string;
}

const usesCilium = (cluster: Cluster): boolean => cluster.spec().networkPlugin === 'none';

/** What keeps a pod's sandbox from getting its network. */
export const networkObstacle = (cluster: Cluster, pod: KubeObject, node: KubeObject): NetworkObstacle | undefined => {
  if (isHostNetwork(pod)) return undefined;
  if (!isReady(node)) {
    return {
      reason: 'NetworkNotReady',
      message:
        'network is not ready: container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady message:Network plugin returns error: cni plugin not initialized',
    };
  }
  if (usesCilium(cluster) && !ciliumAgentUp(cluster, node.metadata.name))
    return { reason: 'FailedCreatePodSandBox', message: AGENT_AWAY };
  return undefined;
};

/** The pod's address: the node's own on its network, else the next free one of the node's range. */
export const podAddress = (cluster: Cluster, pod: KubeObject, node: KubeObject): string | undefined => {
  if (isHostNetwork(pod)) return nodeAddress(node);
  const range = parseNetwork(
    usesCilium(cluster) ? nodePodNetwork(cluster, node.metadata.name) : pluginNetwork(cluster, node),
  );
  if (range === undefined) return undefined;
  const taken = new Set(cluster.store.list(PODS).flatMap((other) => textAt(other, 'status', 'podIP') ?? []));
  // The first address is the network, the next ones Cilium keeps for its router and health endpoint.
  for (let offset = 4; offset < sizeOf(range) - 1; offset += 1) {
    const address = addressAt(range.base, offset);
    if (!taken.has(address)) return address;
  }
  return undefined;
};

export const nodeOf = (cluster: Cluster, pod: KubeObject): KubeObject | undefined => {
  const name = textAt(pod, 'spec', 'nodeName');
  return name === undefined ? undefined : cluster.store.get(NODES, undefined, name);
};
