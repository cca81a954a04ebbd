import { convert } from './cast.ts';
import { coerce } from './coerce.ts';
import { derive } from './expr.ts';
import { type Builder, argument, constantText, simple, typeArgument } from './function-kit.ts';
import { refuse } from './refused.ts';
import { beyondAscii } from './text.ts';
import { compileRegex } from './regex.ts';
import { type Dynamic, isArray, missing, typeNamed } from './values.ts';

// JavaScript forgets a group's capture when the loop around it goes on, RE2 keeps it.
function capturing(pattern: string): RegExp {
  if (/\((?!\?:)[^()]*\)[^()]*\)(?:[*+]|\{)/.test(pattern.replace(/\\./g, '')))
    return refuse('a capture group inside a repeated group is not evaluated');
  return compileRegex(pattern);
}

const extract: Builder = (call) => {
  const pattern = argument(call, 0);
  const group = coerce(argument(call, 1), 'long');
  const text = coerce(argument(call, 2), 'string');
  const wanted = typeArgument(call.nodes[3]);
  if (call.nodes.length > 3 && wanted === undefined)
    refuse('extract() with this fourth argument is not evaluated', call.node.start);
  const type = wanted === undefined ? 'string' : typeNamed(wanted, call.node.start);
  return derive(type, [pattern, group, text], (row) => {
    const at = group.run(row);
    if (at === null) return missing(type);
    const found = capturing(pattern.run(row) as string).exec(text.run(row) as string);
    if (found === null) return missing(type);
    const value = found[Number(at)];
    return value === undefined ? missing(type) : convert(value, 'string', type);
  });
};

const extractAll: Builder = (call) => {
  const pattern = constantText(call, 0);
  const chosen = call.nodes.length === 3 ? argument(call, 1) : undefined;
  const text = coerce(argument(call, call.nodes.length - 1), 'string');
  return derive('dynamic', chosen === undefined ? [text] : [text, chosen], (row) => {
    const groups = chosen?.run(row);
    const all: Dynamic[] = [];
    for (const match of (text.run(row) as string).matchAll(capturing(pattern))) {
      const values = groups === undefined ? match.slice(1) : picked(match, groups);
      if (values.length === 0) refuse('extract_all() needs a capture group', call.node.start);
      const texts = values.map((value) => value ?? '');
      all.push(texts.length === 1 && groupCount(pattern) >= 1 ? (texts[0] ?? '') : texts);
    }
    return all.length === 0 ? null : all;
  });
};

function groupCount(pattern: string): number {
  return (new RegExp(`${compileRegex(pattern).source}|`, 'u').exec('')?.length ?? 1) - 1;
}

function picked(match: RegExpExecArray, groups: Dynamic): (string | undefined)[] {
  if (!isArray(groups)) return refuse('extract_all() needs an array of groups');
  return groups.map((group) => {
    if (typeof group === 'bigint' && Number(group) < match.length) return match[Number(group)];
    if (typeof group === 'string' && match.groups !== undefined && group in match.groups) return match.groups[group];
    return refuse('extract_all() with an unknown group is not evaluated');
  });
}

/** RE2's rewrite: \0 to \9 are groups, \\ a backslash. */
function rewrite(match: readonly (string | undefined)[], template: string): string {
  return template.replace(/\\([\s\S])/g, (_, char: string) => {
    if (/\d/.test(char))
      return Number(char) < match.length ? (match[Number(char)] ?? '') : refuse(`\\${char} names no group`);
    return char === '\\' ? '\\' : refuse(`\\${char} in a replacement is not evaluated`);
  });
}

function replaceRegex(text: string, pattern: string, template: string): string {
  return text.replace(capturing(pattern), (...args: unknown[]) => {
    const end = args.findIndex((arg) => typeof arg === 'number');
    return rewrite(args.slice(0, end) as (string | undefined)[], template);
  });
}

function countOf(text: string, search: string, kind = 'normal'): bigint {
  if (search === '') return refuse('countof() of an empty text is not evaluated');
  if (kind === 'regex') return BigInt([...text.matchAll(compileRegex(search))].length);
  if (kind !== 'normal') return refuse(`countof() of kind ${kind} is not evaluated`);
  let count = 0n;
  for (let at = text.indexOf(search); at >= 0; at = text.indexOf(search, at + 1)) count++;
  return count;
}

type Ends = { readonly start: boolean; readonly end: boolean };

const trim = (ends: Ends): Builder =>
  simple('string', ['string', 'string'], (pattern, text) => {
    let result = text;
    const { source, flags } = compileRegex(pattern);
    const once = flags.replace('g', '');
    if (ends.start) result = result.replace(new RegExp(`^(?:${source})`, once), '');
    if (ends.end) result = result.replace(new RegExp(`(?:${source})$`, once), '');
    return result;
  });

function indexOfRegex(text: string, pattern: string, start = 0n, length = -1n, occurrence = 1n): bigint | null {
  if (beyondAscii(text)) return refuse('indexof_regex() in a text beyond ASCII is not evaluated');
  if (start < 0n || length < -1n || occurrence < 1n) return null;
  const from = Number(start);
  const window = length < 0n ? text.slice(from) : text.slice(from, from + Number(length));
  const match = [...window.matchAll(compileRegex(pattern))][Number(occurrence) - 1];
  return match === undefined ? -1n : BigInt(from + match.index);
}

export const regexFunctions: Readonly<Record<string, Builder>> = {
  extract,
  extract_all: extractAll,
  extractall: extractAll,
  replace_regex: simple('string', ['string', 'string', 'string'], replaceRegex),
  countof: simple('long', ['string', 'string', 'string?'], countOf),
  trim: trim({ start: true, end: true }),
  trim_start: trim({ start: true, end: false }),
  trim_end: trim({ start: false, end: true }),
  indexof_regex: simple('long', ['string', 'string', 'long?', 'long?', 'long?'], indexOfRegex),
  regex_quote: simple('string', ['string'], (text) =>
    text.replace(/[^A-Za-z0-9_\u0080-\uffff]/g, (char) => `\\${char}`),
  ),
};
