import type { KubeObject } from '../objects.ts';
import { withRequests } from '../api/defaults-pod.ts';
import { withAccountVolume } from '../service-account-volume.ts';
import { type Cluster, ownerReference, stamp, uid } from './cluster.ts';
import { type Fields, at, fieldsAt, flagAt, listAt, textAt, textMapAt } from './fields.ts';
import { safeSuffix } from './hashes.ts';
import { PODS, SERVICE_ACCOUNTS } from './resources.ts';

const PRIORITIES: Readonly<Record<string, number>> = {
  'system-node-critical': 2_000_001_000,
  'system-cluster-critical': 2_000_000_000,
};

/** What admission adds unless the pod says otherwise. */
const defaultTolerations = (spec: Fields): readonly Fields[] => {
  const own = listAt(spec, 'tolerations');
  const covered = (key: string): boolean =>
    own.some(
      (one) =>
        (one['key'] === key || one['key'] === undefined || one['key'] === '') &&
        (one['effect'] === undefined || one['effect'] === '' || one['effect'] === 'NoExecute'),
    );
  return [
    ...own,
    ...['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable']
      .filter((key) => !covered(key))
      .map((key) => ({ key, operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 })),
  ];
};

const qosClass = (spec: Fields): string => {
  const containers = listAt(spec, 'containers');
  const kinds = containers.map((one) => [
    Object.keys(fieldsAt(one, 'resources', 'requests')).length,
    Object.keys(fieldsAt(one, 'resources', 'limits')).length,
  ]);
  if (kinds.every(([requests, limits]) => requests === 0 && limits === 0)) return 'BestEffort';
  const same = containers.every((one) =>
    ['cpu', 'memory'].every((name) => {
      const limit = at(one, 'resources', 'limits', name);
      return limit !== undefined && (at(one, 'resources', 'requests', name) ?? limit) === limit;
    }),
  );
  return same ? 'Guaranteed' : 'Burstable';
};

const withPodDefaults = (spec: Fields): Fields => {
  const account = textAt(spec, 'serviceAccountName');
  return {
    restartPolicy: 'Always',
    terminationGracePeriodSeconds: 30,
    dnsPolicy: 'ClusterFirst',
    ...(account === undefined ? {} : { serviceAccount: account }),
    schedulerName: 'default-scheduler',
    securityContext: {},
    enableServiceLinks: true,
    ...spec,
  };
};

const withAdmission = (spec: Fields): Fields => ({
  serviceAccountName: 'default',
  serviceAccount: 'default',
  ...spec,
  priority: PRIORITIES[textAt(spec, 'priorityClassName') ?? ''] ?? 0,
  preemptionPolicy: 'PreemptLowerPriority',
  tolerations: defaultTolerations(spec),
});

export interface PodOrder {
  readonly owner: KubeObject;
  /** Prefix for generated names, or the whole name where `exact`. */
  readonly name: string;
  readonly exact?: boolean;
  readonly labels?: Readonly<Record<string, string>>;
  /** Changes to the template's pod spec, such as a DaemonSet's node affinity. */
  readonly adapt?: (spec: Fields) => Fields;
}

/** Creates a pod from its owner's `spec.template`, as a workload controller and the admission plug-ins would. */
export const createPod = (cluster: Cluster, { owner, name, exact, labels, adapt }: PodOrder): KubeObject => {
  const template = fieldsAt(owner, 'spec', 'template');
  const seed = `${uid(owner)}/${cluster.store.version()}`;
  const generated = exact === true ? name : `${name}-${safeSuffix(seed, 5)}`;
  const asked = (adapt ?? ((same) => same))(fieldsAt(template, 'spec'));
  const given = withRequests(withAdmission(withPodDefaults(asked)));
  const account = cluster.store.get(
    SERVICE_ACCOUNTS,
    owner.metadata.namespace,
    textAt(given, 'serviceAccountName') ?? 'default',
  );
  const spec = withAccountVolume(given, account, () => safeSuffix(`${seed}/${generated}/token`, 5));
  const annotations = textMapAt(template, 'metadata', 'annotations');
  const pod: KubeObject = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: generated,
      generateName: `${exact === true ? owner.metadata.name : name}-`,
      namespace: owner.metadata.namespace ?? 'default',
      labels: { ...textMapAt(template, 'metadata', 'labels'), ...labels },
      ...(Object.keys(annotations).length === 0 ? {} : { annotations }),
      ownerReferences: [ownerReference(owner)],
    },
    spec,
    status: { phase: 'Pending', qosClass: qosClass(spec) },
  };
  return cluster.store.create(PODS, pod, { ...pod, spec: withRequests(withPodDefaults(asked)) });
};

/** Asks for a pod's end: its kubelet ends the containers, then the object goes. */
export const deletePod = (cluster: Cluster, pod: KubeObject): void => {
  if (pod.metadata.deletionTimestamp !== undefined) return;
  if (textAt(pod, 'spec', 'nodeName') === undefined) {
    cluster.store.remove(PODS, pod.metadata.namespace, pod.metadata.name);
    return;
  }
  cluster.as(undefined).store.replace(PODS, {
    ...pod,
    metadata: {
      ...pod.metadata,
      deletionTimestamp: stamp(cluster),
      deletionGracePeriodSeconds: at(pod, 'spec', 'terminationGracePeriodSeconds') ?? 30,
    },
  });
};

export const isPodReady = (pod: KubeObject): boolean =>
  listAt(pod, 'status', 'conditions').some((one) => one['type'] === 'Ready' && one['status'] === 'True');

export const isHostNetwork = (pod: KubeObject): boolean => flagAt(pod, 'spec', 'hostNetwork');

/** Neither ended nor about to. */
export const isActive = (pod: KubeObject): boolean =>
  pod.metadata.deletionTimestamp === undefined &&
  !['Succeeded', 'Failed'].includes(textAt(pod, 'status', 'phase') ?? '');
