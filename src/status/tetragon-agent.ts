import { Problem } from '../errors/problem.ts';
import type { Kubernetes } from '../kubernetes/kubernetes.ts';
import type { Pod } from './pod.ts';
import type { TetragonCounters } from './tetragon-counters.ts';

/** What one agent says of its tracing policies, by `tetra tracingpolicy list -o json`: the API server cannot know it. */
export interface TetragonAgent {
  readonly pod: string;
  readonly node: string | undefined;
  /** Undefined where the agent answered. */
  readonly unreachable: string | undefined;
  readonly policies: readonly LoadedPolicy[];
  /** Whether the container that writes events to the pod's log runs. */
  readonly exporting: boolean;
  /** Undefined where they were not asked for, or could not be read. */
  readonly counters?: TetragonCounters | undefined;
  /** Why its counters could not be read, where they were asked for. */
  readonly countersUnreadable?: string | undefined;
}

export interface LoadedPolicy {
  readonly name: string;
  readonly namespace: string | undefined;
  /** `enabled`, `disabled`, `load_error`, `error`, `loading`, `unloading`, `unknown`. */
  readonly state: string;
  readonly mode: string | undefined;
  /** The agent's own words. */
  readonly error: string | undefined;
  readonly kernelMemoryBytes: number | undefined;
}

interface RawPolicy {
  readonly name?: string;
  readonly namespace?: string;
  readonly state?: string;
  readonly mode?: string;
  readonly error?: string;
  readonly kernel_memory_bytes?: string | number;
}

const withoutPrefix = (value: string, prefix: string): string =>
  (value.startsWith(prefix) ? value.slice(prefix.length) : value).toLowerCase();

const parsePolicy = (raw: RawPolicy): LoadedPolicy => ({
  name: raw.name ?? '',
  namespace: raw.namespace === '' ? undefined : raw.namespace,
  state: withoutPrefix(raw.state ?? 'unknown', 'TP_STATE_'),
  mode: raw.mode === undefined ? undefined : withoutPrefix(raw.mode, 'TP_MODE_'),
  error: raw.error === '' ? undefined : raw.error,
  kernelMemoryBytes: raw.kernel_memory_bytes === undefined ? undefined : Number(raw.kernel_memory_bytes),
});

/** Asks one agent; a failed exec is an answer, too. */
export const askTetragonAgent = async (
  kubernetes: Kubernetes,
  pod: Pod,
  signal: AbortSignal,
): Promise<TetragonAgent> => {
  const exporting = pod.containers.some(({ name, running }) => name === 'export-stdout' && running);
  const mute = (why: string): TetragonAgent => ({
    pod: pod.name,
    node: pod.node,
    unreachable: why,
    policies: [],
    exporting,
  });
  try {
    const answer = await kubernetes.exec(
      { namespace: pod.namespace, pod: pod.name, container: 'tetragon' },
      ['tetra', 'tracingpolicy', 'list', '-o', 'json'],
      signal,
    );
    if (answer.exitCode !== 0)
      return mute(answer.stderr.trim().split('\n')[0] || `tetra exited with ${answer.exitCode}`);
    const { policies = [] } = JSON.parse(answer.stdout === '' ? '{}' : answer.stdout) as {
      policies?: readonly RawPolicy[];
    };
    return { pod: pod.name, node: pod.node, unreachable: undefined, policies: policies.map(parsePolicy), exporting };
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof Problem) return mute(error.message);
    if (error instanceof SyntaxError) return mute('tetra tracingpolicy list answered no JSON');
    throw error;
  }
};
