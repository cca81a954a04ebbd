import { type Cluster, uid } from '../cluster.ts';
import { configMapData } from '../processes.ts';
import { NODES } from '../resources.ts';
import { AGENT, agentConfig, ciliumAgent, ciliumAgentUp } from './agents.ts';
import { logLine } from './log-line.ts';

const CHECK_MS = 1_000;

/** The agents' drift checker: what they run with against the ConfigMap. It says what differs in their logs and changes nothing. */
export const reconcileDrift = (cluster: Cluster): void => {
  for (const { metadata } of cluster.store.list(NODES)) {
    const pod = ciliumAgent(cluster, metadata.name);
    if (pod === undefined || !ciliumAgentUp(cluster, metadata.name)) continue;
    const running = agentConfig(cluster, metadata.name);
    if (running['enable-drift-checker'] !== 'true') continue;
    const wanted = configMapData(cluster, pod.metadata.namespace ?? 'kube-system', 'cilium-config') ?? {};
    const log = cluster.logs.read(uid(pod), AGENT);
    for (const key of new Set([...Object.keys(running), ...Object.keys(wanted)])) {
      const [actual, expected] = [running[key] ?? '', wanted[key] ?? ''];
      if (actual === expected || !cluster.delays.passed(uid(pod), `drift/${key}/${expected}`, CHECK_MS)) continue;
      const text = `key=${key} actual=${JSON.stringify(actual)} expectedValue=${JSON.stringify(expected)}`;
      if (log.some((line) => line.text.endsWith(text))) continue;
      const module = 'agent.controlplane.dynamic-config.config-drift-checker';
      cluster.logs.write(uid(pod), AGENT, `${logLine(cluster, 'warn', 'Mismatch found', { module })} ${text}`);
    }
  }
};
