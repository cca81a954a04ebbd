/** Readers for objects that anybody may have written: what is missing or of another type reads as nothing, as a tolerant controller would see it. */
export type Fields = Readonly<Record<string, unknown>>;

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const at = (value: unknown, ...path: readonly string[]): unknown => {
  let here = value;
  for (const key of path) here = isFields(here) ? here[key] : undefined;
  return here;
};

export const fieldsAt = (value: unknown, ...path: readonly string[]): Fields => {
  const found = at(value, ...path);
  return isFields(found) ? found : {};
};

export const listAt = (value: unknown, ...path: readonly string[]): readonly Fields[] => {
  const found = at(value, ...path);
  return Array.isArray(found) ? found.filter(isFields) : [];
};

export const textsAt = (value: unknown, ...path: readonly string[]): readonly string[] => {
  const found = at(value, ...path);
  return Array.isArray(found) ? found.filter((item) => typeof item === 'string') : [];
};

export const textAt = (value: unknown, ...path: readonly string[]): string | undefined => {
  const found = at(value, ...path);
  return typeof found === 'string' ? found : undefined;
};

export const numberAt = (value: unknown, ...path: readonly string[]): number | undefined => {
  const found = at(value, ...path);
  return typeof found === 'number' ? found : undefined;
};

export const flagAt = (value: unknown, ...path: readonly string[]): boolean => at(value, ...path) === true;

/** The string entries of a map such as labels or a ConfigMap's data. */
export const textMapAt = (value: unknown, ...path: readonly string[]): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(fieldsAt(value, ...path)).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );

/** `25%` or a number, of a total; rounded as the API's int-or-string says. */
export const intOrPercent = (value: unknown, total: number, round: 'up' | 'down', otherwise: number): number => {
  if (typeof value === 'number') return value;
  const percent = /^(\d+)%$/.exec(typeof value === 'string' ? value : '')?.[1];
  if (percent === undefined) return otherwise;
  const exact = (Number(percent) * total) / 100;
  return round === 'up' ? Math.ceil(exact) : Math.floor(exact);
};
