import type { ExecResult } from '../../agents.ts';
import type { KubeObject } from '../../objects.ts';
import type { Cluster } from '../cluster.ts';
import { uid } from '../cluster.ts';
import { metricsText } from './metrics.ts';
import { type LoadedPolicy, isFiltered, isServing, kernelMemory, modeOf, policiesOf, sensorsOf } from './agents.ts';

const say = (stdout: string): ExecResult => ({ stdout: stdout === '' ? '' : `${stdout}\n`, stderr: '', exitCode: 0 });
const fail = (stderr: string, exitCode = 1): ExecResult => ({ stdout: '', stderr: `${stderr}\n`, exitCode });

const STATES = { loading: 'TP_STATE_LOADING', enabled: 'TP_STATE_ENABLED', load_error: 'TP_STATE_LOAD_ERROR' } as const;
const MODES = { enforce: 'TP_MODE_ENFORCE', monitor: 'TP_MODE_MONITOR', monitor_only: 'TP_MODE_MONITOR_ONLY' } as const;

/** protojson with the names of the proto file: zero values are left out and 64-bit numbers are strings. */
const policyJson = ({ object, id, state, error }: LoadedPolicy): unknown => ({
  id: String(id),
  name: object.metadata.name,
  ...(object.metadata.namespace === undefined ? {} : { namespace: object.metadata.namespace }),
  ...(state === 'enabled' ? { sensors: sensorsOf(object), enabled: true } : {}),
  ...(isFiltered(object) && state === 'enabled' ? { filter_id: String(id) } : {}),
  ...(error === undefined ? {} : { error }),
  state: STATES[state],
  ...(state === 'enabled' ? { kernel_memory_bytes: String(kernelMemory(object)) } : {}),
  mode: MODES[modeOf(object)],
});

const megabytes = (bytes: number): string => `${(bytes / 1_048_576).toFixed(2)} MB`;

const table = (rows: readonly (readonly string[])[]): string => {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  return rows
    .map((row) =>
      row.map((cell, column) => (column === row.length - 1 ? cell : cell.padEnd((widths[column] ?? 0) + 3))).join(''),
    )
    .join('\n');
};

const policyRow = ({ object, id, state }: LoadedPolicy): readonly string[] => {
  const enabled = state === 'enabled';
  const memory = enabled ? megabytes(kernelMemory(object)) : '0 B';
  return [
    String(id),
    object.metadata.name,
    state,
    enabled && isFiltered(object) ? String(id) : '0',
    object.metadata.namespace ?? '(global)',
    enabled ? sensorsOf(object).join(',') : '',
    memory,
    modeOf(object),
    '0',
    '0',
    '0',
  ];
};

const HEADER = [
  'ID',
  'NAME',
  'STATE',
  'FILTERID',
  'NAMESPACE',
  'SENSORS',
  'KERNELMEMORY',
  'MODE',
  'NPOST',
  'NENFORCE',
  'NMONITOR',
];

const isJson = (words: readonly string[]): boolean =>
  words.some(
    (word, index) =>
      /^(-o=?|--output=)json$/.test(word) || ((word === '-o' || word === '--output') && words[index + 1] === 'json'),
  );

const answer = (cluster: Cluster, pod: KubeObject, words: readonly string[]): ExecResult => {
  const [first = '', second = ''] = words.filter((word) => !word.startsWith('-'));
  switch (first) {
    case 'status':
      return say('Health Status: running');
    case 'tracingpolicy':
    case 'tp': {
      if (!['list', 'ls'].includes(second)) return fail(`Error: unknown command "${second}" for "tetra tracingpolicy"`);
      const policies = policiesOf(cluster, pod);
      return say(
        isJson(words)
          ? JSON.stringify(policies.length === 0 ? {} : { policies: policies.map(policyJson) })
          : table([HEADER, ...policies.map(policyRow)]),
      );
    }
    case 'getevents':
      return say(
        cluster.logs
          .read(uid(pod), 'export-stdout')
          .map((line) => line.text)
          .join('\n'),
      );
    default:
      return fail(`Error: unknown command "${first}" for "tetra"\nRun 'tetra --help' for usage.`);
  }
};

const isMetricsRequest = ([program = '', ...words]: readonly string[]): boolean =>
  /(^|\/)wget$/.test(program) &&
  words.some((word) => /^(http:\/\/)?(localhost|127\.0\.0\.1):2112\/metrics$/.test(word));

/** `tetra` in the agent's container. `tetra status` ends with 0 whatever it finds, as the real one does. */
export const execInTetragon = (
  cluster: Cluster,
  pod: KubeObject,
  command: readonly string[],
): ExecResult | undefined => {
  const [program = '', ...words] = command;
  if (isMetricsRequest(command)) {
    const text = metricsText(cluster, pod);
    return text === undefined
      ? fail("wget: can't connect to remote host (127.0.0.1): Connection refused")
      : { ...say(''), stdout: text };
  }
  if (!/^(\/usr\/bin\/)?tetra$/.test(program)) return undefined;
  const [first = ''] = words.filter((word) => !word.startsWith('-'));
  if (first === 'version')
    return say(
      words.some((word) => word === '-s' || word === '--server')
        ? 'CLI version: v1.7.0\nServer version: v1.7.0'
        : 'CLI version: v1.7.0',
    );
  if (isServing(cluster, pod)) return answer(cluster, pod, words);
  const error =
    'rpc error: code = Unavailable desc = connection error: desc = "transport: Error while dialing: dial unix /var/run/tetragon/tetragon.sock: connect: no such file or directory"';
  return first === 'status' ? say(`status error: ${error}`) : fail(`Error: failed to list tracing policies: ${error}`);
};
