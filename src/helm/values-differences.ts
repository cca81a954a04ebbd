import { isValues, type Values } from './values.ts';

/**
 * Where a running release's values are not what is wanted, one short sentence a key; empty where they are the same. Keys that
 * only the release has count, too: somebody gave them, and the next upgrade would drop them.
 */
export function differences(wanted: Values, actual: Values): string[] {
  return compare(wanted, actual, '');
}

function compare(wanted: Values, actual: Values, path: string): string[] {
  const keys = [...new Set([...Object.keys(wanted), ...Object.keys(actual)])].sort();
  return keys.flatMap((key) => {
    const at = path === '' ? key : `${path}.${key}`;
    const [want, have] = [wanted[key], actual[key]];
    if (isValues(want) && (isValues(have) || have === undefined)) return compare(want, have ?? {}, at);
    if (isValues(have) && want === undefined) return compare({}, have, at);
    if (same(want, have)) return [];
    if (isEmpty(want) && isEmpty(have)) return [];
    return [sentence(at, want, have)];
  });
}

// Helm sorts keys, in mappings inside of lists, too.
function same(want: unknown, have: unknown): boolean {
  if (Array.isArray(want) && Array.isArray(have)) {
    return want.length === have.length && want.every((item, index) => same(item, have[index]));
  }
  if (isValues(want) && isValues(have)) return compare(want, have, '').length === 0;
  return want === have;
}

// Helm keeps an empty mapping as it was given, and leaves out a null.
const isEmpty = (value: unknown): boolean => value === undefined || value === null;

function sentence(path: string, want: unknown, have: unknown): string {
  if (want === undefined) return `${path} is set, although nothing wants it`;
  if (secret.test(path)) return `${path} is not what is wanted`;
  return `${path} is ${have === undefined ? 'not set' : shown(have)}, wanted is ${shown(want)}`;
}

const secret = /password|secret|token|key$|cert|ca$|bundle/i;

function shown(value: unknown): string {
  const text = JSON.stringify(value);
  return text.length > 80 ? `${text.slice(0, 77)}…` : text;
}
