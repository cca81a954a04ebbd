import { convert } from './cast.ts';
import { coerce } from './coerce.ts';
import { columnsOf } from './operators-source.ts';
import { withFields } from './operators-parse.ts';
import { refuse } from './refused.ts';
import { compileRegex } from './regex.ts';
import { type Operator, mapRows } from './rows.ts';
import { type Node, parameters, part, word } from './syntax.ts';
import { type Value, missing } from './values.ts';

type Pairs = ReadonlyMap<string, string>;
type Options = {
  readonly pair: string;
  readonly kv: string;
  readonly open: string;
  readonly close: string;
  readonly escape: string;
  readonly greedy: boolean;
};

const parseKv: Operator = (node, flow) => {
  const keys = columnsOf(part(node, 'Keys'));
  const { columns, places } = withFields(keys, flow);
  const text = coerce(flow.session.compile(part(node, 'Expression'), flow.context), 'string');
  const read = readerOf(node);
  const rows = mapRows(flow, (row) => {
    const pairs = read(text.run(row) as string);
    const copy: Value[] = [...row];
    for (const [at, key] of keys.entries()) {
      const found = pairs.get(key.name);
      copy[places[at] ?? 0] = found === undefined ? missing(key.type) : convert(found, 'string', key.type);
    }
    return copy;
  });
  return { columns, rows };
};

function readerOf(node: Node): (text: string) => Pairs {
  const clause = node.parts['WithClause'];
  const given = clause === undefined ? new Map<string, Node>() : parameters(clause, 'Properties');
  const regex = word(given.get('regex'));
  if (regex !== undefined) {
    return (text) =>
      collect([...text.matchAll(compileRegex(regex))].map((match) => [match[1] ?? '', match[2] ?? ''] as const));
  }
  const quote = word(given.get('quote')) ?? '';
  const options: Options = {
    pair: word(given.get('pair_delimiter')) ?? '',
    kv: word(given.get('kv_delimiter')) ?? '',
    open: quote.charAt(0),
    close: quote.charAt(quote.length - 1),
    escape: word(given.get('escape')) ?? '',
    greedy: /^true$/i.test(word(given.get('greedy')) ?? ''),
  };
  if (options.pair === '' || options.kv === '') refuse('parse-kv without both delimiters is not evaluated', node.start);
  if (options.greedy && options.open !== '') refuse('parse-kv with quotes and greedy is not evaluated', node.start);
  return (text) => collect(options.greedy ? greedyPairs(text, options) : scanned(text, options));
}

function collect(pairs: readonly (readonly [string, string])[]): Pairs {
  const found = new Map<string, string>();
  for (const [key, value] of pairs) {
    if (found.has(key)) refuse(`parse-kv of a text in which ${key} comes twice is not evaluated`);
    found.set(key, value);
  }
  return found;
}

const quoted = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');

// A greedy value reaches to the next key.
function greedyPairs(text: string, { pair, kv }: Options): (readonly [string, string])[] {
  const key = new RegExp(`(?:^|${quoted(pair)})\\s*([^${quoted(pair)}${quoted(kv)}-]+)${quoted(kv)}`, 'gu');
  const keys = [...text.matchAll(key)];
  return keys.map(
    (match, index) =>
      [match[1] ?? '', text.slice(match.index + match[0].length, keys[index + 1]?.index).trim()] as const,
  );
}

function scanned(text: string, options: Options): (readonly [string, string])[] {
  const pairs: (readonly [string, string])[] = [];
  let at = 0;
  while (at < text.length) {
    const key = token(text, at, options, [options.kv, options.pair]);
    at = key.end;
    if (text.startsWith(options.kv, at)) {
      const value = token(text, at + options.kv.length, options, [options.pair]);
      pairs.push([key.text, value.text]);
      at = value.end;
    }
    // What stands between a value's end and the next delimiter belongs to nothing.
    const next = text.indexOf(options.pair, at);
    if (next < 0) break;
    at = next + options.pair.length;
  }
  return pairs;
}

function token(
  text: string,
  start: number,
  options: Options,
  ends: readonly string[],
): { readonly text: string; readonly end: number } {
  let at = start;
  while (text[at] === ' ' && !ends.includes(' ')) at++;
  if (options.open !== '' && text[at] === options.open) return quotedToken(text, at + 1, options);
  const stops = ends.map((end) => text.indexOf(end, at)).filter((index) => index >= 0);
  const end = stops.length === 0 ? text.length : Math.min(...stops);
  return { text: text.slice(at, end).trim(), end };
}

function quotedToken(text: string, start: number, options: Options): { readonly text: string; readonly end: number } {
  let value = '';
  for (let at = start; at < text.length; at++) {
    const char = text.charAt(at);
    if (options.escape !== '' && char === options.escape) value += text.charAt(++at);
    else if (char === options.close) return { text: value, end: at + 1 };
    else value += char;
  }
  return refuse('parse-kv of a text with a quote that is not closed is not evaluated');
}

export const parseKvOperators: Readonly<Record<string, Operator>> = { ParseKvOperator: parseKv };
