import type { KubeObject, OwnerReference } from '../objects.ts';
import { invalidValue, required, type StatusCause } from './api-error.ts';
import { isObject, listAt, objectAt } from './json.ts';
import type { ApiResource } from './resource-table.ts';

const label = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
const dnsLabel = new RegExp(`^${label}$`);
const dnsName = new RegExp(`^${label}(\\.${label})*$`);
const rfc1035 = /^[a-z]([-a-z0-9]*[a-z0-9])?$/;
const qualifiedPart = /^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/;
const labelValue = /^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$/;

const subdomainRule =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
const labelRule =
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";
const serviceRule =
  "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')";
const valueRule =
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";
const keyRule =
  "a valid label key must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]') with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')";
const nameRule =
  "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";

/** Names of RBAC objects may hold anything that fits a path. */
const freeNames = new Set(['clusterroles', 'clusterrolebindings', 'roles', 'rolebindings']);
const labelNames = new Set(['namespaces']);

/** Checks of `metadata` that every kind has. */
export const metadataCauses = (object: KubeObject, resource: ApiResource): readonly StatusCause[] => {
  const { name, labels, annotations, ownerReferences } = object.metadata;
  return [
    ...nameCauses(name, resource),
    ...labelCauses(labels, 'metadata.labels'),
    ...Object.keys(annotations ?? {}).flatMap((key) => keyCauses(key, 'metadata.annotations')),
    ...(Buffer.byteLength(JSON.stringify(annotations ?? {})) > 262144
      ? [
          {
            reason: 'FieldValueTooLong',
            message: 'Too long: may not be more than 262144 bytes',
            field: 'metadata.annotations',
          },
        ]
      : []),
    ...(ownerReferences ?? []).flatMap((owner) =>
      (['apiVersion', 'kind', 'name', 'uid'] as const)
        .filter((key) => !owner[key])
        .map((key) =>
          invalidValue(
            `metadata.ownerReferences.${key}`,
            owner[key] ?? '',
            key === 'apiVersion' ? 'version must not be empty' : 'must not be empty',
          ),
        ),
    ),
    ...controllerCauses(ownerReferences ?? []),
    ...finalizerCauses(object.metadata.finalizers ?? []),
  ];
};

const controllerCauses = (owners: readonly OwnerReference[]): readonly StatusCause[] => {
  const [first, second] = owners.filter(({ controller }) => controller === true);
  if (first === undefined || second === undefined) return [];
  const why = `Only one reference can have Controller set to true. Found "true" in references for ${first.kind}/${first.name} and ${second.kind}/${second.name}`;
  return [invalidValue('metadata.ownerReferences', owners, why)];
};

const finalizerCauses = (finalizers: readonly string[]): readonly StatusCause[] =>
  finalizers.flatMap((finalizer, index) =>
    finalizer.includes('/') || ['kubernetes', 'orphan', 'foregroundDeletion'].includes(finalizer)
      ? keyCauses(finalizer, `metadata.finalizers[${index}]`)
      : [
          invalidValue(
            `metadata.finalizers[${index}]`,
            finalizer,
            'name is neither a standard finalizer name nor is it fully qualified',
          ),
        ],
  );

const nameCauses = (name: string, resource: ApiResource): readonly StatusCause[] => {
  if (name === undefined || name === '') return [required('metadata.name', 'name or generateName is required')];
  if (freeNames.has(resource.plural))
    return name === '.' || name === '..' || /[/%]/.test(name)
      ? [invalidValue('metadata.name', name, "may not contain '/' or '%'")]
      : [];
  if (resource.plural === 'services' && resource.group === '') {
    return name.length <= 63 && rfc1035.test(name) ? [] : [invalidValue('metadata.name', name, serviceRule)];
  }
  if (labelNames.has(resource.plural) && name.includes('.'))
    return [invalidValue('metadata.name', name, 'must not contain dots')];
  if (labelNames.has(resource.plural))
    return name.length <= 63 && dnsLabel.test(name) ? [] : [invalidValue('metadata.name', name, labelRule)];
  if (name.length > 253) return [invalidValue('metadata.name', name, 'must be no more than 253 characters')];
  return dnsName.test(name) ? [] : [invalidValue('metadata.name', name, subdomainRule)];
};

/** Labels wherever they stand. */
export const labelCauses = (labels: unknown, field: string): readonly StatusCause[] =>
  isObject(labels)
    ? Object.entries(labels).flatMap(([key, value]) => [
        ...keyCauses(key, field),
        ...(typeof value === 'string' && value.length <= 63 && labelValue.test(value)
          ? []
          : [
              invalidValue(
                field,
                value,
                typeof value === 'string' && value.length > 63 ? 'must be no more than 63 bytes' : valueRule,
              ),
            ]),
      ])
    : [];

export const keyCauses = (key: string, field: string): readonly StatusCause[] => {
  if (key.split('/').length > 2) return [invalidValue(field, key, keyRule)];
  const slash = key.indexOf('/');
  const name = key.slice(slash + 1);
  const prefix = slash === -1 ? undefined : key.slice(0, slash);
  if (prefix !== undefined && !(prefix.length <= 253 && dnsName.test(prefix)))
    return [invalidValue(field, key, `prefix part ${subdomainRule}`)];
  return name.length > 0 && name.length <= 63 && qualifiedPart.test(name)
    ? []
    : [invalidValue(field, key, name.length > 63 ? 'name part must be no more than 63 bytes' : nameRule)];
};

/** A DNS label, as container and volume names have to be. */
export const isDnsLabel = (name: unknown): name is string =>
  typeof name === 'string' && name.length <= 63 && dnsLabel.test(name);
export const dnsLabelRule = labelRule;

/** Names of items that have to differ from each other. */
export const duplicateNames = (owner: unknown, key: string, field: string): readonly StatusCause[] => {
  const names = listAt(owner, key).map((item) => objectAt({ item }, 'item')['name']);
  return names.flatMap((name, index) =>
    name !== undefined && names.indexOf(name) !== index
      ? [
          {
            reason: 'FieldValueDuplicate',
            message: `Duplicate value: ${JSON.stringify(name)}`,
            field: `${field}.${key}[${index}].name`,
          },
        ]
      : [],
  );
};
