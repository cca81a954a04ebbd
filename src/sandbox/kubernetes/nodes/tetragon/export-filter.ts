import { type Fields, at, flagAt, textAt, textsAt } from '../fields.ts';

/** What of an event the export filters look at. */
export interface Exported {
  /** For example PROCESS_EXEC. */
  readonly type: string;
  /** Empty for a process that belongs to no pod. */
  readonly namespace: string;
  readonly pod: string;
  readonly binary: string;
  readonly healthCheck: boolean;
}

type Config = Readonly<Record<string, string>>;

const FILTER_KEYS = new Set(
  'binary_regex namespace health_check pid pid_set event_set pod_regex arguments_regex labels policy_names capabilities parent_binary_regex cel_expression parent_arguments_regex container_id in_init_tree ancestor_binary_regex'.split(
    ' ',
  ),
);
const EVENT_TYPES = new Set(
  'PROCESS_EXEC PROCESS_EXIT PROCESS_KPROBE PROCESS_TRACEPOINT PROCESS_LOADER PROCESS_UPROBE PROCESS_THROTTLE PROCESS_LSM PROCESS_USDT RATE_LIMIT_INFO'.split(
    ' ',
  ),
);
const REDACTION_KEYS = new Set(['match', 'redact', 'binary_regex']);
const FIELD_KEYS = new Set(['event_set', 'fields', 'action', 'invert_event_set']);

const lines = (text: string | undefined): readonly string[] =>
  (text ?? '').split('\n').filter((line) => line.trim() !== '');

const parse = (text: string | undefined): readonly Fields[] => lines(text).map((line) => JSON.parse(line) as Fields);

/** RE2 puts its flags into the pattern; JavaScript beside it. */
const regex = (pattern: string, flags = ''): RegExp => {
  const [, inline = ''] = /^\(\?([ims]+)\)/.exec(pattern) ?? [];
  return new RegExp(inline === '' ? pattern : pattern.slice(inline.length + 3), flags + inline);
};

const lineTrouble = (line: string, keys: ReadonlySet<string>): string | undefined => {
  let filter: unknown;
  try {
    filter = JSON.parse(line);
  } catch {
    return `proto: syntax error: ${line}`;
  }
  const unknown = Object.keys(filter as Fields).find((key) => !keys.has(key));
  if (unknown !== undefined) return `proto: unknown field "${unknown}"`;
  const type = textsAt(filter, 'event_set').find((name) => !EVENT_TYPES.has(name));
  if (type !== undefined) return `proto: invalid value for enum field event_set: "${type}"`;
  for (const pattern of ['binary_regex', 'pod_regex', 'redact', 'match'].flatMap((key) => textsAt(filter, key))) {
    try {
      regex(pattern);
    } catch {
      return `error parsing regexp: ${pattern}`;
    }
  }
  return undefined;
};

/** Why the agent does not start with these export settings; undefined where it does. */
export const exportTrouble = (config: Config): string | undefined => {
  const checked: readonly (readonly [string, ReadonlySet<string>])[] = [
    ['export-allowlist', FILTER_KEYS],
    ['export-denylist', FILTER_KEYS],
    ['field-filters', FIELD_KEYS],
    ['redaction-filters', REDACTION_KEYS],
  ];
  for (const [key, keys] of checked) {
    const trouble = lines(config[key])
      .map((line) => lineTrouble(line, keys))
      .find((one) => one !== undefined);
    if (trouble !== undefined) return `failed to parse ${key}: ${trouble}`;
  }
  return undefined;
};

const matches = (filter: Fields, event: Exported): boolean => {
  if (at(filter, 'health_check') !== undefined && flagAt(filter, 'health_check') !== event.healthCheck) return false;
  const listed = (key: string, value: string): boolean =>
    at(filter, key) === undefined || textsAt(filter, key).includes(value);
  const like = (key: string, value: string): boolean =>
    at(filter, key) === undefined || textsAt(filter, key).some((pattern) => regex(pattern).test(value));
  return (
    listed('event_set', event.type) &&
    listed('namespace', event.namespace) &&
    like('pod_regex', event.pod) &&
    like('binary_regex', event.binary)
  );
};

/** Whether the agent exports an event: one entry of the allow list must match (all, where it is empty), and none of the deny list. */
export const isExported = (config: Config, event: Exported): boolean => {
  const allow = parse(config['export-allowlist']);
  const deny = parse(config['export-denylist']);
  return (
    (allow.length === 0 || allow.some((filter) => matches(filter, event))) &&
    !deny.some((filter) => matches(filter, event))
  );
};

/** Arguments with what the groups of matching redaction filters caught replaced by `*****`. */
export const redacted = (config: Config, binary: string, text: string): string => {
  let result = text;
  for (const filter of parse(config['redaction-filters'])) {
    if (
      at(filter, 'binary_regex') !== undefined &&
      !textsAt(filter, 'binary_regex').some((pattern) => regex(pattern).test(binary))
    )
      continue;
    for (const pattern of textsAt(filter, 'redact')) {
      result = result.replace(regex(pattern, 'g'), (whole: string, ...groups: readonly unknown[]) =>
        groups
          .filter((group): group is string => typeof group === 'string' && group !== '' && group !== text)
          .reduce((sum, group) => (whole.includes(group) ? sum.replace(group, '*****') : sum), whole),
      );
    }
  }
  return result;
};

const without = (value: Fields, [key = '', ...rest]: readonly string[]): Fields => {
  if (rest.length === 0) return Object.fromEntries(Object.entries(value).filter(([name]) => name !== key));
  const inner = at(value, key);
  return typeof inner === 'object' && inner !== null ? { ...value, [key]: without(inner as Fields, rest) } : value;
};

const only = (value: Fields, paths: readonly (readonly string[])[]): Fields =>
  Object.fromEntries(
    Object.entries(value).flatMap(([key, inner]): readonly (readonly [string, unknown])[] => {
      const below = paths.filter(([first]) => first === key).map((path) => path.slice(1));
      if (below.length === 0) return [];
      return [
        [
          key,
          below.some((path) => path.length === 0) || typeof inner !== 'object' || inner === null
            ? inner
            : only(inner as Fields, below),
        ],
      ];
    }),
  );

/** The event's body as the field filters leave it. */
export const withFields = (config: Config, type: string, body: Fields): Fields =>
  parse(config['field-filters']).reduce((sum, filter) => {
    if (
      at(filter, 'event_set') !== undefined &&
      textsAt(filter, 'event_set').includes(type) === flagAt(filter, 'invert_event_set')
    )
      return sum;
    const paths = (textAt(filter, 'fields') ?? '').split(',').map((path) => path.trim().split('.'));
    return textAt(filter, 'action') === 'INCLUDE'
      ? only(sum, paths)
      : paths.reduce((left, path) => without(left, path), sum);
  }, body);
