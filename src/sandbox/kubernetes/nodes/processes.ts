import type { KubeObject } from '../objects.ts';
import { type Cluster, ownerReference, save, uid } from './cluster.ts';
import { fieldsAt, textMapAt } from './fields.ts';
import { CONFIG_MAPS, PROCESSES } from './resources.ts';

const nameFor = (pod: KubeObject, container: string): string => `${uid(pod)}.${container}`;

/** Keeps what a process read at its start: it stays true for as long as the pod lives, whatever the ConfigMap says later. */
export const remember = (
  cluster: Cluster,
  pod: KubeObject,
  container: string,
  config: Readonly<Record<string, string>>,
): void => {
  save(cluster, PROCESSES, {
    apiVersion: 'sandbox.internal/v1',
    kind: 'Process',
    metadata: {
      name: nameFor(pod, container),
      namespace: pod.metadata.namespace ?? 'default',
      ownerReferences: [ownerReference(pod)],
    },
    config,
  });
};

export const recall = (cluster: Cluster, pod: KubeObject, container: string): Readonly<Record<string, string>> =>
  textMapAt(cluster.store.get(PROCESSES, pod.metadata.namespace ?? 'default', nameFor(pod, container)), 'config');

export const configMapData = (
  cluster: Cluster,
  namespace: string,
  name: string,
): Readonly<Record<string, string>> | undefined => {
  const found = cluster.store.get(CONFIG_MAPS, namespace, name);
  return found === undefined ? undefined : textMapAt(fieldsAt(found), 'data');
};
