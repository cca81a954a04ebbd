/**
 * The four functions of the Reflect Metadata proposal that @peculiar/x509's dependency container needs to load.
 * Kept here because the full polyfill is one more package for a dozen lines.
 */
const tables = new WeakMap<object, Map<string, Map<unknown, unknown>>>();

const tableOf = (target: object, property: PropertyKey | undefined): Map<unknown, unknown> => {
  const byProperty = tables.get(target) ?? new Map<string, Map<unknown, unknown>>();
  tables.set(target, byProperty);
  const name = property === undefined ? '' : `.${String(property)}`;
  const table = byProperty.get(name) ?? new Map<unknown, unknown>();
  byProperty.set(name, table);
  return table;
};

const inherited = (key: unknown, target: object, property?: PropertyKey): unknown => {
  for (let at: object | null = target; at !== null; at = Reflect.getPrototypeOf(at)) {
    const table = tableOf(at, property);
    if (table.has(key)) return table.get(key);
  }
  return undefined;
};

/** Adds the functions to `Reflect` where nobody has yet; call it before importing @peculiar/x509. */
export const provideReflectMetadata = (): void => {
  if ('getMetadata' in Reflect) return;
  const define = (key: unknown, value: unknown, target: object, property?: PropertyKey): void => {
    tableOf(target, property).set(key, value);
  };
  Object.assign(Reflect, {
    defineMetadata: define,
    getMetadata: inherited,
    getOwnMetadata: (key: unknown, target: object, property?: PropertyKey) => tableOf(target, property).get(key),
    hasMetadata: (key: unknown, target: object, property?: PropertyKey) =>
      inherited(key, target, property) !== undefined,
    hasOwnMetadata: (key: unknown, target: object, property?: PropertyKey) => tableOf(target, property).has(key),
    metadata: (key: unknown, value: unknown) => (target: object, property?: PropertyKey) =>
      define(key, value, target, property),
  });
};
