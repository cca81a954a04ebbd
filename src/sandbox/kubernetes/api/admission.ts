import { randomBytes, randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { withJobIdentity } from '../job-identity.ts';
import type { KubeObject, ObjectStore } from '../objects.ts';
import { withAccountVolume } from '../service-account-volume.ts';
import { forbidden } from './api-error.ts';
import { listAt, numberAt, objectAt, textAt, valueAt } from './json.ts';
import { admitPod } from './prepare.ts';
import { builtin, type ApiResource } from './resource-table.ts';

const alphabet = 'bcdfghjklmnpqrstvwxz2456789';

/** Five characters, as Kubernetes ends a name that it makes up. */
export const randomSuffix = (): string =>
  Array.from(randomBytes(5), (byte) => alphabet[byte % alphabet.length]).join('');

/** What admission and the kind's own strategy add to a new object belongs to no manager. */
export const admitted = (store: ObjectStore, resource: ApiResource, object: KubeObject): KubeObject => {
  switch (`${resource.plural}.${resource.group}`) {
    case 'pods.':
      return admittedPod(store, resource, object);
    case 'jobs.batch':
      return withJobIdentity(object, object.metadata.uid ?? randomUUID());
    case 'persistentvolumeclaims.':
      return {
        ...object,
        metadata: {
          ...object.metadata,
          finalizers: [...(object.metadata.finalizers ?? []), 'kubernetes.io/pvc-protection'],
        },
      };
    case 'customresourcedefinitions.apiextensions.k8s.io': {
      const stored = listAt(object, 'spec', 'versions').filter((version) => valueAt(version, 'storage') === true);
      const storedVersions = stored.map((version) => textAt(version, 'name') ?? '');
      return { ...object, status: { ...objectAt(object, 'status'), storedVersions } };
    }
    case 'nodes.':
      return withNotReadyTaint(object);
    default:
      return object;
  }
};

/** A node is taken for ready by nobody before the node controller has seen it so. */
const withNotReadyTaint = (node: KubeObject): KubeObject => {
  const taint = { key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' };
  const taints = listAt(node, 'spec', 'taints');
  const there = taints.some((known) => textAt(known, 'key') === taint.key && textAt(known, 'effect') === taint.effect);
  return there ? node : { ...node, spec: { ...objectAt(node, 'spec'), taints: [...taints, taint] } };
};

const TEMPLATE_GENERATION = 'deprecated.daemonset.template.generation';

const withTemplateGeneration = (object: KubeObject, generation: number): KubeObject => ({
  ...object,
  metadata: {
    ...object.metadata,
    annotations: { ...object.metadata.annotations, [TEMPLATE_GENERATION]: String(generation) },
  },
});

/** A DaemonSet counts its templates. */
export const counted = (live: KubeObject, next: KubeObject): KubeObject => {
  if (next.kind !== 'DaemonSet') return next;
  const before = Number(live.metadata.annotations?.[TEMPLATE_GENERATION] ?? 1);
  const same = isDeepStrictEqual(objectAt(live, 'spec', 'template'), objectAt(next, 'spec', 'template'));
  return withTemplateGeneration(next, same ? before : before + 1);
};

/** What admission adds to a pod belongs to no manager. */
const admittedPod = (store: ObjectStore, resource: ApiResource, pod: KubeObject): KubeObject => {
  admitPod(store, resource, pod);
  const spec = objectAt(pod, 'spec');
  const account = textAt(spec, 'serviceAccountName') ?? 'default';
  const found = store.get(builtin('serviceaccounts'), pod.metadata.namespace, account);
  const name = textAt(spec, 'priorityClassName');
  const priority =
    name === undefined || name === '' ? undefined : store.get(builtin('priorityclasses'), undefined, name);
  if (name && priority === undefined)
    throw forbidden(resource, pod.metadata.name, `no PriorityClass with name ${name} was found`);
  const ranked =
    priority === undefined
      ? spec
      : {
          ...spec,
          priority: numberAt(priority, 'value') ?? 0,
          preemptionPolicy: textAt(priority, 'preemptionPolicy') ?? 'PreemptLowerPriority',
        };
  return { ...pod, spec: withAccountVolume(ranked, found, randomSuffix) };
};
