/** Reading of documents from outside: nothing is trusted, names are found in any casing, because Azure changes it. */
export type JsonRecord = Readonly<Record<string, unknown>>;

export const asRecord = (value: unknown): JsonRecord | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonRecord) : undefined;

export function field(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  const record = value as JsonRecord;
  if (name in record) return record[name];
  const wanted = name.toLowerCase();
  const key = Object.keys(record).find((each) => each.toLowerCase() === wanted);
  return key === undefined ? undefined : record[key];
}

/** Follows a path of names. */
export const at = (value: unknown, ...names: readonly string[]): unknown =>
  names.reduce<unknown>((rest, name) => field(rest, name), value);

export function text(value: unknown, name: string): string | undefined {
  const found = field(value, name);
  return typeof found === 'string' ? found : undefined;
}

export function integer(value: unknown, name: string): number | undefined {
  const found = field(value, name);
  const parsed = typeof found === 'string' && found.trim() !== '' ? Number(found) : found;
  return typeof parsed === 'number' && Number.isFinite(parsed) ? parsed : undefined;
}

/** `true`, or the strings that ARM's add-ons use for it. */
export function flag(value: unknown, name: string): boolean | undefined {
  const found = field(value, name);
  if (typeof found === 'boolean') return found;
  return typeof found === 'string' ? found.toLowerCase() === 'true' : undefined;
}

export function list(value: unknown, name: string): readonly unknown[] {
  const found = field(value, name);
  return Array.isArray(found) ? found : [];
}

/** Only the entries that are strings; tags cannot be anything else. */
export function strings(value: unknown, name: string): Readonly<Record<string, string>> {
  const found = asRecord(field(value, name)) ?? {};
  return Object.fromEntries(
    Object.entries(found).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}
