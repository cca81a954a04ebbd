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
    if (JSON.stringify(want) === JSON.stringify(have)) return [];
    if (isEmpty(want) && isEmpty(have)) return [];
    return [`${at} is ${shown(at, have)}, not ${shown(at, want)}`];
  });
}

// Helm keeps an empty mapping as it was given, and leaves out a null.
const isEmpty = (value: unknown): boolean => value === undefined || value === null;

const secret = /password|secret|token|key$|cert|ca$|bundle/i;

function shown(path: string, value: unknown): string {
  if (value === undefined) return 'not set';
  if (secret.test(path)) return 'another value';
  const text = JSON.stringify(value);
  return text.length > 80 ? `${text.slice(0, 77)}…` : text;
}
