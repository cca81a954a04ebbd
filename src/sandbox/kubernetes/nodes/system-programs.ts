import { serviceTrouble } from './cilium/connectivity.ts';
import { uid } from './cluster.ts';
import { textAt } from './fields.ts';
import type { Program } from './programs.ts';

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
      const working = ['.:53', 'CoreDNS-1.13.1', 'linux/amd64, go1.25.2'];
      const failing = [
        '[INFO] plugin/ready: Plugins not ready: "kubernetes"',
        '[WARNING] plugin/kubernetes: starting server with unsynced Kubernetes API',
        `[ERROR] plugin/kubernetes: Failed to watch: failed to list *v1.Service: ${trouble}`,
      ];
      cluster.logs.write(uid(pod), 'coredns', ...(trouble === undefined ? working : failing));
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
