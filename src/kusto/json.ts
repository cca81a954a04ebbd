import { formatTicks } from './calendar.ts';
import { JsonBag, quickParse, quickText } from './json-bag.ts';
import { formatReal, wrap64 } from './numbers.ts';
import { refuse } from './refused.ts';
import { type Dynamic, isArray, isBag, isTagged } from './values.ts';
import { formatTimespan } from './timespan.ts';

const SPACE = /[ \t\r\n]*/y;
const NUMBER = /-?(?:0|[1-9]\d*)(\.\d+)?([eE][-+]?\d+)?/y;
const PLAIN = /[^"\\]*/y;
const ESCAPES: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
};

class NotJson extends Error {}

/** JSON with exact longs (bigint) apart from reals (number) and keys in their order; undefined when the text is no JSON. */
export function parseJson(text: string): Dynamic | undefined {
  const quick = quickParse(text);
  if (quick !== undefined) return quick;
  const cursor = { text, at: 0 };
  try {
    skip(cursor, SPACE);
    const value = parseValue(cursor);
    skip(cursor, SPACE);
    return cursor.at === text.length ? value : undefined;
  } catch (error) {
    if (error instanceof NotJson) return undefined;
    throw error;
  }
}

type Cursor = { readonly text: string; at: number };

function skip(cursor: Cursor, pattern: RegExp): string {
  pattern.lastIndex = cursor.at;
  const found = pattern.exec(cursor.text)?.[0] ?? '';
  cursor.at += found.length;
  return found;
}

function parseValue(cursor: Cursor): Dynamic {
  const next: string = cursor.text[cursor.at] ?? '';
  switch (next) {
    case '{':
      return parseBag(cursor);
    case '[':
      return parseArray(cursor);
    case '"':
      return parseString(cursor);
    case 't':
      return keyword(cursor, 'true', true);
    case 'f':
      return keyword(cursor, 'false', false);
    case 'n':
      return keyword(cursor, 'null', null);
    default:
      return parseNumber(cursor);
  }
}

function keyword(cursor: Cursor, text: string, value: Dynamic): Dynamic {
  if (!cursor.text.startsWith(text, cursor.at)) throw new NotJson();
  cursor.at += text.length;
  return value;
}

function parseNumber(cursor: Cursor): Dynamic {
  NUMBER.lastIndex = cursor.at;
  const match = NUMBER.exec(cursor.text);
  if (match === null) throw new NotJson();
  cursor.at += match[0].length;
  if (match[1] !== undefined || match[2] !== undefined) return Number(match[0]);
  const value = BigInt(match[0]);
  return value === wrap64(value) ? value : Number(match[0]);
}

function parseString(cursor: Cursor): string {
  cursor.at++;
  let result = '';
  for (;;) {
    const plain = skip(cursor, PLAIN);
    refuseControls(plain);
    result += plain;
    const next = cursor.text[cursor.at++];
    if (next === '"') return result;
    if (next !== '\\') throw new NotJson();
    const escape = cursor.text[cursor.at++] ?? '';
    if (escape === 'u') {
      const hex = cursor.text.slice(cursor.at, cursor.at + 4);
      if (!/^[0-9a-fA-F]{4}$/.test(hex)) throw new NotJson();
      result += String.fromCharCode(Number.parseInt(hex, 16));
      cursor.at += 4;
    } else {
      const meant = ESCAPES[escape];
      if (meant === undefined) throw new NotJson();
      result += meant;
    }
  }
}

// JSON forbids bare control characters, parsers differ in how strictly.
function refuseControls(text: string): void {
  for (let index = 0; index < text.length; index++) {
    if (text.charCodeAt(index) < 32) refuse('JSON with a bare control character inside a string is not evaluated');
  }
}

function parseArray(cursor: Cursor): Dynamic {
  const items: Dynamic[] = [];
  cursor.at++;
  skip(cursor, SPACE);
  if (cursor.text[cursor.at] === ']') {
    cursor.at++;
    return items;
  }
  for (;;) {
    skip(cursor, SPACE);
    items.push(parseValue(cursor));
    skip(cursor, SPACE);
    const next = cursor.text[cursor.at++];
    if (next === ']') return items;
    if (next !== ',') throw new NotJson();
  }
}

function parseBag(cursor: Cursor): Dynamic {
  const bag = new Map<string, Dynamic>();
  cursor.at++;
  skip(cursor, SPACE);
  if (cursor.text[cursor.at] === '}') {
    cursor.at++;
    return bag;
  }
  for (;;) {
    skip(cursor, SPACE);
    if (cursor.text[cursor.at] !== '"') throw new NotJson();
    const key = parseString(cursor);
    skip(cursor, SPACE);
    if (cursor.text[cursor.at++] !== ':') throw new NotJson();
    skip(cursor, SPACE);
    bag.set(key, parseValue(cursor));
    skip(cursor, SPACE);
    const next = cursor.text[cursor.at++];
    if (next === '}') return bag;
    if (next !== ',') throw new NotJson();
  }
}

/** A dynamic as compact JSON text. */
export function stringifyJson(value: Dynamic): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'bigint' || typeof value === 'boolean') return String(value);
  if (typeof value === 'number') return Number.isFinite(value) ? formatReal(value) : JSON.stringify(formatReal(value));
  if (value === null) return 'null';
  if (isArray(value)) return `[${value.map(stringifyJson).join(',')}]`;
  const quick = value instanceof JsonBag ? quickText(value) : undefined;
  if (quick !== undefined) return quick;
  if (isBag(value))
    return `{${[...value].map(([key, item]) => `${JSON.stringify(key)}:${stringifyJson(item)}`).join(',')}}`;
  if (isTagged(value)) return JSON.stringify(taggedText(value));
  throw new TypeError('a dynamic holds a value of an unknown kind');
}

export function taggedText(value: Extract<Dynamic, { readonly tag: string }>): string {
  switch (value.tag) {
    case 'datetime':
      return formatTicks(value.ticks);
    case 'timespan':
      return formatTimespan(value.ticks);
    case 'guid':
      return value.text;
  }
}
