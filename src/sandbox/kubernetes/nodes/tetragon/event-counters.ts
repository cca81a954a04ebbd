/** The labels of one event that Tetragon counts it by. */
export interface CountedEvent {
  /** For example PROCESS_EXEC. */
  readonly type: string;
  readonly namespace: string;
  readonly workload: string;
  readonly pod: string;
  readonly binary: string;
}

/** What one run of an agent has counted; like the real ones, gone with it. */
export interface AgentCounters {
  readonly seen: ReadonlyMap<string, { readonly event: CountedEvent; readonly count: number }>;
  readonly exported: number;
  readonly exportedBytes: number;
  readonly rateLimited: number;
  /** Milliseconds since the epoch of the newest exported event; undefined before the first. */
  readonly lastExported: number | undefined;
}

export interface EventCounters {
  of(pod: string, run: number): AgentCounters;
  /** An event that the kernel reported, exported or not. */
  saw(pod: string, run: number, event: CountedEvent): void;
  /** Whether `export-rate-limit` (events a minute, negative for none) still has room for one at this time; one that has none is counted as dropped. */
  allows(pod: string, run: number, limit: number, now: number): boolean;
  exported(pod: string, run: number, bytes: number, now: number): void;
  forget(pod: string): void;
}

interface Counting {
  readonly run: number;
  readonly seen: Map<string, { readonly event: CountedEvent; count: number }>;
  exported: number;
  exportedBytes: number;
  rateLimited: number;
  lastExported: number | undefined;
  bucket: { tokens: number; at: number } | undefined;
}

const minute = 60_000;

/** Counters of every agent, in memory. `pod` is the pod's uid, `run` its container's restart count: a restart begins at zero. */
export const createEventCounters = (): EventCounters => {
  const pods = new Map<string, Counting>();

  const at = (pod: string, run: number): Counting => {
    const known = pods.get(pod);
    if (known?.run === run) return known;
    const fresh: Counting = {
      run,
      seen: new Map(),
      exported: 0,
      exportedBytes: 0,
      rateLimited: 0,
      lastExported: undefined,
      bucket: undefined,
    };
    pods.set(pod, fresh);
    return fresh;
  };

  return {
    of: at,
    saw(pod, run, event) {
      const { seen } = at(pod, run);
      const key = Object.values(event).join('\n');
      const known = seen.get(key);
      if (known === undefined) seen.set(key, { event, count: 1 });
      else known.count += 1;
    },
    allows(pod, run, limit, now) {
      if (limit < 0) return true;
      const counting = at(pod, run);
      const bucket = counting.bucket ?? { tokens: limit, at: now };
      const tokens = Math.min(limit, bucket.tokens + ((now - bucket.at) * limit) / minute);
      const allowed = tokens >= 1;
      counting.bucket = { tokens: allowed ? tokens - 1 : tokens, at: now };
      if (!allowed) counting.rateLimited += 1;
      return allowed;
    },
    exported(pod, run, bytes, now) {
      const counting = at(pod, run);
      counting.exported += 1;
      counting.exportedBytes += bytes;
      counting.lastExported = now;
    },
    forget: (pod) => pods.delete(pod),
  };
};
