import { isObject } from '../json.ts';
import type { JsonObject } from '../json.ts';

export interface BodySchema {
  readonly name: JsonObject;
  readonly body: JsonObject;
  readonly definitions: Readonly<Record<string, JsonObject>>;
}

/** One thing that is wrong with a body. `path` is dotted, `properties.agentPoolProfiles[0].count`; empty for the body itself. */
export interface Issue {
  readonly kind: 'unknown' | 'type' | 'required' | 'value' | 'pattern' | 'range' | 'variant';
  readonly path: string;
  /** The member's own name. */
  readonly field: string;
  /** What would be accepted: a type, a list, a pattern, a limit. */
  readonly expected: string;
  readonly actual: unknown;
}

/** Members that every answer holds and every service ignores in a request: a client may send back what it was given. */
const readOnly = new Set(
  [
    'id name type etag eTag systemData provisioningState createdDate modifiedDate createdOn updatedOn',
    'customerId privateLinkScopedResources immutableId lastModifiedUtc lastModifiedTimeUtc endpoints metadata',
    'fqdn azurePortalFQDN privateFQDN currentKubernetesVersion maxAgentPools powerState resourceUID status',
    'identity principalId tenantId currentOrchestratorVersion nodeImageVersion lastSkuUpdate defaultVersion',
    'effectiveNoProxy standardColumns tableType tableSubType source labels categories isTroubleshootingAllowed',
    'archiveRetentionInDays retentionInDaysAsDefault totalRetentionInDaysAsDefault resultStatistics solutions',
    'serviceMeshProfile kind nodeResourceGroup supportPlan isDefault isDefaultDisplay scope',
    'effectiveOutboundIPs',
  ].flatMap((line) => line.split(' ')),
);

/** Checks a body against a schema; null counts as absent, as it does for Azure's own deserialisers. */
export const validate = (schema: BodySchema, body: unknown): readonly Issue[] =>
  check(schema.body, body, '', schema.definitions);

/** Checks a resource's own name. */
export const validateName = (schema: BodySchema, name: string): readonly Issue[] =>
  check(schema.name, name, 'name', {});

const check = (
  schema: JsonObject,
  value: unknown,
  path: string,
  definitions: BodySchema['definitions'],
): readonly Issue[] => {
  const reference = schema['$ref'];
  if (typeof reference === 'string') {
    return check(definitions[reference.replace('#/$defs/', '')] ?? {}, value, path, definitions);
  }
  if (value === null || value === undefined) return [];
  if (Array.isArray(schema['oneOf'])) return variant(schema['oneOf'] as JsonObject[], value, path, definitions);
  const type = schema['type'];
  if (typeof type === 'string' && !isOfType(type, value)) return [issue('type', path, type, value)];
  // An enumeration names no type of its own: whatever is no scalar is none of its values.
  if (Array.isArray(schema['enum']) && typeof value === 'object')
    return [issue('value', path, schema['enum'].join(', '), value)];
  if (isObject(value)) return members(schema, value, path, definitions);
  if (Array.isArray(value)) return items(schema, value, path, definitions);
  return scalar(schema, value, path);
};

const issue = (kind: Issue['kind'], path: string, expected: string, actual: unknown): Issue => ({
  kind,
  path,
  field: path.split('.').at(-1) ?? path,
  expected,
  actual,
});

const isOfType = (type: string, value: unknown): boolean => {
  switch (type) {
    case 'object':
      return isObject(value);
    case 'array':
      return Array.isArray(value);
    case 'integer':
      return Number.isInteger(value);
    default:
      return typeof value === type;
  }
};

/** Resource kinds: the branch whose constants fit is the one that speaks. */
const variant = (
  branches: readonly JsonObject[],
  value: unknown,
  path: string,
  definitions: BodySchema['definitions'],
): readonly Issue[] => {
  const fits = branches.find((branch) =>
    check(branch, value, path, definitions).every(({ expected }) => !expected.startsWith('const ')),
  );
  if (fits !== undefined) return check(fits, value, path, definitions);
  return [
    issue('variant', path === '' ? 'kind' : `${path}.kind`, 'a known kind', isObject(value) ? value['kind'] : value),
  ];
};

const members = (
  schema: JsonObject,
  value: JsonObject,
  path: string,
  definitions: BodySchema['definitions'],
): readonly Issue[] => {
  const known = isObject(schema['properties']) ? schema['properties'] : {};
  const others = schema['additionalProperties'];
  const join = (name: string): string => (path === '' ? name : `${path}.${name}`);
  const required = Array.isArray(schema['required']) ? (schema['required'] as string[]) : [];
  const missing = required
    .filter((name) => value[name] === undefined || value[name] === null)
    .map((name) => issue('required', join(name), 'a value', undefined));
  const present = Object.entries(value).flatMap(([name, member]) => {
    const own = known[name];
    if (isObject(own)) return check(own, member, join(name), definitions);
    if (isObject(others)) return check(others, member, join(name), definitions);
    return others === false && !readOnly.has(name) ? [issue('unknown', join(name), 'no such member', member)] : [];
  });
  return [...missing, ...present];
};

const items = (
  schema: JsonObject,
  value: readonly unknown[],
  path: string,
  definitions: BodySchema['definitions'],
): readonly Issue[] => {
  const max = schema['maxItems'];
  const tooMany =
    typeof max === 'number' && value.length > max ? [issue('range', path, `at most ${max} items`, value.length)] : [];
  const item = schema['items'];
  const each = isObject(item) ? value.flatMap((one, index) => check(item, one, `${path}[${index}]`, definitions)) : [];
  return [...tooMany, ...each];
};

const scalar = (schema: JsonObject, value: unknown, path: string): readonly Issue[] => {
  const constant = schema['const'];
  if (constant !== undefined && constant !== value)
    return [issue('value', path, `const ${JSON.stringify(constant)}`, value)];
  // Azure's own enumerations refuse what they do not know, but streams are named by whoever sends them.
  const known = /\.streams\[\d+\]$/.test(path) ? schema['enum'] : (schema['x-known-values'] ?? schema['enum']);
  // Azure's enumerations are compared without case, and an empty string is an unset one.
  if (
    Array.isArray(known) &&
    value !== '' &&
    !known.some((one) => String(one).toLowerCase() === String(value).toLowerCase())
  ) {
    return [issue('value', path, known.join(', '), value)];
  }
  if (typeof value === 'number') return limits(schema, value, path);
  return typeof value === 'string' && value !== '' ? text(schema, value, path) : [];
};

const limits = (schema: JsonObject, value: number, path: string): readonly Issue[] => {
  const { minimum, maximum } = schema;
  if (typeof minimum === 'number' && value < minimum) return [issue('range', path, `at least ${minimum}`, value)];
  return typeof maximum === 'number' && value > maximum ? [issue('range', path, `at most ${maximum}`, value)] : [];
};

const text = (schema: JsonObject, value: string, path: string): readonly Issue[] => {
  const { minLength, maxLength, pattern } = schema;
  if (typeof minLength === 'number' && value.length < minLength)
    return [issue('range', path, `at least ${minLength} characters`, value)];
  if (typeof maxLength === 'number' && value.length > maxLength)
    return [issue('range', path, `at most ${maxLength} characters`, value)];
  return typeof pattern === 'string' && !new RegExp(pattern, 'u').test(value)
    ? [issue('pattern', path, pattern, value)]
    : [];
};
