import { invalidValue, required, unsupportedValue, type StatusCause } from './api-error.ts';
import { listAt, objectAt, printed, textAt, valueAt, type JsonObject } from './json.ts';
import { quantity } from './quantity.ts';
import { dnsLabelRule, duplicateNames, isDnsLabel } from './validate-meta.ts';

const restartPolicies = ['Always', 'OnFailure', 'Never'];

/** What a pod spec must have; `field` is its path in messages. */
export const podSpecCauses = (spec: JsonObject, field: string): readonly StatusCause[] => {
  const containers = listAt(spec, 'containers');
  const volumes = new Set(listAt(spec, 'volumes').map((volume) => textAt(volume, 'name')));
  const policy = textAt(spec, 'restartPolicy');
  return [
    ...duplicateNames(spec, 'volumes', field),
    ...listAt(spec, 'volumes').flatMap((volume, index) => nameCauses(volume, `${field}.volumes[${index}].name`)),
    ...(containers.length === 0 ? [required(`${field}.containers`)] : []),
    ...['containers', 'initContainers'].flatMap((list) => [
      ...listAt(spec, list).flatMap((container, index) =>
        containerCauses(container, `${field}.${list}[${index}]`, volumes),
      ),
      ...duplicateNames(spec, list, field),
    ]),
    ...(policy === undefined || restartPolicies.includes(policy)
      ? []
      : [unsupportedValue(`${field}.restartPolicy`, policy, restartPolicies)]),
    ...listAt(spec, 'tolerations').flatMap((toleration, index) =>
      tolerationCauses(toleration, `${field}.tolerations[${index}]`),
    ),
  ];
};

const effects = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'];
const tolerationCauses = (toleration: unknown, field: string): readonly StatusCause[] => {
  const [key, operator, value, effect] = ['key', 'operator', 'value', 'effect'].map((name) => textAt(toleration, name));
  return [
    ...(!key && operator !== 'Exists'
      ? [
          invalidValue(
            `${field}.operator`,
            operator ?? '',
            'operator must be Exists when `key` is empty, which means "match all values and all keys"',
          ),
        ]
      : []),
    ...(operator === 'Exists' && value
      ? [invalidValue(`${field}.operator`, value, "value must be empty when `operator` is 'Exists'")]
      : []),
    ...(effect && !effects.includes(effect) ? [unsupportedValue(`${field}.effect`, effect, effects)] : []),
  ];
};

const pullPolicies = ['Always', 'IfNotPresent', 'Never'];
const protocols = ['SCTP', 'TCP', 'UDP'];

const portCauses = (port: unknown, field: string): readonly StatusCause[] => {
  const number = valueAt(port, 'containerPort');
  const protocol = textAt(port, 'protocol') ?? 'TCP';
  const good = typeof number === 'number' && number >= 1 && number <= 65535;
  return [
    ...(number === undefined
      ? [required(`${field}.containerPort`)]
      : good
        ? []
        : [invalidValue(`${field}.containerPort`, number, 'must be between 1 and 65535, inclusive')]),
    ...(protocols.includes(protocol) ? [] : [unsupportedValue(`${field}.protocol`, protocol, protocols)]),
  ];
};

const envCauses = (env: unknown, field: string): readonly StatusCause[] => {
  const name = textAt(env, 'name') ?? '';
  if (name === '') return [required(`${field}.name`)];
  // Everything that can be printed but for the sign that ends a name.
  return /^[ -<>-~]+$/.test(name)
    ? []
    : [
        invalidValue(
          `${field}.name`,
          name,
          "a valid environment variable name must consist only of printable ASCII characters other than '='",
        ),
      ];
};

const nameCauses = (item: unknown, field: string): readonly StatusCause[] => {
  const name = valueAt(item, 'name');
  if (name === undefined || name === '') return [required(field)];
  return isDnsLabel(name) ? [] : [invalidValue(field, name, dnsLabelRule)];
};

const containerCauses = (
  container: unknown,
  field: string,
  volumes: ReadonlySet<string | undefined>,
): readonly StatusCause[] => [
  ...nameCauses(container, `${field}.name`),
  ...(textAt(container, 'image') ? [] : [required(`${field}.image`)]),
  ...listAt(container, 'ports').flatMap((port, index) => portCauses(port, `${field}.ports[${index}]`)),
  ...listAt(container, 'env').flatMap((env, index) => envCauses(env, `${field}.env[${index}]`)),
  ...listAt(container, 'volumeMounts').flatMap((mount, index) => {
    const name = textAt(mount, 'name');
    const missing = name === undefined || !volumes.has(name);
    return [
      ...(missing
        ? [
            {
              reason: 'FieldValueNotFound',
              message: `Not found: ${JSON.stringify(name ?? '')}`,
              field: `${field}.volumeMounts[${index}].name`,
            },
          ]
        : []),
      ...(textAt(mount, 'mountPath') ? [] : [required(`${field}.volumeMounts[${index}].mountPath`)]),
    ];
  }),
  ...Object.entries(objectAt(container, 'resources', 'requests')).flatMap(([name, request]) => {
    const limit = valueAt(container, 'resources', 'limits', name);
    const over = limit !== undefined && quantity(request) > quantity(limit);
    return over
      ? [
          invalidValue(
            `${field}.resources.requests`,
            request,
            `must be less than or equal to ${name} limit of ${printed(limit)}`,
          ),
        ]
      : [];
  }),
  ...(pullPolicies.includes(textAt(container, 'imagePullPolicy') ?? 'Always')
    ? []
    : [unsupportedValue(`${field}.imagePullPolicy`, textAt(container, 'imagePullPolicy'), pullPolicies)]),
];
