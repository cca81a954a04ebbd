import type { Api } from './api.ts';
import type { PodAnswers, PodTarget } from './pod-answers.ts';

interface Policy {
  readonly metadata: { readonly name: string; readonly namespace?: string };
}

/** What `tetra tracingpolicy list -o json` says of one policy: protojson, zero values left out, 64-bit numbers as text. */
export interface PolicyState {
  readonly id: string;
  readonly name: string;
  readonly namespace?: string;
  readonly sensors?: readonly string[];
  readonly enabled?: true;
  readonly error?: string;
  readonly state: 'TP_STATE_ENABLED' | 'TP_STATE_LOADING' | 'TP_STATE_LOAD_ERROR' | 'TP_STATE_ERROR';
  readonly kernel_memory_bytes?: string;
  readonly mode: 'TP_MODE_ENFORCE' | 'TP_MODE_MONITOR';
}

const policiesOf = async (api: Api, plural: string): Promise<readonly Policy[]> => {
  const answer = await api.ask('GET', `/apis/cilium.io/v1alpha1/${plural}`);
  return answer.status === 200 ? (JSON.parse(answer.body) as { items: readonly Policy[] }).items : [];
};

/** Every policy that the API server has, loaded: an agent on a kernel that knows every hook. */
export const loadedPolicies = async (api: Api): Promise<readonly PolicyState[]> => {
  const [cluster, namespaced] = await Promise.all([
    policiesOf(api, 'tracingpolicies'),
    policiesOf(api, 'tracingpoliciesnamespaced'),
  ]);
  return [...cluster, ...namespaced].map(({ metadata: { name, namespace } }, index) => ({
    id: String(index + 1),
    name,
    ...(namespace === undefined ? {} : { namespace }),
    sensors: ['generic_kprobe'],
    enabled: true,
    state: 'TP_STATE_ENABLED',
    kernel_memory_bytes: '2883584',
    mode: 'TP_MODE_ENFORCE',
  }));
};

export const policyList = (policies: readonly PolicyState[]): string =>
  `${JSON.stringify(policies.length === 0 ? {} : { policies })}\n`;

/** The counters of an agent's /metrics by name, with what has labels written as in Prometheus' text. */
export const tetragonMetrics = (counters: Readonly<Record<string, number>>): string =>
  Object.entries(counters)
    .map(([name, value]) => `${name} ${value}\n`)
    .join('');

const counters = {
  'tetragon_events_total{binary="",namespace="",pod="",type="PROCESS_EXEC",workload=""}': 1200,
  'tetragon_events_total{binary="",namespace="",pod="",type="PROCESS_EXIT",workload=""}': 1180,
  tetragon_events_exported_total: 940,
  tetragon_events_last_exported_timestamp: 1_795_000_000,
  tetragon_export_ratelimit_events_dropped_total: 0,
  tetragon_notify_overflowed_events_total: 0,
  tetragon_observer_ringbuf_events_lost_total: 0,
  tetragon_observer_ringbuf_queue_events_lost_total: 0,
};

const metricsPort = 2112;

export const isTetragonAgent = ({ labels }: PodTarget): boolean =>
  labels['app.kubernetes.io/name'] === 'tetragon' && labels['app.kubernetes.io/component'] !== 'operator';

/** Tetragon's agents: their policies, and their counters at the port that the chart gives them by default. */
export const tetragonAnswers = (api: Api): PodAnswers => ({
  async exec(pod, container, [program = '', ...words]) {
    if (!isTetragonAgent(pod) || container !== 'tetragon' || program !== 'tetra') return undefined;
    return /^(tracingpolicy|tp) list -o json$/.test(words.join(' '))
      ? { stdout: policyList(await loadedPolicies(api)) }
      : { stdout: '', stderr: `Error: unknown command "${words.join(' ')}" for "tetra"\n`, exitCode: 1 };
  },
  listens: (pod, port) =>
    isTetragonAgent(pod) && port === metricsPort
      ? (path) => (path === '/metrics' ? { status: 200, body: tetragonMetrics(counters) } : undefined)
      : undefined,
});
