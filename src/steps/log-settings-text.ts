import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Problem } from '../errors/problem.ts';

/** What of kube-system is let out, by namespace and controller as the agent matches them. */
const tetragonPods = 'kube-system:tetragon';
/** Brings cilium-envoy's output along: the agent guesses the controller from the pod's name. */
const ciliumPods = 'kube-system:cilium';

interface Stream {
  readonly enabled?: unknown;
  readonly exclude_namespaces?: unknown;
  readonly collect_system_pod_logs?: unknown;
}

interface Settings {
  readonly log_collection_settings?: {
    readonly stdout?: Stream;
    readonly stderr?: Stream;
    readonly schema?: { readonly containerlog_schema_version?: unknown };
    readonly enable_multiline_logs?: { readonly enabled?: unknown };
  };
}

/** The agent's settings for this cluster, as the text that it reads. */
export const logSettings = async (assets: string, options: { readonly flows: boolean }): Promise<string> => {
  const text = await readFile(join(assets, 'templates', 'log-settings.toml'), 'utf8');
  return options.flows ? text.replace(`["${tetragonPods}"]`, `["${tetragonPods}", "${ciliumPods}"]`) : text;
};

const strings = (value: unknown): readonly string[] | undefined =>
  Array.isArray(value) && value.every((each) => typeof each === 'string') ? value : undefined;

/** A stream with an `enabled` of its own loses the agent's default list: without a list of names nothing is excluded. */
const excludedBy = (stream: Stream | undefined): readonly string[] | undefined =>
  Array.isArray(stream?.exclude_namespaces) ? strings(stream.exclude_namespaces) : [];

/**
 * Reads settings by the agent's rules and says what would keep Tetragon's events, or with `flows` Cilium's, from arriving, or let more
 * of kube-system out than that. Empty where they do exactly what is wanted. Source: Docker-Provider's tomlparser.rb and oms.go.
 */
export const logSettingsProblems = async (
  text: string,
  options: { readonly flows: boolean },
): Promise<readonly string[]> => {
  const { parse, TomlError } = await import('smol-toml');
  let settings: Settings;
  try {
    settings = parse(text);
  } catch (error) {
    if (error instanceof TomlError)
      return [
        `the settings are no valid TOML, so the agent would use its defaults: ${error.message.split('\n')[0] ?? ''}`,
      ];
    throw error;
  }
  const { stdout, stderr, schema, enable_multiline_logs: multiline } = settings.log_collection_settings ?? {};
  const problems: string[] = [];
  if (stdout?.enabled !== true) problems.push('stdout is not collected (log_collection_settings.stdout.enabled)');
  const excluded = excludedBy(stdout);
  if (excluded === undefined) problems.push('exclude_namespaces of stdout is no list of names');
  // The agent looks for the name in the joined list, so `my-kube-system` counts, too.
  else if (excluded.join(',').includes('kube-system'))
    problems.push('kube-system is excluded from stdout, so collect_system_pod_logs is ignored');
  const wanted = options.flows ? [tetragonPods, ciliumPods] : [tetragonPods];
  const collected = strings(stdout?.collect_system_pod_logs) ?? [];
  for (const pods of wanted)
    if (!collected.includes(pods)) problems.push(`${pods} is not in collect_system_pod_logs of stdout`);
  for (const pods of collected) {
    if (pods.startsWith('kube-system:') && !wanted.includes(pods)) problems.push(`${pods} is collected, too`);
  }
  if (stderr?.enabled === true && !(excludedBy(stderr) ?? []).includes('kube-system')) {
    problems.push('stderr of kube-system is collected');
  }
  if (schema?.containerlog_schema_version !== 'v2')
    problems.push('containerlog_schema_version is not v2: rows would go to another table');
  if (multiline?.enabled !== 'true' && multiline?.enabled !== true)
    problems.push('enable_multiline_logs is off: events over 16 KB would arrive in pieces');
  return problems;
};

/** Throws where our own settings would not do what they are for. */
export const checkedLogSettings = async (assets: string, options: { readonly flows: boolean }): Promise<string> => {
  const text = await logSettings(assets, options);
  const problems = await logSettingsProblems(text, options);
  if (problems.length === 0) return text;
  throw new Problem(`The log settings would not work: ${problems.join('; ')}`, {
    kind: 'failed',
    code: 'log-settings',
    hint: 'Restore templates/log-settings.toml of this package.',
  });
};
