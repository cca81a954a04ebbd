import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { ErrorObject, ValidateFunction } from 'ajv';

/** Where Microsoft's request schemas are, on machines that have them: beside the checkout, or where the environment says. */
export const schemaFolder = ((): string | undefined => {
  const shared = process.env['AKS_EBPF_SENTINEL_SHARED'] ?? resolve(import.meta.dirname, '..', '..', '..', 'shared');
  const folder = join(shared, 'data', 'arm');
  return existsSync(join(folder, 'index.json')) ? folder : undefined;
})();

/** A body on its way to ARM. */
export interface ArmBody {
  readonly method: string;
  /** `Microsoft.ContainerService/managedClusters`, cased as the path had it. */
  readonly type: string;
  readonly apiVersion: string;
  readonly body: unknown;
}

/** One thing that a schema refuses: where, as a JSON pointer, and why in ajv's words. */
export interface Objection {
  readonly at: string;
  readonly keyword: string;
  /** What stood there. */
  readonly value: unknown;
  readonly says: string;
}

export type Verdict =
  | { readonly kind: 'good' }
  | { readonly kind: 'refused'; readonly objections: readonly Objection[] }
  | { readonly kind: 'no-schema' };

/** `type@version`, lower-cased, as the judge names a schema. */
export const schemaKey = ({ type, apiVersion }: Pick<ArmBody, 'type' | 'apiVersion'>): string =>
  `${type}@${apiVersion}`.toLowerCase();

/** The resource type in a path of ARM's, and whether the path ends in an action such as `/validate`. */
export const typeOfPath = (path: string): { readonly type: string; readonly action: boolean } | undefined => {
  const provider = [...path.matchAll(/\/providers\//giu)].at(-1);
  if (provider === undefined) {
    const group = /^\/subscriptions\/[^/]+\/resourcegroups\/[^/]+(?<action>\/[^/]+)?$/iu.exec(path);
    return group === null
      ? undefined
      : { type: 'Microsoft.Resources/resourceGroups', action: group.groups?.['action'] !== undefined };
  }
  const [namespace = '', ...rest] = path.slice(provider.index + provider[0].length).split('/');
  // Types and names take turns; a type that is left over at the end is an action.
  const types = rest.filter((_, index) => index % 2 === 0);
  const action = rest.length % 2 === 1;
  return { type: [namespace, ...(action ? types.slice(0, -1) : types)].join('/'), action };
};

type Schema = Readonly<Record<string, unknown>>;

const files = new Map<string, string>(
  schemaFolder === undefined
    ? []
    : readdirSync(schemaFolder)
        .filter((name) => name.endsWith('.schema.json'))
        .map((name) => {
          const file = join(schemaFolder, name);
          return [(JSON.parse(readFileSync(file, 'utf8')) as { $id: string }).$id.toLowerCase(), file];
        }),
);

/** Every `type@version` that there is a schema for, lower-cased. */
export const knownSchemas: readonly string[] = [...files.keys()].sort();

/** Enumerations, the open ones too, are compared without case, as ARM does; ajv knows only exact ones. */
const withoutCase = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(withoutCase);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, part]) =>
      (name === 'enum' || name === 'x-known-values') && Array.isArray(part)
        ? ['knownValues', part]
        : [name, withoutCase(part)],
    ),
  );
};

const compile = async (schema: Schema): Promise<ValidateFunction> => {
  const { Ajv2020 } = await import('ajv/dist/2020.js');
  const ajv = new Ajv2020({ allErrors: true, verbose: true, strict: false, validateSchema: false });
  ajv.addKeyword({
    keyword: 'knownValues',
    schemaType: 'array',
    errors: false,
    validate: (known: readonly unknown[], value: unknown) =>
      known.some((each) => String(each).toLowerCase() === String(value).toLowerCase()),
  });
  return ajv.compile(withoutCase(schema) as Schema);
};

const compiled = new Map<string, Promise<ValidateFunction>>();

const compiledOnce = (key: string, schema: Schema): Promise<ValidateFunction> => {
  const made = compiled.get(key) ?? compile(schema);
  compiled.set(key, made);
  return made;
};

/** Where a resource has kinds, the shape of the body's own: what the others want would only confuse. */
const shapeOf = (schema: Schema, body: unknown): { readonly kind: string; readonly schema: Schema | undefined } => {
  if (!Array.isArray(schema['oneOf'])) return { kind: '', schema };
  const { oneOf, ...rest } = schema;
  const kind = String((body as { kind?: unknown } | null)?.kind);
  const shape = (oneOf as readonly { properties?: { kind?: { const?: unknown } } }[]).find(
    ({ properties }) => properties?.kind?.const === kind,
  );
  return { kind, schema: shape === undefined ? undefined : { ...rest, ...shape } };
};

const objectionOf = ({ instancePath, keyword, message, params, data }: ErrorObject): Objection => {
  const named = (params as { additionalProperty?: string }).additionalProperty;
  if (named === undefined) return { at: instancePath, keyword, value: data, says: message ?? keyword };
  const value: unknown = (data as Readonly<Record<string, unknown>>)[named];
  return { at: `${instancePath}/${named}`, keyword, value, says: 'is not a property of this api-version' };
};

/** What Microsoft's schema of the api-version says of a body. A PATCH may leave out what a PUT needs. */
export const judgeBody = async ({ method, type, apiVersion, body }: ArmBody): Promise<Verdict> => {
  const key = schemaKey({ type, apiVersion });
  const file = files.get(key);
  if (file === undefined) return { kind: 'no-schema' };
  const { kind, schema } = shapeOf(JSON.parse(readFileSync(file, 'utf8')) as Schema, body);
  if (schema === undefined) {
    const objection = { at: '/kind', keyword: 'const', value: kind, says: 'is no kind of this api-version' };
    return { kind: 'refused', objections: [objection] };
  }
  const validate = await compiledOnce(`${key} ${kind}`, schema);
  if (validate(body)) return { kind: 'good' };
  const objections = (validate.errors ?? [])
    .filter(({ keyword }) => method !== 'PATCH' || keyword !== 'required')
    .map(objectionOf);
  return objections.length === 0 ? { kind: 'good' } : { kind: 'refused', objections };
};
