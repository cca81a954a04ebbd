import type { LogLine } from '../agents.ts';

const KEPT_LINES = 2000;

/** Container logs as the node keeps them: in memory, the oldest lines rotated away. */
export interface LogBook {
  write(pod: string, container: string, ...texts: readonly string[]): void;
  /** All that is kept, of every run. */
  read(pod: string, container: string): readonly LogLine[];
  /** The container starts: what is written from now on belongs to a new run. */
  begin(pod: string, container: string): void;
  ofRun(pod: string, container: string, run: 'latest' | 'previous'): readonly LogLine[];
  follow(pod: string, container: string, listener: (line: LogLine) => void): () => void;
  forget(pod: string): void;
}

interface Log {
  readonly lines: (LogLine & { readonly run: number })[];
  run: number;
  readonly listeners: Set<(line: LogLine) => void>;
}

/** `pod` is the pod's uid: a new pod of an old name has a log of its own. */
export const createLogBook = (now: () => number): LogBook => {
  const pods = new Map<string, Map<string, Log>>();

  const logOf = (pod: string, container: string): Log => {
    const logs = pods.get(pod) ?? new Map<string, Log>();
    pods.set(pod, logs);
    const log = logs.get(container) ?? { lines: [], run: 0, listeners: new Set() };
    logs.set(container, log);
    return log;
  };

  return {
    write(pod, container, ...texts) {
      const log = logOf(pod, container);
      for (const text of texts) {
        const line = { time: now(), text, run: log.run };
        log.lines.push(line);
        for (const listener of log.listeners) listener(line);
      }
      if (log.lines.length > KEPT_LINES) log.lines.splice(0, log.lines.length - KEPT_LINES);
    },
    read: (pod, container) => [...(pods.get(pod)?.get(container)?.lines ?? [])],
    begin(pod, container) {
      logOf(pod, container).run += 1;
    },
    ofRun(pod, container, run) {
      const log = pods.get(pod)?.get(container);
      if (log === undefined) return [];
      const wanted = run === 'latest' ? log.run : log.run - 1;
      return log.lines.filter((line) => line.run === wanted);
    },
    follow(pod, container, listener) {
      const { listeners } = logOf(pod, container);
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    forget: (pod) => pods.delete(pod),
  };
};
