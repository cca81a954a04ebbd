import { type Builder, simple } from './function-kit.ts';
import { refuse } from './refused.ts';
import type { Bag, Dynamic } from './values.ts';

/** Percent decoding; + and what is no UTF-8 is refused. */
function decode(text: string): string {
  if (text.includes('+')) return refuse('url_decode() of a text with + is not evaluated');
  try {
    return decodeURIComponent(text.replace(/%(?![0-9A-Fa-f]{2})/g, '%25'));
  } catch {
    return refuse('url_decode() of bytes that are no UTF-8 is not evaluated');
  }
}

function encode(text: string, space: string, kept: RegExp): string {
  let result = '';
  for (const char of text) {
    if (kept.test(char)) result += char;
    else if (char === ' ') result += space;
    else for (const byte of Buffer.from(char)) result += `%${byte.toString(16).padStart(2, '0')}`;
  }
  return result;
}

function query(text: string): Bag {
  const bag = new Map<string, Dynamic>();
  for (const pair of text.split('&')) {
    if (pair === '') continue;
    const [key = '', ...value] = pair.split('=');
    const text = value.join('=');
    if (/[%+]/.test(pair)) return UNKNOWN_QUERY;
    bag.set(key, text);
  }
  return bag;
}

/** Stands for parameters whose decoding is not known: the rest of the URL can be used all the same. */
const unknown = (): never => refuse('the query of a URL with encoded characters is not evaluated');
const UNKNOWN_QUERY: Bag = {
  get size(): number {
    return unknown();
  },
  get: unknown,
  has: unknown,
  keys: unknown,
  values: unknown,
  entries: unknown,
  forEach: unknown,
  [Symbol.iterator]: unknown,
};

const URL_PARTS =
  /^([a-zA-Z][a-zA-Z0-9+.-]*):\/\/(?:([^:@/?#]*)(?::([^@/?#]*))?@)?(\[[^\]]*\]|[^:/?#]*)(?::(\d+))?([^?#]*)(?:\?([^#]*))?(?:#([\s\S]*))?$/;

function parseUrl(text: string): Dynamic {
  const match = URL_PARTS.exec(text);
  if (match === null && text !== '') return refuse('parse_url() of what is no absolute URL is not evaluated');
  const [, scheme = '', user = '', password = '', host = '', port = '', path = '', search = '', fragment = ''] =
    match ?? [];
  return new Map<string, Dynamic>([
    ['Scheme', scheme],
    ['Host', host],
    ['Port', port],
    ['Path', path],
    ['Username', user],
    ['Password', password],
    ['Query Parameters', query(search)],
    ['Fragment', fragment],
  ]);
}

function parsePath(text: string): Dynamic {
  const scheme = /^([a-zA-Z][a-zA-Z0-9+.-]+):\/\//.exec(text);
  let rest = scheme === null ? text : text.slice(scheme[0].length);
  const stream = /^(.*[^/\\:]):([^/\\:]+)$/.exec(rest);
  if (stream !== null) rest = stream[1] ?? '';
  const separator = Math.max(rest.lastIndexOf('/'), rest.lastIndexOf('\\'));
  const filename = rest.slice(separator + 1);
  const directory = separator < 0 ? '' : rest.slice(0, separator);
  const dot = filename.lastIndexOf('.');
  return new Map<string, Dynamic>([
    ['Scheme', scheme?.[1] ?? ''],
    ['RootPath', /^([a-zA-Z]:)/.exec(rest)?.[1] ?? ''],
    ['DirectoryPath', directory],
    ['DirectoryName', directory.slice(Math.max(directory.lastIndexOf('/'), directory.lastIndexOf('\\')) + 1)],
    ['Filename', filename],
    ['Extension', dot < 0 ? '' : filename.slice(dot + 1)],
    ['AlternateDataStreamName', stream?.[2] ?? ''],
  ]);
}

export const urlFunctions: Readonly<Record<string, Builder>> = {
  url_decode: simple('string', ['string'], decode),
  url_encode: simple('string', ['string'], (text) => encode(text, '+', /[A-Za-z0-9\-_.]/)),
  url_encode_component: simple('string', ['string'], (text) =>
    text.endsWith('/')
      ? refuse('url_encode_component() of a text that ends in / is not evaluated: its documentation drops the /')
      : encode(text, '%20', /[A-Za-z0-9\-_.]/),
  ),
  parse_url: simple('dynamic', ['string'], parseUrl),
  parseurl: simple('dynamic', ['string'], parseUrl),
  parse_urlquery: simple(
    'dynamic',
    ['string'],
    (text) => new Map<string, Dynamic>([['Query Parameters', query(text.replace(/^\?/, ''))]]),
  ),
  parse_path: simple('dynamic', ['string'], parsePath),
};
