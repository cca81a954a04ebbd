import type { KubeObject } from '../../objects.ts';
import { type Cluster, uid } from '../cluster.ts';
import { metric } from '../prometheus-text.ts';
import { isServing, kernelMemory, policiesOf, runOf } from './agents.ts';

/** What the agent's /metrics answers, in Prometheus' text format; undefined while the agent does not serve. Counters begin with the agent's process. */
export const metricsText = (cluster: Cluster, pod: KubeObject): string | undefined => {
  if (!isServing(cluster, pod)) return undefined;
  const policies = policiesOf(cluster, pod);
  const counters = cluster.events.of(uid(pod), runOf(pod));
  const seen = [...counters.seen.values()];
  const received = seen.reduce((sum, { count }) => sum + count, 0);
  return [
    ...metric('tetragon_build_info', 'gauge', 'Build information about tetragon', [
      [{ commit: '', go_version: 'go1.26.0', modified: 'false', time: '', version: 'v1.7.0' }, 1],
    ]),
    ...metric('tetragon_events_exported_bytes_total', 'counter', 'Number of bytes exported for events', [
      [{}, counters.exportedBytes],
    ]),
    ...metric('tetragon_events_exported_total', 'counter', 'Total number of events exported', [
      [{}, counters.exported],
    ]),
    ...metric('tetragon_events_last_exported_timestamp', 'gauge', 'Timestamp of the most recent event to be exported', [
      [{}, Math.floor((counters.lastExported ?? 0) / 1000)],
    ]),
    ...metric(
      'tetragon_events_total',
      'counter',
      'The total number of Tetragon events',
      seen.map(({ event, count }) => [{ ...event }, count]),
    ),
    ...metric(
      'tetragon_export_ratelimit_events_dropped_total',
      'counter',
      'Number of events dropped on export due to rate limiting',
      [[{}, counters.rateLimited]],
    ),
    ...metric(
      'tetragon_notify_overflowed_events_total',
      'counter',
      'The total number of events dropped because listener buffer was full',
      [[{}, 0]],
    ),
    ...metric(
      'tetragon_observer_ringbuf_events_lost_total',
      'counter',
      'Number of perf events Tetragon ring buffer lost.',
      [[{}, 0]],
    ),
    ...metric(
      'tetragon_observer_ringbuf_events_received_total',
      'counter',
      'Number of perf events Tetragon ring buffer received.',
      [[{}, received]],
    ),
    ...metric(
      'tetragon_observer_ringbuf_queue_events_lost_total',
      'counter',
      'Number of perf events Tetragon ring buffer events queue lost.',
      [[{}, 0]],
    ),
    ...metric(
      'tetragon_tracingpolicy_kernel_memory_bytes',
      'gauge',
      "The amount of kernel memory in bytes used by policy's sensors non-shared BPF maps (memlock).",
      policies
        .filter(({ state }) => state === 'enabled')
        .map(({ object }) => [
          { policy: object.metadata.name, policy_namespace: object.metadata.namespace ?? '' },
          kernelMemory(object),
        ]),
    ),
    ...metric(
      'tetragon_tracingpolicy_loaded',
      'gauge',
      'The number of loaded tracing policy by state.',
      ['load_error', 'error', 'disabled', 'enabled'].map((state) => [
        { state },
        policies.filter((one) => one.state === state).length,
      ]),
    ),
    '',
  ].join('\n');
};
