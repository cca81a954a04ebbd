import type { KubeObject } from '../../objects.ts';
import type { Cluster } from '../cluster.ts';
import { textAt } from '../fields.ts';
import { addressAt, parseNetwork } from '../networks.ts';
import { NODE_SUBNET, nodeAddress } from '../node-lifecycle.ts';
import { recall } from '../processes.ts';
import { NODES } from '../resources.ts';
import { AGENT, nodePodNetwork, rangeClash } from './agents.ts';
import { managedPods } from './endpoints.ts';

/** What one agent knows of itself: the basis of everything that it answers. */
export interface AgentView {
  readonly cluster: Cluster;
  readonly pod: KubeObject;
  readonly node: string;
  /** As read at the agent's start. */
  readonly config: Readonly<Record<string, string>>;
  readonly nodeAddress: string;
  readonly range: string;
  readonly routerAddress: string;
  readonly healthAddress: string;
  readonly pods: readonly KubeObject[];
  /** The agent's probes of other nodes and pods fail with this. */
  readonly trouble: string | undefined;
}

export const agentView = (cluster: Cluster, pod: KubeObject): AgentView => {
  const node = textAt(pod, 'spec', 'nodeName') ?? '';
  const config = recall(cluster, pod, AGENT);
  const range = nodePodNetwork(cluster, node) ?? '';
  const base = parseNetwork(range)?.base ?? 0;
  const clash = rangeClash(cluster, NODE_SUBNET);
  const object = cluster.store.get(NODES, undefined, node);
  return {
    cluster,
    pod,
    node,
    config,
    nodeAddress: object === undefined ? '' : nodeAddress(object),
    range,
    routerAddress: addressAt(base, 2),
    healthAddress: addressAt(base, 3),
    pods: managedPods(cluster, node),
    trouble:
      clash === undefined
        ? undefined
        : `Get "http://${addressAt(base, 3)}:4240/hello": context deadline exceeded (Client.Timeout exceeded while awaiting headers)`,
  };
};
