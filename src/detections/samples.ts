/** How Container Insights stores a line that is JSON: parsed, or as the text it was when the service could not parse it. */
export type LogShape = 'object' | 'string';

/** The pods of recorded containers; see kql/tests/containers.yaml. */
export interface Containers {
  readonly node: string;
  readonly containers: readonly RecordedContainer[];
}

export interface RecordedContainer {
  /** First 31 characters of the container's id. */
  readonly docker: string;
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  readonly image: string;
  readonly workload: string;
  readonly workloadKind: string;
  readonly privileged?: boolean | undefined;
  /** ISO 8601. */
  readonly startTime: string;
}

export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: Json;
}

/** A row as a table would hold it, times as ISO 8601 texts; `_IngestionTime` feeds `ingestion_time()`. */
export type SampleRow = Readonly<Record<string, unknown>>;

const clusterId =
  '/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg-sentinel/providers/Microsoft.ContainerService/managedClusters/aks-sentinel';
const ingestionSeconds = 90;

/**
 * Recorded Tetragon events as the rows of ContainerLogV2 that Azure's agent would have written on a cluster. Tetragon joins the pod to each
 * process there, and so does this, by the container's id, where the recording has none.
 */
export function containerLogRows(events: readonly JsonObject[], containers: Containers, shape: LogShape): SampleRow[] {
  const byDocker = new Map(containers.containers.map((container) => [container.docker, container]));
  let last = Date.parse('2026-11-23T14:00:00Z');
  return events.map((event) => {
    const onCluster = withPods(event, byDocker);
    // process_loader carries no time of its own, but its line was written all the same.
    last = eventTime(event) ?? last;
    const node = typeof event['node_name'] === 'string' ? event['node_name'] : containers.node;
    return {
      TimeGenerated: new Date(last).toISOString(),
      _IngestionTime: new Date(last + ingestionSeconds * 1000).toISOString(),
      Computer: node,
      ContainerId: 'c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00',
      ContainerName: 'export-stdout',
      PodName: 'tetragon-7xk2p',
      PodNamespace: 'kube-system',
      LogMessage: shape === 'object' ? onCluster : JSON.stringify(onCluster),
      LogSource: 'stdout',
      LogLevel: 'UNKNOWN',
      KubernetesMetadata: {},
      SourceSystem: 'Containers',
      Type: 'ContainerLogV2',
      TenantId: '00000000-0000-0000-0000-0000000000aa',
      _ResourceId: clusterId.toLowerCase(),
      _SubscriptionId: '00000000-0000-0000-0000-000000000001',
    };
  });
}

/** Milliseconds since 1970 of an event; undefined where it has no time. */
export function eventTime(event: JsonObject): number | undefined {
  return typeof event['time'] === 'string' ? Date.parse(event['time']) : undefined;
}

function withPods(event: JsonObject, containers: ReadonlyMap<string, RecordedContainer>): JsonObject {
  return mapValues(event, (detail, kind) => {
    if (!kind.startsWith('process_') || !isObject(detail)) return detail;
    return mapValues(detail, (part, key) => {
      if ((key === 'process' || key === 'parent') && isObject(part)) return withPod(part, containers);
      if (key === 'ancestors' && Array.isArray(part))
        return part.map((item: Json) => (isObject(item) ? withPod(item, containers) : item));
      return part;
    });
  });
}

function withPod(process: JsonObject, containers: ReadonlyMap<string, RecordedContainer>): JsonObject {
  const docker = process['docker'];
  const container = typeof docker === 'string' ? containers.get(docker) : undefined;
  return container === undefined || 'pod' in process ? process : { ...process, pod: podOf(container) };
}

function podOf(container: RecordedContainer): JsonObject {
  return {
    namespace: container.namespace,
    name: container.pod,
    container: {
      // Beyond the 31 characters that the recording knows the id is made up.
      id: `containerd://${container.docker.padEnd(64, '0')}`,
      name: container.container,
      image: { id: `${container.image}@sha256:${'0'.repeat(64)}`, name: container.image },
      start_time: container.startTime,
      pid: 1,
      ...(container.privileged === true ? { security_context: { privileged: true } } : {}),
    },
    pod_labels: { app: container.workload },
    workload: container.workload,
    workload_kind: container.workloadKind,
  };
}

const isObject = (value: Json): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function mapValues(object: JsonObject, change: (value: Json, key: string) => Json): JsonObject {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, change(value, key)]));
}
