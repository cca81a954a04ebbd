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
    ...(containers.length === 0 ? [required(`${field}.containers`)] : []),
    ...(policy === undefined || restartPolicies.includes(policy)
      ? []
      : [unsupportedValue(`${field}.restartPolicy`, policy, restartPolicies)]),
    ...['containers', 'initContainers'].flatMap((list) => [
      ...listAt(spec, list).flatMap((container, index) =>
        containerCauses(container, `${field}.${list}[${index}]`, volumes),
      ),
      ...duplicateNames(spec, list, field),
    ]),
    ...duplicateNames(spec, 'volumes', field),
    ...listAt(spec, 'volumes').flatMap((volume, index) => nameCauses(volume, `${field}.volumes[${index}].name`)),
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
  ...listAt(container, 'ports').flatMap((port, index) => {
    const number = valueAt(port, 'containerPort');
    if (number === undefined) return [required(`${field}.ports[${index}].containerPort`)];
    return typeof number === 'number' && number >= 1 && number <= 65535
      ? []
      : [invalidValue(`${field}.ports[${index}].containerPort`, number, 'must be between 1 and 65535, inclusive')];
  }),
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
];
