import type { KubeObject, ObjectStore } from '../objects.ts';
import { ApiError, badRequest, forbidden, invalid, invalidValue, notFound } from './api-error.ts';
import { groupVersion, type Catalog } from './catalog.ts';
import { schemaCauses, schemaDefaults } from './crd-validate.ts';
import { withDefaults } from './defaults.ts';
import { duplicatesIn } from './duplicate-fields.ts';
import { checkFields } from './field-check.ts';
import { patchedText } from './go-json.ts';
import { asGoWrites } from './go-writing.ts';
import { isObject, textAt, type JsonObject } from './json.ts';
import { canonicalQuantities } from './quantity.ts';
import { builtin, type ApiResource } from './resource-table.ts';
import { allocateAddresses } from './service-addresses.ts';
import { ownedPart } from './unowned.ts';
import { validate } from './validate.ts';

export interface Decoded {
  readonly object: KubeObject;
  /** Fields that this kind does not have; they are not in the object. */
  readonly unknown: readonly string[];
  readonly warnings: readonly string[];
}

export type FieldValidation = 'Strict' | 'Warn' | 'Ignore';

/** A body as an object of this resource: type and unknown fields checked, unknown fields dropped. */
export const decodeObject = (
  catalog: Catalog,
  resource: ApiResource,
  body: JsonObject,
  validation: FieldValidation,
  source: 'body' | 'patch' = 'body',
): Decoded => {
  const type = `${textAt(body, 'apiVersion') ?? groupVersion(resource)} ${textAt(body, 'kind') ?? resource.kind}`;
  const [kind, version] = [textAt(body, 'kind') ?? resource.kind, textAt(body, 'apiVersion') ?? groupVersion(resource)];
  if (resource.custom && version !== groupVersion(resource))
    throw badRequest(
      `the API version in the data (${version}) does not match the expected API version (${groupVersion(resource)})`,
    );
  if (resource.custom && kind !== resource.kind)
    throw invalid(resource.group, kind, textAt(body, 'metadata', 'name'), [
      invalidValue('kind', kind, `must be ${resource.kind}`),
    ]);
  if (type !== `${groupVersion(resource)} ${resource.kind}`) {
    throw badRequest(
      textAt(body, 'kind') !== resource.kind
        ? `${textAt(body, 'kind') ?? ''} in version "${resource.version}" cannot be handled as a ${resource.kind}: converting (${goType(textAt(body, 'apiVersion') ?? groupVersion(resource), textAt(body, 'kind') ?? '')}) to (${(resource.group || 'core').split('.')[0] ?? ''}.${resource.kind}): unknown conversion`
        : `${resource.kind} in version "${textAt(body, 'apiVersion') ?? ''}" cannot be handled as a ${resource.kind}: no kind "${resource.kind}" is registered for version "${textAt(body, 'apiVersion') ?? ''}" in scheme "pkg/runtime/scheme.go:111"`,
    );
  }
  if (body['metadata'] !== undefined && !isObject(body['metadata'])) throw badRequest('metadata must be an object');
  const { value, unknown, mismatches } = checkFields(body, catalog.shape(resource));
  // Custom resources get their types checked against the schema, with the messages of that.
  const [wrong] = resource.custom ? mismatches.filter((message) => message.includes('.metadata.')) : mismatches;
  const twice =
    validation === 'Ignore' || resource.custom
      ? []
      : duplicatesIn(body).filter((field) => !unknown.some((one) => field === one || field.startsWith(`${one}.`)));
  const complaints = [
    ...unknown.map((field) => `unknown field "${field}"`),
    ...twice.map((field) => `duplicate field "${field}"`),
  ];
  const refused =
    wrong !== undefined
      ? wrong
      : validation === 'Strict' && complaints.length > 0
        ? `strict decoding error: ${complaints.join(', ')}`
        : undefined;
  if (refused !== undefined) throw source === 'patch' ? badPatch(body, refused) : undecodable(resource, refused);
  const decoded = value as JsonObject;
  const metadata = isObject(decoded['metadata']) ? decoded['metadata'] : {};
  return {
    object: {
      ...decoded,
      apiVersion: groupVersion(resource),
      kind: resource.kind,
      metadata: withoutEmpty(metadata),
    } as KubeObject,
    unknown,
    warnings: validation === 'Warn' ? complaints : [],
  };
};

/** `v1.Secret`, as Go names the type of a kind. */
const goType = (apiVersion: string, kind: string): string => `${apiVersion.split('/').at(-1) ?? ''}.${kind}`;

const undecodable = ({ kind, version }: ApiResource, why: string): ApiError =>
  badRequest(`${kind} in version "${version}" cannot be handled as a ${kind}: ${why}`);

/** What a patch leaves is judged as a value of the patch, without a kind. */
const badPatch = (left: JsonObject, why: string): ApiError =>
  invalid('', '', '', [invalidValue('patch', patchedText(left), why)]);

/** `creationTimestamp: null` is how Go writes an empty time, and what is empty it does not write at all. */
const withoutEmpty = (object: JsonObject): JsonObject =>
  Object.fromEntries(
    Object.entries(object).filter(
      ([, value]) =>
        value !== null &&
        !(isObject(value) && Object.keys(value).length === 0) &&
        !(Array.isArray(value) && value.length === 0),
    ),
  );

/** What a write needs to know of the cluster to finish an object. */
export interface Finishing {
  readonly catalog: Catalog;
  readonly store: ObjectStore;
  readonly serviceCidr: string;
}

/**
 * Defaults, field managers, allocation and validation, in the API server's order: what is allocated belongs to no manager.
 * `before` is the live object of an update.
 */
export const finishObject = (
  { catalog, store, serviceCidr }: Finishing,
  resource: ApiResource,
  given: KubeObject,
  before: KubeObject | undefined,
  track: (defaulted: KubeObject) => KubeObject,
): KubeObject => {
  const schema = catalog.schema(resource);
  if (resource.custom) {
    const object = track(schema === undefined ? given : (schemaDefaults(given, schema) as KubeObject));
    validate(object, resource, before);
    const causes = schema === undefined ? [] : schemaCauses(object, schema);
    if (causes.length > 0) throw invalid(resource.group, resource.kind, object.metadata.name, causes);
    return object;
  }
  const shape = catalog.shape(resource);
  const stored = canonicalQuantities(asGoWrites(dropNulls(given), shape), shape) as KubeObject;
  const defaulted = asGoWrites(withDefaults(stored), shape) as KubeObject;
  const { managedFields } = track(before === undefined ? ownedPart(defaulted, stored) : defaulted).metadata;
  const tracked = { ...defaulted, metadata: { ...defaulted.metadata, managedFields } };
  const isService = resource.plural === 'services' && resource.group === '';
  const object = isService ? allocateAddresses(store, serviceCidr, tracked, before) : tracked;
  validate(object, resource, before);
  return object;
};

/** Go's decoder reads null as "not there". */
const dropNulls = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(dropNulls);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, child]) => (child === null ? [] : [[key, dropNulls(child)]])),
  );
};

const namespaces = builtin('namespaces');

/** A namespace must exist and not be going before anything is created in it. */
export const admitNamespace = (store: ObjectStore, resource: ApiResource, name: string, namespace: string): void => {
  const found = store.get(namespaces, undefined, namespace);
  if (found === undefined) throw notFound(namespaces, namespace);
  if (found.metadata.deletionTimestamp === undefined) return;
  const refused = forbidden(
    resource,
    name,
    `unable to create new content in namespace ${namespace} because it is being terminated`,
  );
  throw new ApiError(refused.code, refused.reason, refused.message, {
    ...refused.details,
    causes: [
      {
        reason: 'NamespaceTerminating',
        message: `namespace ${namespace} is being terminated`,
        field: 'metadata.namespace',
      },
    ],
  });
};

const accounts = builtin('serviceaccounts');

/** A pod needs its service account to be there: in a new namespace even `default` appears only after a moment. */
export const admitPod = (store: ObjectStore, resource: ApiResource, pod: KubeObject): void => {
  const { namespace = '', name } = pod.metadata;
  const account = textAt(pod, 'spec', 'serviceAccountName') ?? 'default';
  if (store.get(accounts, namespace, account) !== undefined) return;
  throw forbidden(
    resource,
    name,
    `error looking up service account ${namespace}/${account}: serviceaccount "${account}" not found`,
  );
};
