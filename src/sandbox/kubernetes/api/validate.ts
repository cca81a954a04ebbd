import type { KubeObject } from '../objects.ts';
import { invalid, invalidValue, required, unsupportedValue, type StatusCause } from './api-error.ts';
import { listAt, objectAt, textAt, valueAt } from './json.ts';
import type { ApiResource } from './resource-table.ts';
import { selectorMatches } from './selectors.ts';
import { nodeTaints } from './validate-taints.ts';
import { immutableCauses } from './validate-immutable.ts';
import { addedFinalizers, changedPodSpec, kindCauses, sizeCauses } from './validate-kinds.ts';
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
      : [
          ...sizeCauses(object),
          ...(byKind[object.kind]?.(object) ?? []),
          ...(kindCauses[object.kind]?.(object) ?? []),
        ]),
    ...(before === undefined ? [] : addedFinalizers(object, before)),
    ...(before === undefined || resource.custom ? [] : immutableCauses(object, before)),
    ...(before === undefined || object.kind !== 'Pod' || resource.custom ? [] : changedPodSpec(object, before)),
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
    ...(['Always', undefined].includes(textAt(template, 'spec', 'restartPolicy'))
      ? podSpecCauses(objectAt(template, 'spec'), 'spec.template.spec')
      : [
          unsupportedValue('spec.template.spec.restartPolicy', textAt(template, 'spec', 'restartPolicy') ?? '', [
            'Always',
          ]),
        ]),
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

/** A version as the API server holds it, in whose words it complains: what all versions share stands elsewhere. */
const internalVersion = (version: unknown): object => ({
  Name: textAt(version, 'name') ?? '',
  Served: valueAt(version, 'served') === true,
  Storage: valueAt(version, 'storage') === true,
  Deprecated: valueAt(version, 'deprecated') === true,
  DeprecationWarning: textAt(version, 'deprecationWarning') ?? null,
  Schema: null,
  Subresources: null,
  AdditionalPrinterColumns: null,
  SelectableFields: null,
});

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
            versions.map(internalVersion),
            'must have exactly one version marked as storage version',
          ),
        ]),
    ...versions.flatMap((version, index) =>
      valueAt(version, 'schema', 'openAPIV3Schema') === undefined
        ? [required(`spec.versions[${index}].schema.openAPIV3Schema`)]
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
  Node: nodeTaints,
  Event: (object) => {
    const namespace = textAt(object, 'involvedObject', 'namespace') ?? '';
    return namespace === (object.metadata.namespace ?? '') ||
      (namespace === '' && object.metadata.namespace === 'default')
      ? []
      : [invalidValue('involvedObject.namespace', namespace, 'does not match event.namespace')];
  },
  PriorityClass: ({ metadata: { name } }) =>
    name.startsWith('system-') && !['system-cluster-critical', 'system-node-critical'].includes(name)
      ? [
          {
            reason: 'FieldValueForbidden',
            message: `Forbidden: priority class names with 'system-' prefix are reserved for system use only. error: ${name} is not a known system priority class`,
            field: 'metadata.name',
          },
        ]
      : [],
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
