import { parse } from 'yaml';
import type { KubeObject } from '../../objects.ts';
import type { Cluster } from '../cluster.ts';
import { type Fields, at, listAt, textAt, textsAt } from '../fields.ts';
import { configMapData } from '../processes.ts';

/** An exporter that writes flows to the agent's stdout, the only one that a log agent can read. */
export interface FlowExporter {
  readonly include: readonly Fields[];
  readonly exclude: readonly Fields[];
  readonly fieldMask: readonly string[];
}

/** Top-level fields of flow.proto; a mask that starts with any other name fails. */
const FLOW_FIELDS = new Set(
  'time uuid emitter verdict auth_type ethernet IP l4 tunnel source destination Type node_name node_labels source_names destination_names l7 reply event_type source_service destination_service traffic_direction policy_match_type trace_observation_point trace_reason file ip_trace_id drop_reason_desc is_reply debug_capture_point interface proxy_port trace_context sock_xlate_point socket_cookie cgroup_id egress_allowed_by ingress_allowed_by egress_denied_by ingress_denied_by policy_log aggregate extensions nodes Summary drop_reason'.split(
    ' ',
  ),
);

const words = (text: string | undefined): readonly string[] => (text ?? '').split(/\s+/).filter((word) => word !== '');

/** Filters of the static exporter: JSON objects, one after another. */
const filters = (text: string | undefined): readonly Fields[] | undefined => {
  const source = (text ?? '').trim();
  if (source === '') return [];
  try {
    return JSON.parse(`[${source.replace(/}\s+{/g, '},{')}]`) as readonly Fields[];
  } catch {
    return undefined;
  }
};

const dynamicEntries = (cluster: Cluster, pod: KubeObject): readonly Fields[] => {
  const text = configMapData(cluster, pod.metadata.namespace ?? 'kube-system', 'cilium-flowlog-config')?.[
    'flowlogs.yaml'
  ];
  try {
    return listAt(parse(text ?? ''), 'flowLogs');
  } catch {
    return [];
  }
};

/** Why the agent does not start with these exporters, in its own words; undefined where it does. */
export const exporterTrouble = (config: Readonly<Record<string, string>>): string | undefined => {
  if ((config['hubble-export-file-path'] ?? '') === '') return undefined;
  const bad = words(config['hubble-export-fieldmask']).find((path) => !FLOW_FIELDS.has(path.split('.')[0] ?? ''));
  if (bad !== undefined) return `hubble-export-fieldmask contains invalid fields: invalid field mask path "${bad}"`;
  const broken = ['hubble-export-allowlist', 'hubble-export-denylist'].find(
    (key) => filters(config[key]) === undefined,
  );
  return broken === undefined ? undefined : `failed to build hubble exporter: failed to parse ${broken}`;
};

/** The exporters to stdout: the static one as read at the agent's start, dynamic ones as their ConfigMap says now. */
export const stdoutExporters = (
  cluster: Cluster,
  pod: KubeObject,
  config: Readonly<Record<string, string>>,
): readonly FlowExporter[] => {
  if (config['enable-hubble'] !== 'true') return [];
  const fixed: readonly FlowExporter[] =
    config['hubble-export-file-path'] === 'stdout'
      ? [
          {
            include: filters(config['hubble-export-allowlist']) ?? [],
            exclude: filters(config['hubble-export-denylist']) ?? [],
            fieldMask: words(config['hubble-export-fieldmask']),
          },
        ]
      : [];
  if (config['hubble-flowlogs-config-path'] === undefined) return fixed;
  const dynamic = dynamicEntries(cluster, pod)
    .filter((entry) => textAt(entry, 'filePath') === 'stdout')
    .map((entry) => ({
      include: listAt(entry, 'includeFilters'),
      exclude: listAt(entry, 'excludeFilters'),
      fieldMask: textsAt(entry, 'fieldMask'),
    }));
  // A mask that flow.proto does not know makes the whole dynamic configuration invalid: the agent keeps none of it.
  return [
    ...fixed,
    ...(dynamic.some(({ fieldMask }) => fieldMask.some((path) => !FLOW_FIELDS.has(path.split('.')[0] ?? '')))
      ? []
      : dynamic),
  ];
};

const podName = (flow: Fields, side: 'source' | 'destination'): string =>
  `${textAt(flow, side, 'namespace') ?? ''}/${textAt(flow, side, 'pod_name') ?? ''}`;

const matches = (filter: Fields, flow: Fields): boolean => {
  if (at(filter, 'verdict') !== undefined && !textsAt(filter, 'verdict').includes(textAt(flow, 'verdict') ?? ''))
    return false;
  for (const side of ['source', 'destination'] as const) {
    const pods = at(filter, `${side}_pod`) === undefined ? undefined : textsAt(filter, `${side}_pod`);
    if (pods !== undefined && !pods.some((prefix) => podName(flow, side).startsWith(prefix))) return false;
    const labels = at(filter, `${side}_label`) === undefined ? undefined : textsAt(filter, `${side}_label`);
    if (labels !== undefined && !labels.some((label) => textsAt(flow, side, 'labels').includes(label))) return false;
  }
  const types = listAt(filter, 'event_type');
  return types.length === 0 || types.some((one) => one['type'] === at(flow, 'event_type', 'type'));
};

/** The flow as this exporter writes it, or undefined where its filters hold it back. */
export const exportedFlow = ({ include, exclude, fieldMask }: FlowExporter, flow: Fields): Fields | undefined => {
  if (include.length > 0 && !include.some((filter) => matches(filter, flow))) return undefined;
  if (exclude.some((filter) => matches(filter, flow))) return undefined;
  if (fieldMask.length === 0) return flow;
  const kept = new Set(fieldMask.map((path) => path.split('.')[0]));
  return Object.fromEntries(Object.entries(flow).filter(([key]) => kept.has(key)));
};
