import type { ExecOutput, ExecTarget, Kubernetes, Manifest, PodPort } from '../../src/kubernetes/kubernetes.ts';

export type Answer = string | Error | ExecOutput;

const labelsFit = (manifest: Manifest, selector: string | undefined): boolean =>
  (selector ?? '')
    .split(',')
    .filter((term) => term !== '')
    .every((term) => {
      const [key = '', value] = term.split('=');
      return manifest.metadata.labels?.[key] === value;
    });

/** A cluster that holds these objects, and whose containers answer an exec with canned text. */
export const fakeKubernetes = (
  objects: readonly Manifest[],
  answer: (target: ExecTarget, command: readonly string[]) => Answer = () => new Error('nothing answers'),
  http: (target: PodPort, path: string) => string | Error = () => new Error('nothing listens'),
): Kubernetes => ({
  version: async () => 'v1.35.4',
  get: async ({ kind, name, namespace }) =>
    objects.find(
      (each) =>
        each.kind === kind &&
        each.metadata.name === name &&
        (namespace === undefined || each.metadata.namespace === namespace),
    ),
  list: async ({ kind, namespace, labelSelector }) =>
    objects.filter(
      (each) =>
        each.kind === kind &&
        (namespace === undefined || each.metadata.namespace === namespace) &&
        labelsFit(each, labelSelector),
    ),
  apply: () => Promise.reject(new Error('a status never writes')),
  delete: () => Promise.reject(new Error('a status never deletes')),
  async exec(target, command) {
    const said = answer(target, command);
    if (said instanceof Error) throw said;
    return typeof said === 'string' ? { stdout: said, stderr: '', exitCode: 0 } : said;
  },
  async podHttp(target, path) {
    const said = http(target, path);
    if (said instanceof Error) throw said;
    return said;
  },
  podLog: () => Promise.reject(new Error('a status reads no logs')),
});

interface PodSpec {
  readonly name: string;
  readonly namespace?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly node?: string;
  readonly phase?: string;
  readonly hostNetwork?: boolean;
  readonly images?: readonly string[];
  readonly containers?: readonly Readonly<Record<string, unknown>>[];
  readonly status?: Readonly<Record<string, unknown>>;
}

/** A pod as the API server shows it; running and ready where nothing else is said. */
export const pod = (spec: PodSpec): Manifest => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: spec.name, namespace: spec.namespace ?? 'kube-system', labels: spec.labels ?? {} },
  spec: {
    nodeName: spec.node ?? 'node-1',
    hostNetwork: spec.hostNetwork === true,
    containers: (spec.images ?? ['image']).map((image) => ({ image })),
  },
  status: {
    phase: spec.phase ?? 'Running',
    conditions: [{ type: 'Ready', status: 'True' }],
    containerStatuses: spec.containers ?? [{ name: 'main', ready: true, restartCount: 0, state: { running: {} } }],
    ...spec.status,
  },
});

interface WorkloadSpec {
  readonly kind: 'DaemonSet' | 'Deployment';
  readonly name: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly desired?: number;
  readonly ready?: number;
  readonly available?: number;
  readonly updated?: number;
  readonly generation?: number;
  readonly observed?: number;
}

/** A workload of kube-system whose controller has seen its newest spec; all pods ready where nothing else is said. */
export const workload = (spec: WorkloadSpec): Manifest => {
  const desired = spec.desired ?? 1;
  const [ready, available, updated] = [spec.ready ?? desired, spec.available ?? desired, spec.updated ?? desired];
  const generation = spec.generation ?? 1;
  return {
    apiVersion: 'apps/v1',
    kind: spec.kind,
    metadata: { name: spec.name, namespace: 'kube-system', generation },
    spec: { replicas: desired, selector: { matchLabels: spec.labels ?? { app: spec.name } } },
    status:
      spec.kind === 'DaemonSet'
        ? {
            observedGeneration: spec.observed ?? generation,
            desiredNumberScheduled: desired,
            numberReady: ready,
            numberAvailable: available,
            updatedNumberScheduled: updated,
          }
        : {
            observedGeneration: spec.observed ?? generation,
            readyReplicas: ready,
            availableReplicas: available,
            updatedReplicas: updated,
          },
  };
};
