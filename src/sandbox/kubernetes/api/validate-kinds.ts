import { isDeepStrictEqual } from 'node:util';
import type { KubeObject } from '../objects.ts';
import { invalidValue, required, unsupportedValue, type StatusCause } from './api-error.ts';
import { listAt, numberAt, objectAt, printed, textAt, valueAt } from './json.ts';
import { podSpecCauses } from './validate-pod.ts';

/** Pods of a job end: they may be started again in place, or not at all. */
const jobTemplate = (object: unknown, field: string, ...path: readonly string[]): readonly StatusCause[] => {
  const spec = objectAt(object, ...path, 'template', 'spec');
  const policy = textAt(spec, 'restartPolicy') ?? 'Always';
  const ends = policy === 'OnFailure' || policy === 'Never';
  return [
    ...podSpecCauses(spec, `${field}.template.spec`),
    ...(ends ? [] : [required(`${field}.template.spec.restartPolicy`, 'valid values: "OnFailure", "Never"')]),
  ];
};

const notNegative = (object: KubeObject, ...path: readonly string[]): readonly StatusCause[] => {
  const value = numberAt(object, ...path);
  return value !== undefined && value < 0
    ? [invalidValue(path.join('.'), value, 'must be greater than or equal to 0')]
    : [];
};

const job = (object: KubeObject): readonly StatusCause[] => [
  ...notNegative(object, 'spec', 'parallelism'),
  ...notNegative(object, 'spec', 'completions'),
  ...notNegative(object, 'spec', 'activeDeadlineSeconds'),
  ...notNegative(object, 'spec', 'backoffLimit'),
  ...jobTemplate(object, 'spec', 'spec'),
];

const scheduleCauses = (schedule: string): readonly StatusCause[] => {
  if (schedule === '') return [required('spec.schedule')];
  if (schedule.startsWith('@')) return [];
  const fields = schedule
    .replace(/^(?:TZ|CRON_TZ)=\S+\s+/, '')
    .split(/\s+/)
    .filter((field) => field !== '');
  const why = `expected exactly 5 fields, found ${fields.length}: [${fields.join(' ')}]`;
  return fields.length === 5 ? [] : [invalidValue('spec.schedule', schedule, why)];
};

const cronJob = (object: KubeObject): readonly StatusCause[] => [
  ...scheduleCauses(textAt(object, 'spec', 'schedule') ?? ''),
  ...notNegative(object, 'spec', 'successfulJobsHistoryLimit'),
  ...notNegative(object, 'spec', 'failedJobsHistoryLimit'),
  ...jobTemplate(object, 'spec.jobTemplate.spec', 'spec', 'jobTemplate', 'spec'),
];

const budget = (object: KubeObject): readonly StatusCause[] => {
  const [least, most] = ['minAvailable', 'maxUnavailable'].map((key) => valueAt(object, 'spec', key));
  if (least === undefined || most === undefined) return [];
  const written = {
    MinAvailable: least,
    Selector: valueAt(object, 'spec', 'selector') ?? null,
    MaxUnavailable: most,
    UnhealthyPodEvictionPolicy: valueAt(object, 'spec', 'unhealthyPodEvictionPolicy') ?? null,
  };
  return [invalidValue('spec', written, 'minAvailable and maxUnavailable cannot be both set')];
};

const networkPolicy = (object: KubeObject): readonly StatusCause[] =>
  listAt(object, 'spec', 'policyTypes').flatMap((type, index) =>
    type === 'Ingress' || type === 'Egress'
      ? []
      : [unsupportedValue(`spec.policyTypes[${index}]`, type, ['Ingress', 'Egress'])],
  );

const autoscaler = (object: KubeObject): readonly StatusCause[] => {
  const [least, most] = [numberAt(object, 'spec', 'minReplicas') ?? 1, numberAt(object, 'spec', 'maxReplicas') ?? 0];
  const target = objectAt(object, 'spec', 'scaleTargetRef');
  const version = textAt(target, 'apiVersion') ?? '';
  const isCore = !version.includes('/');
  return [
    ...(most < 1 ? [invalidValue('spec.maxReplicas', most, 'must be greater than 0')] : []),
    ...(most < least ? [invalidValue('spec.maxReplicas', most, 'must be greater than or equal to `minReplicas`')] : []),
    ...(textAt(target, 'kind') ? [] : [required('spec.scaleTargetRef.kind')]),
    ...(textAt(target, 'name') ? [] : [required('spec.scaleTargetRef.name')]),
    ...(isCore && textAt(target, 'kind') !== 'ReplicationController'
      ? [invalidValue('spec.scaleTargetRef.apiVersion', version, 'apiVersion must specify API group')]
      : []),
  ];
};

/** How many there are to be, which comes before all else that a workload may be wrong in. */
export const sizeCauses = (object: KubeObject): readonly StatusCause[] =>
  ['Deployment', 'StatefulSet', 'ReplicaSet'].includes(object.kind) ? notNegative(object, 'spec', 'replicas') : [];

/** A ConfigMap is at most one mebibyte large. */
const configMap = (object: KubeObject): readonly StatusCause[] => {
  const bytes = (key: string, encoding: BufferEncoding): number =>
    Object.values(objectAt(object, key)).reduce<number>(
      (sum, value) => sum + Buffer.byteLength(printed(value), encoding),
      0,
    );
  return bytes('data', 'utf8') + bytes('binaryData', 'base64') > 1_048_576
    ? [{ reason: 'FieldValueTooLong', message: 'Too long: may not be more than 1048576 bytes', field: '[]' }]
    : [];
};

/** What kinds demand beyond their names and templates. */
export const kindCauses: Readonly<Record<string, (object: KubeObject) => readonly StatusCause[]>> = {
  Job: job,
  CronJob: cronJob,
  PodDisruptionBudget: budget,
  NetworkPolicy: networkPolicy,
  HorizontalPodAutoscaler: autoscaler,
  ConfigMap: configMap,
};

/** An object that goes takes no new reason to stay. */
export const addedFinalizers = (object: KubeObject, before: KubeObject): readonly StatusCause[] => {
  if (before.metadata.deletionTimestamp === undefined) return [];
  const known = new Set(before.metadata.finalizers);
  const added = (object.metadata.finalizers ?? []).filter((finalizer) => !known.has(finalizer));
  if (added.length === 0) return [];
  const list = `[]string{${added
    .toSorted()
    .map((one) => JSON.stringify(one))
    .join(', ')}}`;
  return [
    {
      reason: 'FieldValueForbidden',
      message: `Forbidden: no new finalizers can be added if the object is being deleted, found new finalizers ${list}`,
      field: 'metadata.finalizers',
    },
  ];
};

const changeable = new Set(['activeDeadlineSeconds', 'tolerations', 'terminationGracePeriodSeconds']);

/** Of a pod's spec only images, tolerations and few more may change once it is there. */
export const changedPodSpec = (object: KubeObject, before: KubeObject): readonly StatusCause[] => {
  const fixed = (pod: KubeObject): unknown => {
    const spec = objectAt(pod, 'spec');
    const withoutImages = (key: string): object =>
      spec[key] === undefined
        ? {}
        : { [key]: listAt(spec, key).map((one) => ({ ...objectAt({ one }, 'one'), image: '' })) };
    return {
      ...Object.fromEntries(Object.entries(spec).filter(([key]) => !changeable.has(key))),
      ...withoutImages('containers'),
      ...withoutImages('initContainers'),
    };
  };
  const [was, is] = [before, object].map((pod) => numberAt(pod, 'spec', 'terminationGracePeriodSeconds'));
  const kept = listAt(before, 'spec', 'tolerations').every((old) =>
    listAt(object, 'spec', 'tolerations').some((one) => isDeepStrictEqual(one, old)),
  );
  const same = isDeepStrictEqual(fixed(object), fixed(before));
  if (same && kept && (was === is || (is === 1 && (was ?? 0) < 0))) return [];
  return [
    {
      reason: 'FieldValueForbidden',
      message:
        'Forbidden: pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)',
      field: 'spec',
    },
  ];
};
