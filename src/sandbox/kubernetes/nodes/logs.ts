import type { LogLine } from '../agents.ts';

const KEPT_LINES = 2000;

/** Container logs as the node keeps them: in memory, the oldest lines rotated away. */
export interface LogBook {
  write(pod: string, container: string, ...texts: readonly string[]): void;
  read(pod: string, container: string): readonly LogLine[];
  follow(pod: string, container: string, listener: (line: LogLine) => void): () => void;
  forget(pod: string): void;
}

interface Log {
  readonly lines: LogLine[];
  readonly listeners: Set<(line: LogLine) => void>;
}

/** `pod` is the pod's uid: a new pod of an old name has a log of its own. */
export const createLogBook = (now: () => number): LogBook => {
  const pods = new Map<string, Map<string, Log>>();

  const logOf = (pod: string, container: string): Log => {
    const logs = pods.get(pod) ?? new Map<string, Log>();
    pods.set(pod, logs);
    const log = logs.get(container) ?? { lines: [], listeners: new Set() };
    logs.set(container, log);
    return log;
  };

  return {
    write(pod, container, ...texts) {
      const log = logOf(pod, container);
      for (const text of texts) {
        const line = { time: now(), text };
        log.lines.push(line);
        for (const listener of log.listeners) listener(line);
      }
      if (log.lines.length > KEPT_LINES) log.lines.splice(0, log.lines.length - KEPT_LINES);
    },
    read: (pod, container) => [...(pods.get(pod)?.get(container)?.lines ?? [])],
    follow(pod, container, listener) {
      const { listeners } = logOf(pod, container);
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    forget: (pod) => pods.delete(pod),
  };
};
