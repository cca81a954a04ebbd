import { dynamicText, toDynamic } from './cast.ts';
import { coerce } from './coerce.ts';
import { type Expr, derive } from './expr.ts';
import { type Builder, type Call, argument, argumentsOf, simple } from './function-kit.ts';
import { refuse } from './refused.ts';
import { beyondAscii, codePoints, compareText, fold, hasTerm } from './text.ts';
import { type Dynamic, isArray } from './values.ts';

const SURROGATE = /[\ud800-\udfff]/;

/** A text's code points, so that positions count characters as KQL does. */
function characters(text: string): string | readonly string[] {
  return SURROGATE.test(text) ? Array.from(text) : text;
}

function slice(text: string, from: number, to?: number): string {
  const chars = characters(text);
  return typeof chars === 'string' ? chars.slice(from, to) : chars.slice(from, to).join('');
}

const strings = (call: Call): Expr[] => argumentsOf(call).map((arg) => coerce(arg, 'string', call.node.start));

const strcat: Builder = (call) => {
  const parts = strings(call);
  return derive('string', parts, (row) => parts.map((part) => part.run(row) as string).join(''));
};

const strcatDelim: Builder = (call) => {
  const [delimiter, ...parts] = strings(call);
  if (delimiter === undefined) return refuse('strcat_delim() needs a delimiter', call.node.start);
  return derive('string', [delimiter, ...parts], (row) =>
    parts.map((part) => part.run(row) as string).join(delimiter.run(row) as string),
  );
};

/** A position counted from the end when negative. */
function fromStart(text: string, start: bigint): number {
  if (start >= 0n) return Number(start);
  const from = codePoints(text) + Number(start);
  return from < 0 ? refuse('a position before the start of a text is not evaluated') : from;
}

function substring(text: string, start: bigint, length?: bigint): string {
  const from = fromStart(text, start);
  if (length === undefined) return slice(text, from);
  return length < 0n ? '' : slice(text, from, from + Number(length));
}

function indexOf(text: string, lookup: string, start = 0n, length = -1n, occurrence = 1n): bigint | null {
  const from = fromStart(text, start);
  if (length < -1n || occurrence < 1n) return refuse('indexof() with a negative length or occurrence is not evaluated');
  const window = length < 0n ? slice(text, from) : slice(text, from, from + Number(length));
  if (length >= 0n && occurrence > 1n)
    return refuse('indexof() of a later occurrence within a length is not evaluated');
  let at = -1;
  for (let count = 0n; count < occurrence; count++) {
    at = window.indexOf(lookup, at + 1);
    if (at < 0) return -1n;
  }
  return BigInt(from + codePoints(window.slice(0, at)));
}

function split(text: string, delimiter: string, index?: bigint): Dynamic {
  if (delimiter === '') return refuse('split() at an empty delimiter is not evaluated');
  const parts = text.split(delimiter);
  if (index === undefined) return parts;
  if (index < 0n) return refuse('split() with a negative index is not evaluated');
  const part = parts[Number(index)];
  return part === undefined ? null : [part];
}

/** Every earlier lookup claims its places before a later one is looked for. */
function replaceStrings(text: string, lookups: Dynamic, replacements: Dynamic): string {
  if (!isArray(lookups) || !isArray(replacements) || lookups.length !== replacements.length)
    return refuse('replace_strings() needs two arrays of one length');
  let pieces: { readonly text: string; readonly done: boolean }[] = [{ text, done: false }];
  for (const [index, lookup] of lookups.entries()) {
    const replacement = replacements[index];
    if (typeof lookup !== 'string' || lookup === '') continue;
    const by = typeof replacement === 'string' ? replacement : lookup;
    pieces = pieces.flatMap((piece) => {
      if (piece.done) return [piece];
      return piece.text.split(lookup).flatMap((part, at) =>
        at === 0
          ? [{ text: part, done: false }]
          : [
              { text: by, done: true },
              { text: part, done: false },
            ],
      );
    });
  }
  return pieces.map((piece) => piece.text).join('');
}

// ß has no single upper-case letter, and engines differ in what they make of it.
function sameLength(text: string, changed: string): string {
  return changed.length === text.length
    ? changed
    : refuse('changing the case of a character that becomes several is not evaluated');
}

function translate(from: string, to: string, text: string): string {
  const search = Array.from(from);
  const target = Array.from(to);
  return Array.from(text, (char) => {
    const at = search.indexOf(char);
    return at < 0 ? char : (target[Math.min(at, target.length - 1)] ?? '');
  }).join('');
}

function strrep(text: string, times: bigint, delimiter = ''): string {
  if (times > 1024n) return refuse('strrep() more than 1024 times is not allowed');
  return Array.from({ length: Number(times < 0n ? 0n : times) }, () => text).join(delimiter);
}

const hasAnyIndex: Builder = (call) => {
  const text = coerce(argument(call, 0), 'string');
  const list = argument(call, 1);
  return derive('long', [text, list], (row) => {
    const values = toDynamic(list.run(row), list.type);
    if (!isArray(values)) return refuse('has_any_index() needs an array');
    const folded = fold(text.run(row) as string);
    return BigInt(values.findIndex((value) => hasTerm(folded, fold(dynamicText(value)), 'both')));
  });
};

export const stringFunctions: Readonly<Record<string, Builder>> = {
  strcat,
  strcat_delim: strcatDelim,
  strlen: simple('long', ['string'], (text) => BigInt(codePoints(text))),
  string_size: simple('long', ['string'], (text) => BigInt(Buffer.byteLength(text))),
  strcmp: simple('long', ['string', 'string'], (a, b) => BigInt(compareText(a, b))),
  strrep: simple('string', ['string', 'long', 'string?'], strrep),
  toupper: simple('string', ['string'], (text) => sameLength(text, text.toUpperCase())),
  tolower: simple('string', ['string'], (text) => sameLength(text, text.toLowerCase())),
  substring: simple('string', ['string', 'long', 'long?'], substring),
  indexof: simple('long', ['string', 'string', 'long?', 'long?', 'long?'], indexOf),
  split: simple('dynamic', ['string', 'string', 'long?'], split),
  reverse: simple('string', ['string'], (text) => Array.from(text).reverse().join('')),
  replace_string: simple('string', ['string', 'string', 'string'], (text, lookup, to) =>
    lookup === '' ? text : text.replaceAll(lookup, () => to),
  ),
  replace_strings: simple('string', ['string', 'dynamic', 'dynamic'], replaceStrings),
  translate: simple('string', ['string', 'string', 'string'], translate),
  isascii: simple('bool', ['string'], (text) => !beyondAscii(text)),
  has_any_index: hasAnyIndex,
  unicode_codepoints_from_string: simple('dynamic', ['string'], (text) =>
    Array.from(text, (char) => BigInt(char.codePointAt(0) ?? 0)),
  ),
  to_utf8: simple('dynamic', ['string'], (text) => Array.from(text, (char) => BigInt(char.codePointAt(0) ?? 0))),
};
