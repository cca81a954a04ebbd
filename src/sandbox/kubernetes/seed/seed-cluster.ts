import type { ClusterSpec } from '../host.ts';
import type { KubeObject, ObjectStore } from '../objects.ts';
import { withDefaults } from '../api/defaults.ts';
import { builtin, builtinResources } from '../api/resource-table.ts';
import { baseWorkloads, kubeProxy, monitoring, workloadObject, type Workload } from './aks-workloads.ts';
import { clusterObjects, entraBinding, entraObjects, namespaceObjects } from './kubernetes-objects.ts';

const accounts = builtin('serviceaccounts');

/**
 * Puts into a cluster what AKS puts there, and takes out what the spec no longer wants (kube-proxy, the monitoring agents).
 * As AKS's addon manager does, it brings back what somebody deleted; what somebody changed it leaves.
 */
export const seedCluster = (store: ObjectStore, spec: ClusterSpec): void => {
  const ensure = (object: KubeObject): void => {
    const resource = builtinResources.find(
      ({ kind, group, version }) =>
        kind === object.kind && (group === '' ? version : `${group}/${version}`) === object.apiVersion,
    );
    if (resource === undefined) throw new Error(`nothing serves ${object.apiVersion} ${object.kind}`);
    if (store.get(resource, object.metadata.namespace, object.metadata.name) === undefined)
      store.create(resource, withDefaults(object));
  };
  const ensureWorkload = (workload: Workload): void => {
    ensure({
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { name: workload.account ?? workload.name, namespace: 'kube-system' },
    });
    ensure(workloadObject(workload));
  };
  const forget = (workload: Workload): void => {
    store.remove(builtin(workload.kind === 'DaemonSet' ? 'daemonsets' : 'deployments'), 'kube-system', workload.name);
    store.remove(accounts, 'kube-system', workload.account ?? workload.name);
  };

  for (const object of namespaceObjects) ensure(object);
  for (const object of clusterObjects(spec)) ensure(object);
  const bindings = builtin('clusterrolebindings');
  const [entra] = entraObjects(spec);
  const bound = store.get(bindings, undefined, entraBinding);
  if (bound !== undefined && JSON.stringify(bound['subjects']) !== JSON.stringify(entra?.['subjects']))
    store.remove(bindings, undefined, entraBinding);
  if (entra !== undefined) ensure(entra);
  for (const workload of baseWorkloads) ensureWorkload(workload);
  if (spec.kubeProxy) ensureWorkload(kubeProxy);
  else forget(kubeProxy);
  for (const workload of monitoring) {
    if (spec.logAnalyticsWorkspaceId === undefined) forget(workload);
    else ensureWorkload(workload);
  }
};
