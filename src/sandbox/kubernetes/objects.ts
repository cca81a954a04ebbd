/**
 * The one store of a cluster's objects. The API server serves it over HTTP, the controllers work on it in process:
 * neither knows the other. Every write gets the next resourceVersion of one counter and is announced to all watchers, in order.
 */
export interface KubeObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: ObjectMeta;
  readonly [field: string]: unknown;
}

export interface ObjectMeta {
  readonly name: string;
  readonly namespace?: string;
  readonly uid?: string;
  readonly resourceVersion?: string;
  readonly generation?: number;
  readonly creationTimestamp?: string;
  readonly deletionTimestamp?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly ownerReferences?: readonly OwnerReference[];
  readonly finalizers?: readonly string[];
  readonly [field: string]: unknown;
}

export interface OwnerReference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
  readonly controller?: boolean;
}

/** Group, version and plural as in a REST path; the core group is the empty string. */
export interface Resource {
  readonly group: string;
  readonly version: string;
  readonly plural: string;
}

export type StoreEvent = {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly resource: Resource;
  readonly object: KubeObject;
};

export interface ObjectStore {
  /** Resource version of the newest write. */
  version(): number;
  get(resource: Resource, namespace: string | undefined, name: string): KubeObject | undefined;
  /** All namespaces where `namespace` is undefined; in order of namespace and name. */
  list(resource: Resource, namespace?: string): readonly KubeObject[];
  /**
   * Fills uid, resourceVersion, creationTimestamp and generation. Throws where the name is taken. `owned` is the object as its writer
   * sent it, where the server adds to it; only a store that keeps managedFields asks.
   */
  create(resource: Resource, object: KubeObject, owned?: KubeObject): KubeObject;
  /** Replaces the whole object, its status included; raises generation where anything but metadata or status changed. Throws where it is gone. */
  replace(resource: Resource, object: KubeObject): KubeObject;
  /** Removes the object and, by ownerReferences, what it owns; with finalizers it only gets its deletionTimestamp. Unknown names are fine. */
  remove(resource: Resource, namespace: string | undefined, name: string): void;
  /** Called synchronously after each write; returns a function that ends it. */
  subscribe(listener: (event: StoreEvent) => void): () => void;
}

/** A custom resource's CRD appears at run time, so the list of what is served is itself alive. */
export interface ServedResource extends Resource {
  readonly kind: string;
  readonly singular: string;
  readonly shortNames: readonly string[];
  readonly namespaced: boolean;
  /** Whether `/status` is a subresource of its own: then ordinary writes leave status alone. */
  readonly statusSubresource: boolean;
}
