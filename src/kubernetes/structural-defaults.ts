/** The part of a CRD's structural schema that decides on defaults. */
export interface StructuralSchema {
  readonly default?: unknown;
  readonly nullable?: boolean;
  readonly properties?: Readonly<Record<string, StructuralSchema>>;
  readonly additionalProperties?: StructuralSchema | boolean;
  readonly items?: StructuralSchema;
}

/**
 * A value as the API server keeps it: with the defaults of its CRD filled in. What is compared with a stored object has to be put
 * through this first, or every field that nobody set looks like somebody's change.
 */
export const withStructuralDefaults = (value: unknown, schema: StructuralSchema | undefined): unknown => {
  if (schema === undefined) return value;
  if (Array.isArray(value)) return value.map((item: unknown) => withStructuralDefaults(item, schema.items));
  if (!isRecord(value)) return value;
  const { properties = {}, additionalProperties } = schema;
  const missing = Object.entries(properties).flatMap(([name, { default: fallback, nullable }]) =>
    fallback !== undefined && (value[name] === undefined || (value[name] === null && nullable !== true))
      ? [[name, fallback] as const]
      : [],
  );
  const rest = typeof additionalProperties === 'object' ? additionalProperties : undefined;
  return Object.fromEntries(
    Object.entries({ ...value, ...Object.fromEntries(missing) }).map(([name, inner]) => [
      name,
      withStructuralDefaults(inner, properties[name] ?? rest),
    ]),
  );
};

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
