import { serviceTrouble } from './cilium/connectivity.ts';
import { type Cluster, save, uid } from './cluster.ts';
import { fieldsAt, textAt } from './fields.ts';
import type { Program } from './programs.ts';
import { DAEMON_SETS, DEPLOYMENTS, NAMESPACES, SERVICES } from './resources.ts';
import { systemServices, systemWorkloads } from './system-objects.ts';

const OPTIONAL = ['kube-proxy', 'ama-logs', 'ama-logs-rs'];

/** Makes kube-system what AKS makes it for this cluster: idempotent, and what somebody else keeps there stays. */
export const reconcileSystem = (cluster: Cluster): void => {
  for (const name of ['default', 'kube-node-lease', 'kube-public', 'kube-system']) {
    if (cluster.store.get(NAMESPACES, undefined, name) !== undefined) continue;
    cluster.store.create(NAMESPACES, {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name, labels: { 'kubernetes.io/metadata.name': name } },
      spec: { finalizers: ['kubernetes'] },
      status: { phase: 'Active' },
    });
  }
  const wanted = systemWorkloads(cluster.spec());
  for (const object of wanted) {
    const resource = object.kind === 'DaemonSet' ? DAEMON_SETS : DEPLOYMENTS;
    const current = cluster.store.get(resource, 'kube-system', object.metadata.name);
    // AKS' reconciler owns these specs; the status is the controllers'.
    const spec =
      current === undefined ? object['spec'] : mergedSpec(fieldsAt(current, 'spec'), fieldsAt(object, 'spec'));
    save(cluster, resource, {
      ...object,
      ...(current === undefined
        ? {}
        : {
            status: current['status'],
            metadata: { ...current.metadata, labels: { ...current.metadata.labels, ...object.metadata.labels } },
          }),
      spec,
    });
  }
  for (const name of OPTIONAL) {
    if (wanted.some((object) => object.metadata.name === name)) continue;
    cluster.store.remove(DAEMON_SETS, 'kube-system', name);
    cluster.store.remove(DEPLOYMENTS, 'kube-system', name);
  }
  for (const object of systemServices(cluster.spec())) {
    if (cluster.store.get(SERVICES, 'kube-system', object.metadata.name) === undefined)
      cluster.store.create(SERVICES, object);
  }
};

/** Keeps a restart that somebody asked for by annotation, and whatever the API has defaulted. */
const mergedSpec = (
  current: ReturnType<typeof fieldsAt>,
  wanted: ReturnType<typeof fieldsAt>,
): ReturnType<typeof fieldsAt> => {
  const template = fieldsAt(wanted, 'template');
  const annotations = { ...fieldsAt(current, 'template', 'metadata', 'annotations') };
  const metadata = {
    ...fieldsAt(template, 'metadata'),
    ...(Object.keys(annotations).length === 0 ? {} : { annotations }),
  };
  return { ...current, ...wanted, template: { ...template, metadata } };
};

/** Programs of AKS' own that look for the API server by its service address. */
export const systemPrograms: readonly Program[] = [
  {
    matches: (pod, container) => container === 'coredns' && pod.metadata.labels?.['k8s-app'] === 'kube-dns',
    verdict({ cluster, pod }) {
      const trouble = serviceTrouble(cluster, textAt(pod, 'spec', 'nodeName') ?? '');
      return trouble === undefined
        ? { kind: 'ready' }
        : { kind: 'unready', message: 'HTTP probe failed with statuscode: 503' };
    },
    started({ cluster, pod }) {
      const trouble = serviceTrouble(cluster, textAt(pod, 'spec', 'nodeName') ?? '');
      const failing = [
        '[INFO] plugin/ready: Still waiting on: "kubernetes"',
        '[WARNING] plugin/kubernetes: starting server with unsynced Kubernetes API',
        `[ERROR] plugin/kubernetes: Failed to watch: failed to list *v1.Service: ${trouble}`,
      ];
      cluster.logs.write(
        uid(pod),
        'coredns',
        ...(trouble === undefined ? ['.:53', 'CoreDNS-1.12.1', 'linux/amd64, go1.24.6'] : failing),
      );
    },
  },
  {
    matches: (pod, container) =>
      container === 'metrics-server' && pod.metadata.labels?.['k8s-app'] === 'metrics-server',
    verdict({ cluster, pod }) {
      return serviceTrouble(cluster, textAt(pod, 'spec', 'nodeName') ?? '') === undefined
        ? { kind: 'ready' }
        : { kind: 'unready', message: 'HTTP probe failed with statuscode: 500' };
    },
  },
];
