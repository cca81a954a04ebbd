import type { KubeObject } from '../../objects.ts';
import { type Cluster, uid } from '../cluster.ts';
import { isServing, policiesOf } from './agents.ts';

/** Types of the exported lines, by their key: `{"process_exec":…}` is PROCESS_EXEC. */
const eventTypes = (cluster: Cluster, pod: KubeObject): ReadonlyMap<string, number> => {
  const counts = new Map<string, number>();
  for (const { text } of cluster.logs.read(uid(pod), 'export-stdout')) {
    const type = /^\{"(\w+)"/.exec(text)?.[1]?.toUpperCase() ?? 'UNKNOWN';
    counts.set(type, (counts.get(type) ?? 0) + 1);
  }
  return counts;
};

const family = (
  name: string,
  type: 'gauge' | 'counter',
  help: string,
  samples: readonly string[],
): readonly string[] => [
  `# HELP ${name} ${help}`,
  `# TYPE ${name} ${type}`,
  ...samples.map((sample) => `${name}${sample}`),
];

/** What the agent's :2112/metrics answers, in Prometheus' text format; undefined while the agent does not serve. Counters go back as far as the container's log. */
export const metricsText = (cluster: Cluster, pod: KubeObject): string | undefined => {
  if (!isServing(cluster, pod)) return undefined;
  const policies = policiesOf(cluster, pod);
  const events = [...eventTypes(cluster, pod)];
  const total = events.reduce((sum, [, count]) => sum + count, 0);
  const last = cluster.logs.read(uid(pod), 'export-stdout').at(-1)?.time;
  const loaded = ['load_error', 'error', 'disabled', 'enabled'].map(
    (state) => `{state="${state}"} ${policies.filter((one) => one.state === state).length}`,
  );
  return [
    ...family('tetragon_build_info', 'gauge', 'Build information about tetragon', [
      '{commit="",go_version="go1.26.0",modified="false",time="",version="v1.7.0"} 1',
    ]),
    ...family('tetragon_tracingpolicy_loaded', 'gauge', 'The number of loaded tracing policy by state.', loaded),
    ...family(
      'tetragon_events_total',
      'counter',
      'The total number of Tetragon events',
      events.map(([type, count]) => `{type="${type}"} ${count}`),
    ),
    ...family('tetragon_events_exported_total', 'counter', 'Total number of events exported', [` ${total}`]),
    ...family('tetragon_events_last_exported_timestamp', 'gauge', 'Timestamp of the most recent event to be exported', [
      ` ${last === undefined ? 0 : Math.floor(last / 1000)}`,
    ]),
    ...family(
      'tetragon_export_ratelimit_events_dropped_total',
      'counter',
      'Number of events dropped on export due to rate limiting',
      [' 0'],
    ),
    ...family(
      'tetragon_observer_ringbuf_events_lost_total',
      'counter',
      'Number of perf events Tetragon ring buffer lost.',
      [' 0'],
    ),
    '',
  ].join('\n');
};
