import { isObject } from './json.ts';

/** What Go's JSON decoder says of a text that is none. */
export const syntaxError = (text: string): string => {
  const trimmed = text.trimStart();
  if (trimmed === '') return 'unexpected end of JSON input';
  const literal = ['null', 'true', 'false'].find((word) => word.startsWith(trimmed.charAt(0)));
  if (literal !== undefined) {
    const at = Array.from(literal).findIndex((letter, index) => trimmed.charAt(index) !== letter);
    if (at > 0 && trimmed.charAt(at) !== '')
      return `invalid character ${quoted(trimmed.charAt(at))} in literal ${literal} (expecting ${quoted(literal.charAt(at))})`;
  }
  if (!/^[[{"\-\dtfn]/.test(trimmed))
    return `invalid character ${quoted(trimmed.charAt(0))} looking for beginning of value`;
  return 'unexpected end of JSON input';
};

const quoted = (letter: string): string => {
  if (letter === "'") return String.raw`'\''`;
  const code = letter.charCodeAt(0);
  if (code < 0x20 || code === 0x7f) return `'\\x${code.toString(16).padStart(2, '0')}'`;
  return code > 0x7f && code < 0xa0 ? `'\\u00${code.toString(16)}'` : `'${letter}'`;
};

/** `map[a:1 b:map[c:x]]`, as Go prints a value it does not know the type of. */
export const printedMap = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.map(printedMap).join(' ')}]`;
  if (!isObject(value))
    return value === null || value === undefined ? '<nil>' : typeof value === 'string' ? value : JSON.stringify(value);
  const keys = Object.keys(value).toSorted();
  return `map[${keys.map((key) => `${key}:${printedMap(value[key])}`).join(' ')}]`;
};

const metaOrder =
  'name generateName namespace selfLink uid resourceVersion generation creationTimestamp deletionTimestamp deletionGracePeriodSeconds labels annotations ownerReferences finalizers managedFields'.split(
    ' ',
  );

/** An object as a patch that was applied to its text leaves it: what was touched in order of keys, metadata in that of its type. */
export const patchedText = (object: Readonly<Record<string, unknown>>): string => {
  const { metadata } = object;
  const ordered = isObject(metadata)
    ? Object.fromEntries(metaOrder.flatMap((key) => (metadata[key] === undefined ? [] : [[key, metadata[key]]])))
    : metadata;
  return JSON.stringify(
    Object.fromEntries(
      Object.entries({ ...object, ...(metadata === undefined ? {} : { metadata: ordered }) }).toSorted(([a], [b]) =>
        a < b ? -1 : 1,
      ),
    ),
  );
};
