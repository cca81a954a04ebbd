import type { HttpAnswer } from '../agents.ts';
import type { KubeObject } from '../objects.ts';
import { AGENT as CILIUM, isAgentPod, isContainerReady } from './cilium/agents.ts';
import { agentMetrics, hubbleMetrics, operatorMetrics } from './cilium/metrics.ts';
import { OPERATOR } from './cilium/programs.ts';
import { type Cluster, isTerminating } from './cluster.ts';
import { textAt } from './fields.ts';
import { podsOn } from './pod-index.ts';
import { isHostNetwork } from './pod-template.ts';
import { recall } from './processes.ts';
import { contentType } from './prometheus-text.ts';
import { AGENT as TETRAGON, isTetragonPod } from './tetragon/agents.ts';
import { metricsText } from './tetragon/metrics.ts';

/** A metrics port of a program: which pods have it, the address that its configuration names (`:9962`), and what it says; undefined while it does not serve. */
interface MetricsPort {
  readonly matches: (pod: KubeObject) => boolean;
  readonly container: string;
  readonly address: (config: Readonly<Record<string, string>>) => string | undefined;
  readonly text: (cluster: Cluster, pod: KubeObject) => string | undefined;
}

const whenReady =
  (container: string, text: (cluster: Cluster, pod: KubeObject) => string): MetricsPort['text'] =>
  (cluster, pod) =>
    isContainerReady(pod, container) ? text(cluster, pod) : undefined;

const ports: readonly MetricsPort[] = [
  {
    matches: isTetragonPod,
    container: TETRAGON,
    address: (config) => config['metrics-server'],
    text: metricsText,
  },
  {
    matches: isAgentPod,
    container: CILIUM,
    address: (config) => config['prometheus-serve-addr'],
    text: whenReady(CILIUM, agentMetrics),
  },
  {
    matches: isAgentPod,
    container: CILIUM,
    address: (config) => (config['enable-hubble'] === 'true' ? config['hubble-metrics-server'] : undefined),
    text: whenReady(CILIUM, hubbleMetrics),
  },
  {
    matches: (pod) => pod.metadata.labels?.['io.cilium/app'] === 'operator',
    container: OPERATOR,
    address: (config) => (config['enable-metrics'] === 'true' ? config['operator-prometheus-serve-addr'] : undefined),
    text: whenReady(OPERATOR, operatorMetrics),
  },
];

/** What answers at this port of the pod's address. Pods of the host's network share one: any of them leads to all of the node's. */
export const podHttp = (cluster: Cluster, pod: KubeObject, port: number, path: string): HttpAnswer | undefined => {
  const sharing = isHostNetwork(pod)
    ? podsOn(cluster, textAt(pod, 'spec', 'nodeName') ?? '').filter(isHostNetwork)
    : [pod];
  for (const one of sharing.filter((each) => !isTerminating(each))) {
    for (const { matches, container, address, text } of ports) {
      if (!matches(one) || address(recall(cluster, one, container))?.replace(/^.*:/, '') !== String(port)) continue;
      const body = text(cluster, one);
      if (body === undefined) continue;
      return path.replace(/\?.*$/, '') === '/metrics'
        ? { status: 200, contentType, body }
        : { status: 404, contentType: 'text/plain; charset=utf-8', body: '404 page not found\n' };
    }
  }
  return undefined;
};
