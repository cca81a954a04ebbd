import { isDeepStrictEqual } from 'node:util';
import type { KubeObject } from '../objects.ts';
import { invalidValue, type StatusCause } from './api-error.ts';
import { objectAt, textAt, valueAt } from './json.ts';

/** Fields that may never change, by kind. */
const immutable: Readonly<Record<string, readonly string[]>> = {
  Deployment: ['spec.selector'],
  DaemonSet: ['spec.selector'],
  ReplicaSet: ['spec.selector'],
  Job: ['spec.selector', 'spec.template', 'spec.completionMode'],
  Secret: ['type'],
  PersistentVolumeClaim: ['spec.accessModes', 'spec.storageClassName', 'spec.volumeMode'],
  StorageClass: ['provisioner', 'parameters', 'reclaimPolicy', 'volumeBindingMode'],
  CustomResourceDefinition: ['spec.group', 'spec.scope', 'spec.names.plural'],
  RoleBinding: ['roleRef'],
  ClusterRoleBinding: ['roleRef'],
  PriorityClass: ['value'],
};

export const immutableCauses = (object: KubeObject, before: KubeObject): readonly StatusCause[] => {
  const fixed = (immutable[object.kind] ?? []).flatMap((field) => {
    const now = valueAt(object, ...field.split('.'));
    if (isDeepStrictEqual(now, valueAt(before, ...field.split('.')))) return [];
    if (field !== 'roleRef') return [invalidValue(field, now ?? null, 'field is immutable')];
    const [APIGroup, Kind, Name] = ['apiGroup', 'kind', 'name'].map((key) => textAt(now, key));
    return [invalidValue(field, { APIGroup, Kind, Name }, 'cannot change roleRef')];
  });
  if (object.kind === 'Service') {
    const [was, is] = [before, object].map((state) => textAt(state, 'spec', 'clusterIP'));
    if (was && is !== was && textAt(object, 'spec', 'type') !== 'ExternalName')
      fixed.push(invalidValue('spec.clusterIPs[0]', [is], 'may not change once set'));
  }
  if (object.kind === 'StatefulSet') {
    const keep = ({
      replicas: _r,
      template: _t,
      updateStrategy: _u,
      revisionHistoryLimit: _h,
      persistentVolumeClaimRetentionPolicy: _p,
      minReadySeconds: _m,
      ordinals: _o,
      ...rest
    }: Record<string, unknown>): unknown => rest;
    if (!isDeepStrictEqual(keep({ ...objectAt(object, 'spec') }), keep({ ...objectAt(before, 'spec') }))) {
      fixed.push({
        reason: 'FieldValueForbidden',
        message:
          "Forbidden: updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden",
        field: 'spec',
      });
    }
  }
  if (['ConfigMap', 'Secret'].includes(object.kind) && before['immutable'] === true) {
    const change = (field: string): void =>
      void fixed.push({
        reason: 'FieldValueForbidden',
        message: 'Forbidden: field is immutable when `immutable` is set',
        field,
      });
    if (object['immutable'] !== true) change('immutable');
    for (const field of ['data', 'binaryData']) if (!isDeepStrictEqual(before[field], object[field])) change(field);
  }
  return fixed;
};
