import type { KubeObject } from '../../objects.ts';
import { isRunning } from '../cilium/agents.ts';
import { apiServer } from '../cilium/connectivity.ts';
import { type Cluster, isTerminating, uid } from '../cluster.ts';
import { type Fields, at, listAt, numberAt, textAt } from '../fields.ts';
import { podsOn } from '../pod-index.ts';
import { configMapData, recall, remember } from '../processes.ts';
import type { Program } from '../programs.ts';
import { NODES, TRACING_POLICIES, TRACING_POLICIES_NAMESPACED } from '../resources.ts';
import { exportTrouble } from './export-filter.ts';
import { parseKernel } from './kernel.ts';
import { OPERATOR, missingTetragonKinds, operatorConfig } from './kinds.ts';
import { loadError } from './load-rules.ts';

export const AGENT = 'tetragon';
const BOOT_MS = 3_000;
const LOAD_MS = 1_500;
const HOOK_MS = 400;

export const isTetragonPod = (pod: KubeObject): boolean =>
  pod.metadata.labels?.['app.kubernetes.io/name'] === 'tetragon' &&
  listAt(pod, 'spec', 'containers').some((one) => one['name'] === AGENT);

export const tetragonOn = (cluster: Cluster, node: string): KubeObject | undefined =>
  podsOn(cluster, node).find((pod) => isTetragonPod(pod) && !isTerminating(pod));

const configName = (pod: KubeObject): string =>
  textAt(
    listAt(pod, 'spec', 'volumes').find((volume) => volume['name'] === 'tetragon-config'),
    'configMap',
    'name',
  ) ?? 'tetragon-config';

const line = (
  cluster: Cluster,
  level: string,
  message: string,
  fields: Readonly<Record<string, string>> = {},
): string =>
  [
    `time=${new Date(cluster.clock.now()).toISOString()}`,
    `level=${level}`,
    `msg=${JSON.stringify(message)}`,
    ...Object.entries(fields).map(([key, value]) => `${key}=${JSON.stringify(value)}`),
  ].join(' ');

/** Whether the agent serves: it runs, sees its CRDs and has loaded its base sensor. Its pod is Ready long before. */
export const isServing = (cluster: Cluster, pod: KubeObject): boolean =>
  isRunning(pod, AGENT) &&
  exportTrouble(recall(cluster, pod, AGENT)) === undefined &&
  missingTetragonKinds(cluster).length === 0 &&
  cluster.delays.passed(uid(pod), 'boot/tetragon', BOOT_MS);

/** Which run of the agent's process this is: its restart count. */
export const runOf = (pod: KubeObject): number =>
  numberAt(
    listAt(pod, 'status', 'containerStatuses').find((one) => one['name'] === AGENT),
    'restartCount',
  ) ?? 0;

const needsApi = (container: string, matches: Program['matches'], started: Program['started']): Program => ({
  matches,
  verdict({ cluster, pod }) {
    const refused = container === AGENT ? exportTrouble(recall(cluster, pod, AGENT)) : undefined;
    if (refused !== undefined)
      return {
        kind: 'exit',
        code: 1,
        afterMs: 1_000,
        log: [line(cluster, 'error', 'Failed to start tetragon', { error: refused })],
      };
    const { trouble, afterMs } = apiServer(cluster, pod, container);
    // Once it has its watches, an agent outlives a lost API server.
    if (
      trouble === undefined ||
      listAt(pod, 'status', 'containerStatuses').some((one) => one['name'] === container && one['ready'] === true)
    )
      return { kind: 'ready' };
    return {
      kind: 'exit',
      code: 1,
      afterMs,
      log: [
        line(cluster, 'error', container === AGENT ? 'Failed to start tetragon' : 'failed to start tetragon-operator', {
          error: trouble,
        }),
      ],
    };
  },
  ...(started === undefined ? {} : { started }),
});

export const tetragonPrograms: readonly Program[] = [
  needsApi(
    AGENT,
    (pod, container) => container === AGENT && isTetragonPod(pod),
    ({ cluster, pod }) => {
      remember(
        cluster,
        pod,
        AGENT,
        configMapData(cluster, pod.metadata.namespace ?? 'kube-system', configName(pod)) ?? {},
      );
      cluster.logs.write(
        uid(pod),
        AGENT,
        line(cluster, 'info', 'Starting tetragon', { version: 'v1.7.0' }),
        line(cluster, 'info', 'Waiting for required CRDs', {
          crds: 'tracingpolicies.cilium.io, tracingpoliciesnamespaced.cilium.io',
        }),
      );
    },
  ),
  needsApi(
    OPERATOR,
    (pod, container) => container === OPERATOR && pod.metadata.labels?.['app.kubernetes.io/name'] === OPERATOR,
    ({ cluster, pod }) => remember(cluster, pod, OPERATOR, operatorConfig(cluster, pod)),
  ),
];

export interface LoadedPolicy {
  readonly object: KubeObject;
  readonly id: number;
  readonly state: 'loading' | 'enabled' | 'load_error';
  readonly error: string | undefined;
}

const hooks = (policy: KubeObject): readonly Fields[] =>
  ['kprobes', 'fentries', 'tracepoints', 'uprobes', 'usdts', 'lsmhooks'].flatMap((key) => listAt(policy, 'spec', key));

const age = (object: KubeObject): string => `${object.metadata.creationTimestamp ?? ''}/${object.metadata.name}`;

/** Every policy of the cluster as this agent has it. A changed policy is loaded anew. */
export const policiesOf = (cluster: Cluster, pod: KubeObject): readonly LoadedPolicy[] => {
  const node = cluster.store.get(NODES, undefined, textAt(pod, 'spec', 'nodeName') ?? '');
  const loader = {
    kernel: parseKernel(textAt(node, 'status', 'nodeInfo', 'kernelVersion') ?? ''),
    config: recall(cluster, pod, AGENT),
  };
  const all = [...cluster.store.list(TRACING_POLICIES), ...cluster.store.list(TRACING_POLICIES_NAMESPACED)].filter(
    (one) => !isTerminating(one),
  );
  return all
    .sort((a, b) => age(a).localeCompare(age(b)))
    .map((object, index) => {
      const stage = `load/${uid(object)}/${object.metadata.generation ?? 1}`;
      const error = loadError(object, loader);
      const loaded = cluster.delays.passed(uid(pod), stage, LOAD_MS + HOOK_MS * hooks(object).length);
      return {
        object,
        id: index + 1,
        state: !loaded ? 'loading' : error === undefined ? 'enabled' : 'load_error',
        error: loaded ? error : undefined,
      };
    });
};

/** Agents load on their own, asked or not: this starts what takes its time, and writes what came of it to their logs. */
export const reconcileTetragonAgents = (cluster: Cluster): void => {
  for (const node of cluster.store.list(NODES)) {
    const pod = tetragonOn(cluster, node.metadata.name);
    if (pod === undefined || !isServing(cluster, pod)) continue;
    for (const { object, state, error } of policiesOf(cluster, pod)) {
      if (
        state === 'loading' ||
        cluster.delays.passed(uid(pod), `logged/${uid(object)}/${object.metadata.generation ?? 1}`, 0)
      )
        continue;
      cluster.logs.write(
        uid(pod),
        AGENT,
        error === undefined
          ? line(cluster, 'info', 'Loaded sensor successfully', { sensor: sensorsOf(object).join(',') })
          : line(cluster, 'warn', 'adding tracing policy failed', { error }),
      );
    }
  }
};

export const sensorsOf = (policy: KubeObject): readonly string[] => {
  const kinds = {
    kprobes: 'generic_kprobe',
    fentries: 'generic_fentry',
    tracepoints: 'generic_tracepoint',
    uprobes: 'generic_uprobe',
    usdts: 'generic_usdt',
    lsmhooks: 'generic_lsm',
  };
  return Object.entries(kinds).flatMap(([key, sensor]) => (listAt(policy, 'spec', key).length > 0 ? [sensor] : []));
};

/** enforce, monitor where an option says so, monitor_only where the policy holds no enforcing action. */
export const modeOf = (policy: KubeObject): 'enforce' | 'monitor' | 'monitor_only' => {
  const enforcing = hooks(policy).some((hook) =>
    listAt(hook, 'selectors').some((selector) =>
      listAt(selector, 'matchActions').some((one) =>
        ['Sigkill', 'Override', 'Signal', 'NotifyEnforcer'].includes(textAt(one, 'action') ?? ''),
      ),
    ),
  );
  if (!enforcing) return 'monitor_only';
  const monitored = listAt(policy, 'spec', 'options').some(
    (one) => one['name'] === 'policy-mode' && one['value'] === 'monitor',
  );
  return monitored ? 'monitor' : 'enforce';
};

export const isFiltered = (policy: KubeObject): boolean =>
  policy.metadata.namespace !== undefined ||
  at(policy, 'spec', 'podSelector') !== undefined ||
  at(policy, 'spec', 'containerSelector') !== undefined;

export const kernelMemory = (policy: KubeObject): number => {
  const follow = hooks(policy).some((hook) =>
    listAt(hook, 'selectors').some((selector) =>
      listAt(selector, 'matchActions').some((one) => one['action'] === 'FollowFD'),
    ),
  );
  return hooks(policy).length * 2_412_336 + (follow ? 132_000_000 : 0);
};
