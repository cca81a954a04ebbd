import { Problem } from '../errors/problem.ts';
import type { Kubernetes, Manifest } from '../kubernetes/kubernetes.ts';
import { parsePrometheus, type Sample, sumOf, sumsBy } from './prometheus.ts';

/** What an agent has counted since it started, by its metrics port; names in comments are Tetragon 1.7's. */
export interface TetragonCounters {
  /** Events by type, for example `PROCESS_EXEC`, before the export filters; `tetragon_events_total`. */
  readonly seen: Readonly<Record<string, number>>;
  /** What passed the filters; `tetragon_events_exported_total`. */
  readonly exported: number;
  /** RFC 3339, whole seconds; undefined before the first. `tetragon_events_last_exported_timestamp`. */
  readonly lastExportedAt: string | undefined;
  /** Passed the filters, but came faster than `tetragon.exportRateLimit`; `tetragon_export_ratelimit_events_dropped_total`. */
  readonly rateLimited: number;
  readonly lost: LostEvents;
}

/** Events that the agent or the kernel had to drop. */
export interface LostEvents {
  /** Not sent by the kernel; `tetragon_bpf_missed_events_total`. */
  readonly kernel: number;
  /** `tetragon_observer_ringbuf_events_lost_total`. */
  readonly ringBuffer: number;
  /** `tetragon_observer_ringbuf_queue_events_lost_total`. */
  readonly queue: number;
  /** The exporter did not keep up; `tetragon_notify_overflowed_events_total`. */
  readonly listener: number;
}

export interface CountersAnswer {
  readonly counters: TetragonCounters | undefined;
  /** Why there are none. */
  readonly unreadable: string | undefined;
}

const unreadable = (why: string): CountersAnswer => ({ counters: undefined, unreadable: why });

/** Where the agents' metrics are, by the chart's ConfigMap: a port, or why there is none. */
export type MetricsPort = number | { readonly off: string };

const chartDefault = 2112;

/** The agents restart when this ConfigMap changes, so that it says what they run with. */
export const metricsPort = async (
  kubernetes: Kubernetes,
  namespace: string,
  signal: AbortSignal,
): Promise<MetricsPort> => {
  const config: (Manifest & { readonly data?: Readonly<Record<string, string>> }) | undefined = await kubernetes.get(
    { apiVersion: 'v1', kind: 'ConfigMap', namespace, name: 'tetragon-config' },
    signal,
  );
  const address = config?.data?.['metrics-server'];
  if (address === undefined) return chartDefault;
  const port = /:(\d+)$/.exec(address)?.[1];
  return port === undefined ? { off: 'metrics are off (chart value tetragon.prometheus.enabled)' } : Number(port);
};

/** Asks one agent; an agent that cannot be asked is an answer, too: the network may forbid it. */
export const readCounters = async (
  kubernetes: Kubernetes,
  pod: { readonly namespace: string; readonly name: string },
  port: MetricsPort,
  signal: AbortSignal,
): Promise<CountersAnswer> => {
  if (typeof port !== 'number') return unreadable(port.off);
  try {
    const text = await kubernetes.podHttp({ namespace: pod.namespace, pod: pod.name, port }, '/metrics', signal);
    const counters = countersOf(parsePrometheus(text));
    // On the host's network another program may have the port.
    return counters === undefined
      ? unreadable(`port ${port} does not answer with Tetragon's metrics`)
      : { counters, unreadable: undefined };
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof Problem) return unreadable(withoutNames(error.message, pod.name));
    throw error;
  }
};

/** The same trouble on many nodes is to read the same. */
const withoutNames = (message: string, pod: string): string =>
  message.replaceAll(pod, 'tetragon').replaceAll(/\d+(?:\.\d+){3}:(\d+)/g, 'port $1');

const countersOf = (samples: readonly Sample[]): TetragonCounters | undefined => {
  const exported = sumOf(samples, 'tetragon_events_exported_total');
  if (exported === undefined) return undefined;
  const count = (name: string): number => sumOf(samples, name) ?? 0;
  const last = count('tetragon_events_last_exported_timestamp');
  return {
    seen: sumsBy(samples, 'tetragon_events_total', 'type'),
    exported,
    lastExportedAt: last > 0 ? new Date(last * 1000).toISOString().replace('.000Z', 'Z') : undefined,
    rateLimited: count('tetragon_export_ratelimit_events_dropped_total'),
    lost: {
      kernel: count('tetragon_bpf_missed_events_total'),
      ringBuffer: count('tetragon_observer_ringbuf_events_lost_total'),
      queue: count('tetragon_observer_ringbuf_queue_events_lost_total'),
      listener: count('tetragon_notify_overflowed_events_total'),
    },
  };
};

/** All agents together; undefined where none could be read. The newest export is that of any of them. */
export const summed = (all: readonly TetragonCounters[]): TetragonCounters | undefined => {
  const [first, ...rest] = all;
  return first === undefined ? undefined : rest.reduce(added, first);
};

const added = (a: TetragonCounters, b: TetragonCounters): TetragonCounters => ({
  seen: Object.fromEntries(
    [...new Set([...Object.keys(a.seen), ...Object.keys(b.seen)])].map((type) => [
      type,
      (a.seen[type] ?? 0) + (b.seen[type] ?? 0),
    ]),
  ),
  exported: a.exported + b.exported,
  lastExportedAt: [a.lastExportedAt, b.lastExportedAt]
    .filter((time) => time !== undefined)
    .toSorted()
    .at(-1),
  rateLimited: a.rateLimited + b.rateLimited,
  lost: {
    kernel: a.lost.kernel + b.lost.kernel,
    ringBuffer: a.lost.ringBuffer + b.lost.ringBuffer,
    queue: a.lost.queue + b.lost.queue,
    listener: a.lost.listener + b.lost.listener,
  },
});

export const lostCount = ({ kernel, ringBuffer, queue, listener }: LostEvents): number =>
  kernel + ringBuffer + queue + listener;
