import { isDeepStrictEqual } from 'node:util';
import type { KubeObject } from '../objects.ts';
import { type Cluster, uid } from './cluster.ts';
import { fieldsAt, textMapAt } from './fields.ts';
import { numberFrom } from './hashes.ts';
import { effectiveLogSettings } from './log-agent.ts';
import { recall, remember } from './processes.ts';
import type { Program } from './programs.ts';
import { CONFIG_MAPS } from './resources.ts';

export const LOG_AGENT_CONFIG = 'container-azm-ms-agentconfig';
/** A liveness probe finds the change; the agents do not look all at once. */
const NOTICE_MS = 60_000;
const SPREAD_MS = 60_000;

const configMap = (cluster: Cluster): KubeObject | undefined =>
  cluster.store.get(CONFIG_MAPS, 'kube-system', LOG_AGENT_CONFIG);

const dataOf = (cluster: Cluster): Readonly<Record<string, string>> => textMapAt(configMap(cluster), 'data');

/** The settings that this pod's agent runs with: those of the ConfigMap as it was when the container started. */
export const logSettingsOf = (cluster: Cluster, pod: KubeObject): ReturnType<typeof effectiveLogSettings> => {
  const data = recall(cluster, pod, 'ama-logs');
  if (Object.keys(data).length === 0) return effectiveLogSettings(undefined);
  return effectiveLogSettings({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: LOG_AGENT_CONFIG }, data });
};

/** Container Insights' agent restarts its container when its ConfigMap changes. */
export const logAgentPrograms: readonly Program[] = [
  {
    matches: (pod, container) =>
      container === 'ama-logs' && pod.metadata.name.startsWith('ama-logs-') && pod.metadata.namespace === 'kube-system',
    verdict({ cluster, pod }) {
      if (isDeepStrictEqual({ ...recall(cluster, pod, 'ama-logs') }, { ...dataOf(cluster) })) return { kind: 'ready' };
      return {
        kind: 'exit',
        code: 137,
        killed: true,
        afterMs: NOTICE_MS + numberFrom(uid(pod), SPREAD_MS),
        log: ['Config Map changed since the agent started: restarting'],
      };
    },
    started({ cluster, pod, container }) {
      remember(cluster, pod, container, dataOf(cluster));
      const { errors } = effectiveLogSettings(configMap(cluster));
      const found = Object.keys(fieldsAt(configMap(cluster), 'data')).length > 0;
      const first = found
        ? 'config::configmap container-azm-ms-agentconfig for settings mounted, parsing values'
        : 'config::configmap container-azm-ms-agentconfig for settings not mounted, using defaults';
      cluster.logs.write(
        uid(pod),
        container,
        '****************Start Config Processing********************',
        first,
        ...errors,
        '****************End Config Processing********************',
      );
    },
  },
];
