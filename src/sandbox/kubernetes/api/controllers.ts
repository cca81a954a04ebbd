import type { SandboxClock } from '../../clock.ts';
import type { KubeObject, ObjectStore, StoreEvent } from '../objects.ts';
import { isEstablished, type Catalog } from './catalog.ts';
import { listAt, objectAt, textAt } from './json.ts';
import { emptyNamespace, leftoverConditions, withConditions } from './namespace-emptying.ts';
import { definitionFinalizer, namespaceFinalizer } from './remove.ts';
import { builtin } from './resource-table.ts';
import { stamp } from './stamp.ts';

const namespaces = builtin('namespaces');
const accounts = builtin('serviceaccounts');
const configMaps = builtin('configmaps');
const crds = builtin('customresourcedefinitions');

interface ControllerContext {
  readonly store: ObjectStore;
  /** For what the API server itself writes. */
  readonly server: ObjectStore;
  readonly catalog: Catalog;
  readonly clock: SandboxClock;
  /** PEM, for kube-root-ca.crt. */
  readonly ca: string;
}

/**
 * The controllers that belong to the API rather than to workloads: every namespace has its default service account and the CA,
 * a namespace that is deleted is emptied first, CRDs become Established a moment after they appear. Returns a function that ends them.
 */
export const startApiControllers = ({ store, server, catalog, clock, ca }: ControllerContext): (() => void) => {
  let stopped = false;
  const later = (realMs: number, work: () => void): void =>
    void clock.after(realMs, () => (stopped ? undefined : work()));
  const furnish = (namespace: string): void => {
    if (store.get(namespaces, undefined, namespace)?.metadata.deletionTimestamp !== undefined) return;
    const inside = (name: string, kind: string, rest: object): KubeObject => ({
      apiVersion: 'v1',
      kind,
      metadata: { name, namespace },
      ...rest,
    });
    if (store.get(accounts, namespace, 'default') === undefined)
      store.create(accounts, inside('default', 'ServiceAccount', {}));
    if (store.get(configMaps, namespace, 'kube-root-ca.crt') === undefined)
      store.create(configMaps, rootCa(namespace, ca));
  };

  const empty = (namespace: string): void => {
    const live = store.get(namespaces, undefined, namespace);
    if (live?.metadata.deletionTimestamp === undefined) return;
    const left = emptyNamespace(store, catalog, namespace);
    const finalizers = (live.metadata.finalizers ?? []).filter((finalizer) => finalizer !== namespaceFinalizer);
    if (left.resources.size === 0) {
      store.replace(namespaces, { ...live, metadata: { ...live.metadata, finalizers } });
      return;
    }
    store.replace(namespaces, withConditions(live, leftoverConditions(live, left, stamp(clock.now()))));
    later(5000, () => empty(namespace));
  };

  const establish = (name: string): void => {
    const crd = store.get(crds, undefined, name);
    if (crd === undefined || isEstablished(crd)) return;
    const now = stamp(clock.now());
    const condition = (type: string, reason: string, message: string): object => ({
      type,
      status: 'True',
      reason,
      message,
      lastTransitionTime: now,
    });
    server.replace(crds, {
      ...crd,
      status: {
        acceptedNames: objectAt(crd, 'spec', 'names'),
        conditions: [
          condition('NamesAccepted', 'NoConflicts', 'no conflicts found'),
          condition('Established', 'InitialNamesAccepted', 'the initial names have been accepted'),
        ],
        storedVersions: listAt(crd, 'spec', 'versions').flatMap((version) =>
          objectAt({ version }, 'version')['storage'] === true ? [textAt(version, 'name') ?? ''] : [],
        ),
      },
    });
  };

  const react = ({ type, resource, object }: StoreEvent): void => {
    const { name, namespace } = object.metadata;
    if (resource.group === '' && resource.plural === 'namespaces' && type !== 'DELETED') {
      if (object.metadata.deletionTimestamp !== undefined) later(2000, () => empty(name));
      else if (type === 'ADDED') later(100, () => furnish(name));
    }
    if (
      type === 'DELETED' &&
      namespace !== undefined &&
      resource.group === '' &&
      (name === 'default' || name === 'kube-root-ca.crt')
    )
      later(1000, () => {
        if (store.get(namespaces, undefined, namespace) !== undefined) furnish(namespace);
      });
    if (resource.plural === crds.plural && resource.group === crds.group) {
      if (type === 'ADDED') later(300, () => establish(name));
      if (type === 'MODIFIED' && object.metadata.deletionTimestamp !== undefined) later(300, () => undefine(name));
      if (type === 'DELETED') dropInstances(object);
    }
  };

  /** The objects of a kind whose definition goes, then the definition. */
  const undefine = (name: string): void => {
    const crd = store.get(crds, undefined, name);
    if (crd?.metadata.deletionTimestamp === undefined) return;
    if (dropInstances(crd) > 0) return later(1000, () => undefine(name));
    const finalizers = (crd.metadata.finalizers ?? []).filter((finalizer) => finalizer !== definitionFinalizer);
    server.replace(crds, { ...crd, metadata: { ...crd.metadata, finalizers } });
  };

  /** How many are left, held by finalizers of their own. */
  const dropInstances = (crd: KubeObject): number => {
    const resource = {
      group: textAt(crd, 'spec', 'group') ?? '',
      version: '',
      plural: textAt(crd, 'spec', 'names', 'plural') ?? '',
    };
    for (const { metadata } of store.list(resource)) store.remove(resource, metadata.namespace, metadata.name);
    return store.list(resource).length;
  };

  const unsubscribe = store.subscribe(react);
  // What was under way when the process ended is taken up again.
  for (const object of store.list(namespaces)) {
    if (object.metadata.deletionTimestamp === undefined) furnish(object.metadata.name);
    else later(2000, () => empty(object.metadata.name));
  }
  for (const crd of store.list(crds)) {
    if (!isEstablished(crd)) later(300, () => establish(crd.metadata.name));
    if (crd.metadata.deletionTimestamp !== undefined) later(300, () => undefine(crd.metadata.name));
  }
  return () => {
    stopped = true;
    unsubscribe();
  };
};

/** As the root-ca-cert-publisher of the controller manager makes it. */
const rootCa = (namespace: string, ca: string): KubeObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: {
    name: 'kube-root-ca.crt',
    namespace,
    annotations: {
      'kubernetes.io/description':
        'Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the internal service IP or kubernetes.default.svc. No other usage is guaranteed across distributions of Kubernetes clusters.',
    },
  },
  data: { 'ca.crt': ca },
});
