import type { KubeObject, Resource } from '../objects.ts';
import { type Cluster, isTerminating } from './cluster.ts';
import { fieldsAt, listAt, textAt, textsAt } from './fields.ts';
import {
  CONFIG_MAPS,
  CRDS,
  CRON_JOBS,
  DAEMON_SETS,
  DEPLOYMENTS,
  DISRUPTION_BUDGETS,
  ENDPOINTS,
  ENDPOINT_SLICES,
  EVENTS,
  JOBS,
  LEASES,
  NAMESPACES,
  PODS,
  REPLICA_SETS,
  SECRETS,
  SERVICES,
  SERVICE_ACCOUNTS,
  STATEFUL_SETS,
} from './resources.ts';

const DELETE_MS = 5_000;

const rbac = (plural: string): Resource => ({ group: 'rbac.authorization.k8s.io', version: 'v1', plural });
const networking = (plural: string): Resource => ({ group: 'networking.k8s.io', version: 'v1', plural });

const CONTENT: readonly Resource[] = [
  DEPLOYMENTS,
  DAEMON_SETS,
  STATEFUL_SETS,
  CRON_JOBS,
  JOBS,
  REPLICA_SETS,
  PODS,
  SERVICES,
  ENDPOINTS,
  ENDPOINT_SLICES,
  CONFIG_MAPS,
  SECRETS,
  SERVICE_ACCOUNTS,
  EVENTS,
  LEASES,
  DISRUPTION_BUDGETS,
  rbac('roles'),
  rbac('rolebindings'),
  networking('networkpolicies'),
  networking('ingresses'),
];

const customContent = (cluster: Cluster): readonly Resource[] =>
  cluster.store
    .list(CRDS)
    .filter((crd) => textAt(crd, 'spec', 'scope') === 'Namespaced')
    .flatMap((crd) =>
      listAt(crd, 'spec', 'versions').map((version) => ({
        group: textAt(crd, 'spec', 'group') ?? '',
        version: textAt(version, 'name') ?? '',
        plural: textAt(crd, 'spec', 'names', 'plural') ?? '',
      })),
    );

const empty = (cluster: Cluster, namespace: KubeObject): void => {
  const { name } = namespace.metadata;
  if (!cluster.delays.passed(`namespace/${name}`, 'delete', DELETE_MS)) return;
  for (const resource of [...CONTENT, ...customContent(cluster)]) {
    for (const object of cluster.store.list(resource, name)) cluster.store.remove(resource, name, object.metadata.name);
  }
  cluster.delays.forget(`namespace/${name}`);
  const { finalizers: _, ...metadata } = namespace.metadata;
  const current = cluster.store.get(NAMESPACES, undefined, name);
  if (
    current !== undefined &&
    (textsAt(current, 'spec', 'finalizers').length > 0 || current.metadata.finalizers !== undefined)
  ) {
    cluster.store.replace(NAMESPACES, { ...current, metadata, spec: { ...fieldsAt(current, 'spec'), finalizers: [] } });
  }
  cluster.store.remove(NAMESPACES, undefined, name);
};

const furnish = (cluster: Cluster, namespace: string): void => {
  if (cluster.store.get(SERVICE_ACCOUNTS, namespace, 'default') === undefined) {
    cluster.store.create(SERVICE_ACCOUNTS, {
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { name: 'default', namespace },
    });
  }
};

/** Gives every namespace its default service account, and takes everything out of one that is being deleted. */
export const reconcileNamespaces = (cluster: Cluster): void => {
  for (const namespace of cluster.store.list(NAMESPACES)) {
    if (isTerminating(namespace)) empty(cluster, namespace);
    else furnish(cluster, namespace.metadata.name);
  }
};
