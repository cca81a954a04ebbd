import type { KubeObject } from '../objects.ts';
import { compactObject, listAt, objectAt, textAt, type JsonObject } from './json.ts';
import { rbacBinding, webhook } from './defaults-policy.ts';
import { each, podSpecDefaults, qosClass, withRequests, within } from './defaults-pod.ts';

/** Fills what the API server fills before it validates and stores an object. Idempotent. */
export const withDefaults = (object: KubeObject): KubeObject => {
  const change = byKind[object.kind];
  return change === undefined ? object : (compactObject({ ...object, ...change(object) }) as KubeObject);
};

const template = (spec: JsonObject): JsonObject =>
  within(spec, 'template', (inner) => ({
    ...inner,
    metadata: { ...objectAt(inner, 'metadata') },
    ...within(inner, 'spec', podSpecDefaults),
  }));

/** `spec` with fallbacks and a defaulted pod template. */
const workload = (
  object: JsonObject,
  fallbacks: JsonObject,
  more: (spec: JsonObject) => JsonObject = () => ({}),
): JsonObject => within(object, 'spec', (spec) => ({ ...fallbacks, ...spec, ...more(spec), ...template(spec) }));

const rolling = (spec: JsonObject, key: string, fallback: JsonObject): JsonObject => {
  const given = objectAt(spec, key);
  const type = textAt(given, 'type') ?? 'RollingUpdate';
  return {
    [key]: {
      type,
      ...given,
      ...(type === 'RollingUpdate' ? { rollingUpdate: { ...fallback, ...objectAt(given, 'rollingUpdate') } } : {}),
    },
  };
};

const jobSpec = (spec: JsonObject): JsonObject => ({
  backoffLimit: 6,
  completionMode: 'NonIndexed',
  completions: 1,
  parallelism: 1,
  suspend: false,
  podReplacementPolicy: 'TerminatingOrFailed',
  manualSelector: false,
  ...spec,
  ...template(spec),
});

const byKind: Readonly<Record<string, (object: KubeObject) => JsonObject>> = {
  Deployment: (object) =>
    workload(object, { replicas: 1, revisionHistoryLimit: 10, progressDeadlineSeconds: 600 }, (spec) =>
      rolling(spec, 'strategy', { maxUnavailable: '25%', maxSurge: '25%' }),
    ),
  DaemonSet: (object) => ({
    metadata: {
      ...object.metadata,
      annotations: { 'deprecated.daemonset.template.generation': '1', ...object.metadata.annotations },
    },
    ...workload(object, { revisionHistoryLimit: 10 }, (spec) =>
      rolling(spec, 'updateStrategy', { maxUnavailable: 1, maxSurge: 0 }),
    ),
  }),
  StatefulSet: (object) =>
    workload(
      object,
      {
        replicas: 1,
        revisionHistoryLimit: 10,
        podManagementPolicy: 'OrderedReady',
        persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain', whenScaled: 'Retain' },
      },
      (spec) => ({
        ...rolling(spec, 'updateStrategy', { partition: 0 }),
        ...each(spec, 'volumeClaimTemplates', (claim) => ({
          apiVersion: 'v1',
          kind: 'PersistentVolumeClaim',
          ...claim,
          spec: { volumeMode: 'Filesystem', ...objectAt(claim, 'spec') },
          status: { phase: 'Pending', ...objectAt(claim, 'status') },
        })),
      }),
    ),
  PodTemplate: template,
  ReplicaSet: (object) => workload(object, { replicas: 1 }),
  Job: (object) => within(object, 'spec', jobSpec),
  CronJob: (object) =>
    within(object, 'spec', (spec) => ({
      concurrencyPolicy: 'Allow',
      suspend: false,
      successfulJobsHistoryLimit: 3,
      failedJobsHistoryLimit: 1,
      ...spec,
      ...within(spec, 'jobTemplate', (inner) => ({
        ...inner,
        ...within(inner, 'spec', (job) => ({ ...job, ...template(job) })),
      })),
    })),
  Pod: (object) => ({
    ...within(object, 'spec', (spec) => {
      const account = {
        serviceAccountName: 'default',
        serviceAccount: 'default',
        enableServiceLinks: true,
        preemptionPolicy: 'PreemptLowerPriority',
        priority: 0,
      };
      return withRequests(
        podSpecDefaults({ ...account, ...spec, tolerations: podTolerations(listAt(spec, 'tolerations')) }),
      );
    }),
    status: { phase: 'Pending', qosClass: qosClass(objectAt(object, 'spec')), ...objectAt(object, 'status') },
  }),
  Secret: (object) => {
    const texts = Object.entries(objectAt(object, 'stringData')).map(([key, value]) => [
      key,
      Buffer.from(String(value)).toString('base64'),
    ]);
    return {
      type: 'Opaque',
      ...object,
      ...(texts.length === 0 ? {} : { data: { ...objectAt(object, 'data'), ...Object.fromEntries(texts) } }),
      stringData: undefined,
    };
  },
  Service: (object) => ({
    status: { loadBalancer: {}, ...objectAt(object, 'status') },
    ...within(object, 'spec', (spec) => {
      const type = textAt(spec, 'type') ?? 'ClusterIP';
      const outside = type === 'LoadBalancer' || type === 'NodePort';
      if (type === 'ExternalName') return { sessionAffinity: 'None', ...spec, type };
      return {
        sessionAffinity: 'None',
        internalTrafficPolicy: 'Cluster',
        ipFamilies: ['IPv4'],
        ipFamilyPolicy: 'SingleStack',
        ...(outside ? { externalTrafficPolicy: 'Cluster' } : {}),
        ...(type === 'LoadBalancer' ? { allocateLoadBalancerNodePorts: true } : {}),
        ...(textAt(spec, 'sessionAffinity') === 'ClientIP'
          ? { sessionAffinityConfig: { clientIP: { timeoutSeconds: 10800 } } }
          : {}),
        ...spec,
        type,
        ...each(spec, 'ports', (port) => ({ protocol: 'TCP', targetPort: port['port'], ...port })),
      };
    }),
  }),
  Namespace: (object) => ({
    spec: { finalizers: ['kubernetes'], ...objectAt(object, 'spec') },
    status: { phase: 'Active', ...objectAt(object, 'status') },
    metadata: {
      ...object.metadata,
      labels: { ...object.metadata.labels, 'kubernetes.io/metadata.name': object.metadata.name },
    },
  }),
  RoleBinding: rbacBinding,
  ClusterRoleBinding: rbacBinding,
  MutatingWebhookConfiguration: webhook({ reinvocationPolicy: 'Never' }),
  ValidatingWebhookConfiguration: webhook({}),
  CustomResourceDefinition: (object) =>
    within(object, 'spec', (spec) => ({
      conversion: { strategy: 'None' },
      ...spec,
      ...within(spec, 'names', (names) => ({
        singular: (textAt(names, 'kind') ?? '').toLowerCase(),
        listKind: `${textAt(names, 'kind') ?? ''}List`,
        ...names,
      })),
    })),
  NetworkPolicy: (object) =>
    within(object, 'spec', (spec) => ({
      podSelector: {},
      policyTypes: ['Ingress', ...(spec['egress'] === undefined ? [] : ['Egress'])],
      ...spec,
      ...each(spec, 'ingress', (rule) => ({
        ...rule,
        ...each(rule, 'ports', (port) => ({ protocol: 'TCP', ...port })),
      })),
      ...each(spec, 'egress', (rule) => ({
        ...rule,
        ...each(rule, 'ports', (port) => ({ protocol: 'TCP', ...port })),
      })),
    })),
  LimitRange: (object) =>
    within(object, 'spec', (spec) => ({
      ...spec,
      ...each(spec, 'limits', (limit) => ({
        ...limit,
        ...(limit['default'] === undefined
          ? {}
          : { defaultRequest: { ...objectAt(limit, 'default'), ...objectAt(limit, 'defaultRequest') } }),
      })),
    })),
  PriorityClass: (object) => ({ preemptionPolicy: 'PreemptLowerPriority', ...object }),
  HorizontalPodAutoscaler: (object) =>
    within(object, 'spec', (spec) => ({
      minReplicas: 1,
      metrics: [
        { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } } },
      ],
      ...spec,
    })),
  StorageClass: (object) => ({ reclaimPolicy: 'Delete', volumeBindingMode: 'Immediate', ...object }),
  CSIDriver: (object) =>
    within(object, 'spec', (spec) => ({
      attachRequired: true,
      podInfoOnMount: false,
      fsGroupPolicy: 'ReadWriteOnceWithFSType',
      volumeLifecycleModes: ['Persistent'],
      requiresRepublish: false,
      seLinuxMount: false,
      storageCapacity: false,
      ...spec,
    })),
  PersistentVolumeClaim: (object) => ({
    ...within(object, 'spec', (spec) => ({ volumeMode: 'Filesystem', ...spec })),
    status: { phase: 'Pending', ...objectAt(object, 'status') },
  }),
  EndpointSlice: (object) => each(object, 'ports', (port) => ({ name: '', protocol: 'TCP', ...port })),
};

/** Admission gives every pod five minutes on a node that has gone. */
const podTolerations = (given: readonly unknown[]): readonly unknown[] => {
  const tolerates = (key: string): boolean =>
    given.some(
      (toleration) =>
        (textAt(toleration, 'key') === key || textAt(toleration, 'key') === undefined) &&
        [undefined, 'NoExecute'].includes(textAt(toleration, 'effect')),
    );
  const added = ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable'].filter((key) => !tolerates(key));
  return [...given, ...added.map((key) => ({ effect: 'NoExecute', key, operator: 'Exists', tolerationSeconds: 300 }))];
};
