import type { Cluster } from '../cluster.ts';

/** A line as Cilium's slog handler writes it since 1.18. */
export const logLine = (
  cluster: Cluster,
  level: 'info' | 'warn' | 'error' | 'fatal',
  message: string,
  fields: Readonly<Record<string, string>>,
): string => {
  const quoted = (value: string): string => (/^[\w./:@-]+$/.test(value) ? value : JSON.stringify(value));
  const pairs = Object.entries(fields).map(([key, value]) => `${key}=${quoted(value)}`);
  return [
    `time=${new Date(cluster.clock.now()).toISOString()}`,
    `level=${level}`,
    `msg=${quoted(message)}`,
    ...pairs,
  ].join(' ');
};
