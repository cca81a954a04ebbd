import { isDeepStrictEqual } from 'node:util';
import type { KubeObject } from '../objects.ts';
import { invalid, invalidValue, required, unsupportedValue, type StatusCause } from './api-error.ts';
import { listAt, objectAt, textAt, valueAt } from './json.ts';
import type { ApiResource } from './resource-table.ts';
import { selectorMatches } from './selectors.ts';
import { kindCauses } from './validate-kinds.ts';
import { metadataCauses } from './validate-meta.ts';
import { podSpecCauses } from './validate-pod.ts';

/**
 * Throws 422 with every cause. Checked are names, labels, selectors, what workloads, Services, roles and CRDs must have, and what may not
 * change; not the many ranges and combinations beyond that.
 */
export const validate = (object: KubeObject, resource: ApiResource, before: KubeObject | undefined): void => {
  const causes = [
    ...metadataCauses(object, resource),
    ...(resource.custom
      ? []
      : [...(byKind[object.kind]?.(object) ?? []), ...(kindCauses[object.kind]?.(object) ?? [])]),
    ...(before === undefined || resource.custom ? [] : immutableCauses(object, before)),
  ];
  if (causes.length > 0) throw invalid(resource.group, resource.kind, object.metadata.name, causes);
};

const templated = (object: KubeObject): readonly StatusCause[] => {
  const selector = valueAt(object, 'spec', 'selector');
  const template = objectAt(object, 'spec', 'template');
  const labels = objectAt(template, 'metadata', 'labels');
  const empty =
    Object.keys(objectAt(selector, 'matchLabels')).length === 0 && listAt(selector, 'matchExpressions').length === 0;
  return [
    ...(selector === undefined
      ? [required('spec.selector')]
      : empty
        ? [invalidValue('spec.selector', selector, `empty selector is invalid for ${object.kind.toLowerCase()}`)]
        : []),
    ...(selector === undefined || !selectorMatches(selector, labels)
      ? [
          invalidValue(
            'spec.template.metadata.labels',
            Object.keys(labels).length === 0 ? null : labels,
            '`selector` does not match template `labels`',
          ),
        ]
      : []),
    ...podSpecCauses(objectAt(template, 'spec'), 'spec.template.spec'),
  ];
};

const service = (object: KubeObject): readonly StatusCause[] => {
  const ports = listAt(object, 'spec', 'ports');
  const type = textAt(object, 'spec', 'type') ?? 'ClusterIP';
  const types = ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort'];
  return [
    ...(ports.length === 0 && type !== 'ExternalName' && textAt(object, 'spec', 'clusterIP') !== 'None'
      ? [required('spec.ports')]
      : []),
    ...ports.flatMap((port, index) => {
      const field = `spec.ports[${index}]`;
      const target = valueAt(port, 'targetPort');
      return [
        ...(ports.length > 1 && !textAt(port, 'name') ? [required(`${field}.name`)] : []),
        ...portCauses(valueAt(port, 'port'), `${field}.port`),
        ...(typeof target === 'number' ? portCauses(target, `${field}.targetPort`) : []),
      ];
    }),
    ...(types.includes(type) ? [] : [unsupportedValue('spec.type', type, types)]),
  ];
};

export const portCauses = (port: unknown, field: string): readonly StatusCause[] =>
  typeof port === 'number' && port >= 1 && port <= 65535
    ? []
    : [invalidValue(field, port ?? 0, 'must be between 1 and 65535, inclusive')];

const dataKeys = (object: KubeObject): readonly StatusCause[] =>
  [...Object.keys(objectAt(object, 'data')), ...Object.keys(objectAt(object, 'binaryData'))].flatMap((key) =>
    /^[-._a-zA-Z0-9]{1,253}$/.test(key)
      ? []
      : [
          invalidValue(
            `data[${key}]`,
            key,
            "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')",
          ),
        ],
  );

const secret = (object: KubeObject): readonly StatusCause[] => {
  const needs =
    object['type'] === 'kubernetes.io/tls'
      ? ['tls.crt', 'tls.key']
      : object['type'] === 'kubernetes.io/dockerconfigjson'
        ? ['.dockerconfigjson']
        : [];
  const size = Object.values(objectAt(object, 'data')).reduce<number>(
    (sum, value) => sum + Buffer.byteLength(String(value), 'base64'),
    0,
  );
  return [
    ...dataKeys(object),
    ...needs.filter((key) => !(key in objectAt(object, 'data'))).map((key) => required(`data[${key}]`)),
    ...(size > 1048576
      ? [{ reason: 'FieldValueTooLong', message: 'Too long: may not be more than 1048576 bytes', field: 'data' }]
      : []),
  ];
};

const binding = (object: KubeObject): readonly StatusCause[] => [
  ...(['ClusterRole', 'Role'].includes(textAt(object, 'roleRef', 'kind') ?? '')
    ? []
    : [unsupportedValue('roleRef.kind', valueAt(object, 'roleRef', 'kind') ?? '', ['Role', 'ClusterRole'])]),
  ...(textAt(object, 'roleRef', 'name') ? [] : [required('roleRef.name')]),
  ...listAt(object, 'subjects').flatMap((subject, index) =>
    object.kind === 'ClusterRoleBinding' &&
    textAt(subject, 'kind') === 'ServiceAccount' &&
    !textAt(subject, 'namespace')
      ? [required(`subjects[${index}].namespace`)]
      : textAt(subject, 'name')
        ? []
        : [required(`subjects[${index}].name`)],
  ),
];

const role = (object: KubeObject): readonly StatusCause[] =>
  listAt(object, 'rules').flatMap((rule, index) =>
    listAt(rule, 'verbs').length > 0
      ? []
      : [required(`rules[${index}].verbs`, 'verbs must contain at least one value')],
  );

const definition = (object: KubeObject): readonly StatusCause[] => {
  const expected = `${textAt(object, 'spec', 'names', 'plural') ?? ''}.${textAt(object, 'spec', 'group') ?? ''}`;
  const versions = listAt(object, 'spec', 'versions');
  const stored = versions.filter((version) => valueAt(version, 'storage') === true).length;
  return [
    ...(object.metadata.name === expected
      ? []
      : [invalidValue('metadata.name', object.metadata.name, `must be spec.names.plural+"."+spec.group`)]),
    ...(stored === 1
      ? []
      : [
          invalidValue(
            'spec.versions',
            versions.map((version) => textAt(version, 'name') ?? ''),
            'must have exactly one version marked as storage version',
          ),
        ]),
    ...versions.flatMap((version, index) =>
      valueAt(version, 'schema', 'openAPIV3Schema') === undefined
        ? [required(`spec.versions[${index}].schema.openAPIV3Schema`, 'schemas are required')]
        : [],
    ),
    ...(['Cluster', 'Namespaced'].includes(textAt(object, 'spec', 'scope') ?? '')
      ? []
      : [unsupportedValue('spec.scope', valueAt(object, 'spec', 'scope') ?? '', ['Cluster', 'Namespaced'])]),
  ];
};

const byKind: Readonly<Record<string, (object: KubeObject) => readonly StatusCause[]>> = {
  Deployment: templated,
  DaemonSet: templated,
  StatefulSet: templated,
  ReplicaSet: templated,
  Pod: (object) => podSpecCauses(objectAt(object, 'spec'), 'spec'),
  PodTemplate: (object) => podSpecCauses(objectAt(object, 'template', 'spec'), 'template.spec'),
  Service: service,
  ConfigMap: (object) => [
    ...dataKeys(object),
    ...Object.keys(objectAt(object, 'data'))
      .filter((key) => key in objectAt(object, 'binaryData'))
      .map((key) => invalidValue(`data[${key}]`, key, 'duplicate of key present in binaryData')),
  ],
  Secret: secret,
  RoleBinding: binding,
  ClusterRoleBinding: binding,
  Role: role,
  ClusterRole: role,
  CustomResourceDefinition: definition,
  StorageClass: (object) => (textAt(object, 'provisioner') ? [] : [required('provisioner')]),
  Ingress: (object) =>
    listAt(object, 'spec', 'rules').length === 0 && valueAt(object, 'spec', 'defaultBackend') === undefined
      ? [invalidValue('spec', [], 'either `defaultBackend` or `rules` must be specified')]
      : [],
};

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

const immutableCauses = (object: KubeObject, before: KubeObject): readonly StatusCause[] => {
  const fixed = (immutable[object.kind] ?? []).flatMap((field) => {
    const now = valueAt(object, ...field.split('.'));
    if (isDeepStrictEqual(now, valueAt(before, ...field.split('.')))) return [];
    return [invalidValue(field, now ?? null, field === 'roleRef' ? 'cannot change roleRef' : 'field is immutable')];
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
