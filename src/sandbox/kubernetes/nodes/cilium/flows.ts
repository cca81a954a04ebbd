import type { KubeObject } from '../../objects.ts';
import { type Cluster, controllerOf, uid } from '../cluster.ts';
import { type Fields, textAt } from '../fields.ts';
import { numberFrom, uuidFrom } from '../hashes.ts';
import { PODS, REPLICA_SETS } from '../resources.ts';
import { AGENT, agentConfig, ciliumAgent, ciliumAgentUp } from './agents.ts';
import { endpointId, identityOf, securityLabels } from './endpoints.ts';
import { exportedFlow, stdoutExporters } from './flow-exporters.ts';

const workloads = (cluster: Cluster, pod: KubeObject): readonly Fields[] => {
  const owner = controllerOf(pod);
  const set =
    owner?.kind === 'ReplicaSet' ? cluster.store.get(REPLICA_SETS, pod.metadata.namespace, owner.name) : undefined;
  const top = (set === undefined ? undefined : controllerOf(set)) ?? owner;
  return top === undefined ? [] : [{ name: top.name, kind: top.kind }];
};

const endpoint = (cluster: Cluster, pod: KubeObject): Fields => ({
  ID: endpointId(pod),
  identity: identityOf(cluster, pod) ?? 0,
  cluster_name: 'default',
  namespace: pod.metadata.namespace ?? 'default',
  labels: Object.entries(securityLabels(cluster, pod)).map(([key, value]) => `${key}=${value}`),
  pod_name: pod.metadata.name,
  workloads: workloads(cluster, pod),
});

/** A new pod's first packet: it asks the cluster's DNS, and the policy verdict on that connection is a flow. */
export const reportFirstLookup = (cluster: Cluster, pod: KubeObject): void => {
  const node = textAt(pod, 'spec', 'nodeName') ?? '';
  const agent = ciliumAgent(cluster, node);
  if (agent === undefined || !ciliumAgentUp(cluster, node)) return;
  const exporters = stdoutExporters(cluster, agent, agentConfig(cluster, node));
  const [dns] = cluster.store
    .list(PODS, 'kube-system')
    .filter((one) => one.metadata.labels?.['k8s-app'] === 'kube-dns' && textAt(one, 'status', 'podIP') !== undefined);
  if (exporters.length === 0 || dns === undefined || dns === pod) return;
  const time = new Date(cluster.clock.now()).toISOString().replace('Z', '000000Z');
  const nodeName = `${agentConfig(cluster, node)['cluster-name'] ?? 'default'}/${node}`;
  const flow: Fields = {
    time,
    uuid: uuidFrom(`${uid(pod)}/${time}`),
    verdict: 'FORWARDED',
    IP: {
      source: textAt(pod, 'status', 'podIP') ?? '',
      destination: textAt(dns, 'status', 'podIP') ?? '',
      ipVersion: 'IPv4',
    },
    l4: { UDP: { source_port: 32768 + numberFrom(uid(pod), 28_000), destination_port: 53 } },
    source: endpoint(cluster, pod),
    destination: endpoint(cluster, dns),
    Type: 'L3_L4',
    node_name: nodeName,
    event_type: { type: 5 },
    traffic_direction: 'EGRESS',
    policy_match_type: 4,
    is_reply: false,
  };
  for (const exporter of exporters) {
    const kept = exportedFlow(exporter, flow);
    if (kept !== undefined)
      cluster.logs.write(uid(agent), AGENT, JSON.stringify({ flow: kept, node_name: nodeName, time }));
  }
};
