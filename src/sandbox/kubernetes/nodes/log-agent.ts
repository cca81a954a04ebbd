import { parse } from 'smol-toml';
import type { KubeObject } from '../objects.ts';
import { at, fieldsAt, flagAt, textAt, textMapAt, textsAt } from './fields.ts';

export type LogStream = 'stdout' | 'stderr';

export interface StreamSettings {
  readonly enabled: boolean;
  readonly excludeNamespaces: readonly string[];
  /** Where a namespace is named here, only the pods of these controllers are read in it. */
  readonly systemPods: readonly { readonly namespace: string; readonly controller: string }[];
}

/** What Container Insights' agent makes of its ConfigMap. */
export interface LogSettings {
  readonly stdout: StreamSettings;
  readonly stderr: StreamSettings;
  readonly containerLogV2: boolean;
  /** Parts of a line that the runtime split at 16 KB are put together again, up to 64 KB. */
  readonly multiline: boolean;
  /** Lines that the agent prints about what it did not take over. */
  readonly errors: readonly string[];
}

const DEFAULT_EXCLUDED = ['kube-system', 'gatekeeper-system'];
const SYSTEM_NAMESPACES = [
  'kube-system',
  'gatekeeper-system',
  'calico-system',
  'azure-arc',
  'kube-public',
  'kube-node-lease',
];

const DEFAULT_STREAM: StreamSettings = { enabled: true, excludeNamespaces: DEFAULT_EXCLUDED, systemPods: [] };

const defaults = (...errors: readonly string[]): LogSettings => ({
  stdout: DEFAULT_STREAM,
  stderr: DEFAULT_STREAM,
  containerLogV2: true,
  multiline: false,
  errors,
});

interface Parsed {
  readonly settings: StreamSettings;
  readonly errors: readonly string[];
}

const stream = (section: unknown, name: LogStream): Parsed => {
  if (at(section, 'enabled') === undefined) return { settings: DEFAULT_STREAM, errors: [] };
  // A section with an `enabled` of its own clears the default list before it reads one, so without one nothing is excluded.
  const excludeNamespaces = textsAt(section, 'exclude_namespaces');
  const errors: string[] = [];
  const systemPods = textsAt(section, 'collect_system_pod_logs').flatMap((entry) => {
    const [namespace = '', controller = '', ...rest] = entry.split(':');
    if (namespace === '' || controller === '' || rest.length > 0 || !SYSTEM_NAMESPACES.includes(namespace)) {
      errors.push(
        `config::${name} collect_system_pod_logs: "${entry}" is not a system namespace and a controller, ignoring it`,
      );
      return [];
    }
    // The agent looks for the name anywhere in the joined list, so that it also finds it inside a longer one.
    if (excludeNamespaces.join(',').includes(namespace)) {
      errors.push(
        `config::${name} collect_system_pod_logs: namespace ${namespace} is in exclude_namespaces, ignoring "${entry}"`,
      );
      return [];
    }
    return [{ namespace, controller }];
  });
  return { settings: { enabled: flagAt(section, 'enabled'), excludeNamespaces, systemPods }, errors };
};

/** Settings by the rules of the agent's own parser (Docker-Provider, tomlparser.rb): anything malformed means all of its defaults, which leave kube-system out. */
export const effectiveLogSettings = (configMap: KubeObject | undefined): LogSettings => {
  if (configMap === undefined) return defaults();
  const data = textMapAt(configMap, 'data');
  const version = data['schema-version']?.trim() ?? '';
  if (version.toLowerCase() !== 'v1') {
    return defaults(
      `config::unsupported/missing config schema version - '${version}' , using defaults, please use supported schema version`,
    );
  }
  const text = data['log-data-collection-settings'];
  if (text === undefined || text.trim() === '') return defaults();
  let parsed: unknown;
  try {
    parsed = parse(text);
  } catch (error) {
    const reason = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
    return defaults(
      `config::error::Exception while parsing config map for log collection/env variable settings: ${reason}, using defaults, please check config map for errors`,
    );
  }
  const settings = fieldsAt(parsed, 'log_collection_settings');
  const [stdout, stderr] = [stream(settings['stdout'], 'stdout'), stream(settings['stderr'], 'stderr')];
  const multiline = at(settings, 'enable_multiline_logs', 'enabled');
  return {
    stdout: stdout.settings,
    stderr: stderr.settings,
    containerLogV2: (textAt(settings, 'schema', 'containerlog_schema_version') ?? 'v2').toLowerCase() === 'v2',
    multiline: multiline === true || multiline === 'true',
    errors: [...stdout.errors, ...stderr.errors],
  };
};

/** The agent guesses a pod's controller from its name: without its last part, and without its last two. */
const controllerCandidates = (pod: string): readonly string[] => {
  const parts = pod.split('-');
  return [parts.slice(0, -1).join('-'), parts.slice(0, -2).join('-')].filter((name) => name !== '');
};

/** Whether the agent reads this stream of this pod. It never looks at the container: all of a pod comes, or nothing. */
export const isCollected = (
  settings: LogSettings,
  name: LogStream,
  pod: { readonly namespace: string; readonly name: string },
): boolean => {
  const { enabled, excludeNamespaces, systemPods } = settings[name];
  if (!enabled || excludeNamespaces.includes(pod.namespace)) return false;
  const chosen = systemPods.filter((entry) => entry.namespace === pod.namespace);
  return chosen.length === 0 || chosen.some((entry) => controllerCandidates(pod.name).includes(entry.controller));
};
