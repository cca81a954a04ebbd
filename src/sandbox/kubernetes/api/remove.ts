import type { SandboxClock } from '../../clock.ts';
import type { KubeObject, ObjectStore } from '../objects.ts';
import {
  ApiError,
  badRequest,
  forbidden,
  invalid,
  invalidValue,
  notFound,
  qualified,
  unsupportedValue,
} from './api-error.ts';
import type { Catalog } from './catalog.ts';
import { policies } from './garbage.ts';
import { listAt, numberAt, objectAt, textAt, type JsonObject } from './json.ts';
import { atVersion } from './read.ts';
import { builtin, type ApiResource } from './resource-table.ts';
import { stamp } from './stamp.ts';

interface RemoveContext {
  readonly store: ObjectStore;
  readonly catalog: Catalog;
  readonly clock: SandboxClock;
}

/** What the body and the query of a DELETE ask for; the query counts where the body is silent. */
export const deleteOptions = (body: JsonObject, query: URLSearchParams): JsonObject => {
  const grace = query.get('gracePeriodSeconds') ?? '';
  if (!/^-?\d*$/.test(grace)) throw badRequest(`strconv.ParseInt: parsing ${JSON.stringify(grace)}: invalid syntax`);
  const options: JsonObject = {
    ...(query.has('propagationPolicy') ? { propagationPolicy: query.get('propagationPolicy') } : {}),
    ...(grace === '' ? {} : { gracePeriodSeconds: Number(grace) }),
    ...(query.has('orphanDependents') ? { orphanDependents: query.get('orphanDependents') === 'true' } : {}),
    ...(query.has('dryRun') ? { dryRun: query.getAll('dryRun') } : {}),
    ...body,
  };
  const policy = textAt(options, 'propagationPolicy');
  const causes = [
    ...(policy === undefined || ['Foreground', 'Background', 'Orphan'].includes(policy)
      ? []
      : [unsupportedValue('propagationPolicy', policy, ['Foreground', 'Background', 'Orphan', 'nil'])]),
    ...(policy !== undefined && options['orphanDependents'] !== undefined
      ? [invalidValue('propagationPolicy', policy, 'orphanDependents and deletionPropagation cannot be both set')]
      : []),
  ];
  if (causes.length > 0) throw invalid('meta.k8s.io', 'DeleteOptions', '', causes);
  return options;
};

/** DELETE of one object. Returns it as it is now where it lives on (finalizers, a pod's grace period), undefined where it is gone. */
export const remove = (
  context: RemoveContext,
  resource: ApiResource,
  namespace: string | undefined,
  name: string,
  options: JsonObject,
): KubeObject | undefined => {
  const { store } = context;
  const live = store.get(resource, namespace, name);
  if (live === undefined) throw notFound(resource, name);
  const preconditions = objectAt(options, 'preconditions');
  const uid = textAt(preconditions, 'uid');
  // Preconditions are judged below the layer that knows resources, so the message names the kind.
  const refused = (why: string): ApiError =>
    new ApiError(
      409,
      'Conflict',
      `Operation cannot be fulfilled on ${qualified({ ...resource, plural: resource.kind })} "${name}": ${why}`,
      {
        name,
        ...(resource.group === '' ? {} : { group: resource.group }),
        kind: resource.kind,
      },
    );
  if (uid !== undefined && uid !== live.metadata.uid)
    throw refused(
      `the UID in the precondition (${uid}) does not match the UID in record (${live.metadata.uid ?? ''}). The object might have been deleted and then recreated`,
    );
  const version = textAt(preconditions, 'resourceVersion');
  if (version !== undefined && version !== live.metadata.resourceVersion)
    throw refused(
      `the ResourceVersion in the precondition (${version}) does not match the ResourceVersion in record (${live.metadata.resourceVersion ?? ''}). The object might have been modified`,
    );
  if (resource.plural === 'namespaces' && resource.group === '' && immortal.has(name))
    throw forbidden(resource, name, 'this namespace may not be deleted');
  if (listAt(options, 'dryRun').includes('All')) return undefined;
  if (resource.plural === 'namespaces' && resource.group === '') return terminateNamespace(store, resource, live);
  if (resource.plural === 'pods' && resource.group === '')
    return terminatePod(context, resource, live, numberAt(options, 'gracePeriodSeconds'));
  if (resource.plural === 'customresourcedefinitions' && !resource.custom)
    return terminateDefinition(store, resource, live, stamp(context.clock.now()));
  hold(store, resource, live, options);
  store.remove(resource, namespace, name);
  const left = store.get(resource, namespace, name);
  return left === undefined ? undefined : atVersion(resource, left);
};

/** A deletion that first sees to its dependents is held by a finalizer until the garbage collector has done so. */
const hold = (store: ObjectStore, resource: ApiResource, live: KubeObject, options: JsonObject): void => {
  const asked = options['orphanDependents'] === true ? 'Orphan' : textAt(options, 'propagationPolicy');
  if (asked !== 'Orphan' && asked !== 'Foreground') return;
  const finalizers = live.metadata.finalizers ?? [];
  if (finalizers.includes(policies[asked])) return;
  store.replace(resource, { ...live, metadata: { ...live.metadata, finalizers: [...finalizers, policies[asked]] } });
};

const immortal = new Set(['default', 'kube-public', 'kube-system']);

/** The namespace controller empties it and lets it go. */
const terminateNamespace = (store: ObjectStore, resource: ApiResource, live: KubeObject): KubeObject => {
  if (live.metadata.deletionTimestamp !== undefined) return live;
  // The store sets a deletionTimestamp only on what has finalizers; a namespace keeps its own in spec.
  const finalizers = live.metadata.finalizers ?? [];
  store.replace(resource, {
    ...live,
    metadata: { ...live.metadata, finalizers: [...finalizers, namespaceFinalizer] },
    status: { ...objectAt(live, 'status'), phase: 'Terminating' },
  });
  store.remove(resource, undefined, live.metadata.name);
  return atVersion(resource, store.get(resource, undefined, live.metadata.name) ?? live);
};

/** Stands for `spec.finalizers: [kubernetes]` while a namespace is emptied. */
export const namespaceFinalizer = 'kubernetes';

/** Holds a CustomResourceDefinition until there are no objects of its kind. */
export const definitionFinalizer = 'customresourcecleanup.apiextensions.k8s.io';

/** Its objects go first; the API server's own controller sees to that. */
const terminateDefinition = (store: ObjectStore, resource: ApiResource, live: KubeObject, now: string): KubeObject => {
  if (live.metadata.deletionTimestamp !== undefined) return live;
  const terminating = {
    type: 'Terminating',
    status: 'True',
    lastTransitionTime: now,
    reason: 'InstanceDeletionPending',
    message: 'CustomResourceDefinition marked for deletion; CustomResource deletion will begin soon',
  };
  return store.replace(resource, {
    ...live,
    metadata: {
      ...live.metadata,
      deletionTimestamp: now,
      finalizers: [...(live.metadata.finalizers ?? []), definitionFinalizer],
    },
    status: { ...objectAt(live, 'status'), conditions: [...listAt(live, 'status', 'conditions'), terminating] },
  });
};

const pods = builtin('pods');

/** A pod on a node goes when its grace period is over; the containers here stop at once when told, so a tenth of a second at least and two at most. */
const terminatePod = (
  { store, clock }: RemoveContext,
  resource: ApiResource,
  live: KubeObject,
  asked: number | undefined,
): KubeObject | undefined => {
  const { namespace, name, uid } = live.metadata;
  const grace = asked ?? numberAt(live, 'spec', 'terminationGracePeriodSeconds') ?? 30;
  if (grace === 0 || textAt(live, 'spec', 'nodeName') === undefined || (live.metadata.finalizers ?? []).length > 0) {
    store.remove(resource, namespace, name);
    return store.get(resource, namespace, name);
  }
  if (live.metadata.deletionTimestamp !== undefined) return live;
  const at = stamp(clock.now() + grace * 1000);
  const going = store.replace(resource, {
    ...live,
    metadata: { ...live.metadata, deletionTimestamp: at, deletionGracePeriodSeconds: grace },
  });
  clock.after(Math.min(grace * 1000, 2000), () => {
    if (store.get(pods, namespace, name)?.metadata.uid === uid) store.remove(pods, namespace, name);
  });
  return going;
};
