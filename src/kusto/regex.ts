import { refuse } from './refused.ts';
import { beyondAscii } from './text.ts';

const cache = new Map<string, RegExp>();
const PATTERNS_KEPT = 2000;
const POSIX: Readonly<Record<string, string>> = {
  alnum: '0-9A-Za-z',
  alpha: 'A-Za-z',
  ascii: '\\x00-\\x7F',
  blank: '\\t ',
  cntrl: '\\x00-\\x1F\\x7F',
  digit: '0-9',
  graph: '!-~',
  lower: 'a-z',
  print: ' -~',
  punct: '!-\\/:-@\\[-`{-~',
  space: '\\t\\n\\v\\f\\r ',
  upper: 'A-Z',
  word: '0-9A-Za-z_',
  xdigit: '0-9A-Fa-f',
};

/**
 * An RE2 pattern as a JavaScript one of the same meaning. Refused: what RE2 rejects (look-around, back-references, possessive
 * quantifiers) and what the two read differently and no rewriting makes equal.
 */
export function compileRegex(pattern: string, flags: 'g' | 'gi' = 'g'): RegExp {
  const key = `${flags}/${pattern}`;
  let compiled = cache.get(key);
  if (compiled === undefined) {
    compiled = translate(pattern, flags);
    if (cache.size >= PATTERNS_KEPT) cache.clear();
    cache.set(key, compiled);
  }
  compiled.lastIndex = 0;
  return compiled;
}

type State = { readonly pattern: string; at: number; multiline: boolean; dotAll: boolean };

function translate(pattern: string, flags: string): RegExp {
  const state: State = { pattern, at: 0, multiline: false, dotAll: false };
  let ignoreCase = flags.includes('i');
  const head = /^\(\?([ims]+)\)/.exec(pattern);
  if (head !== null) {
    state.at = head[0].length;
    ignoreCase ||= (head[1] ?? '').includes('i');
    state.multiline = (head[1] ?? '').includes('m');
    state.dotAll = (head[1] ?? '').includes('s');
  }
  let source = '';
  while (state.at < pattern.length) source += next(state);
  if (ignoreCase && beyondAscii(source))
    refuse('case-insensitive regular expressions with characters beyond ASCII are not evaluated');
  try {
    return new RegExp(source, `gu${ignoreCase ? 'i' : ''}`);
  } catch {
    return refuse(`the regular expression ${pattern} is not valid or is not evaluated`);
  }
}

function next(state: State): string {
  const { pattern } = state;
  const char = pattern[state.at++] ?? '';
  switch (char) {
    case '\\':
      return escape(state, false);
    case '[':
      return characterClass(state);
    case '(':
      return group(state);
    case '.':
      return state.dotAll ? '[^]' : '[^\\n]';
    case '^':
      return state.multiline ? '(?<=^|\\n)' : '^';
    case '$':
      return state.multiline ? '(?=\\n|$)' : '$';
    case '*':
    case '+':
    case '?':
    case '}':
      if (pattern[state.at] === '+') refuse('possessive quantifiers are no RE2');
      return char === '}' ? '\\}' : char;
    case '{': {
      const quantifier = /^\{\d+(,\d*)?\}/.exec(pattern.slice(state.at - 1))?.[0];
      if (quantifier === undefined) return '\\{';
      state.at += quantifier.length - 1;
      if (pattern[state.at] === '+') refuse('possessive quantifiers are no RE2');
      return quantifier;
    }
    case ']':
    case '/':
      return `\\${char}`;
    default: {
      const high = char >= '\ud800' && char <= '\udbff';
      return high ? char + (pattern[state.at++] ?? '') : char;
    }
  }
}

function group(state: State): string {
  const rest = state.pattern.slice(state.at);
  if (!rest.startsWith('?')) return '(';
  if (rest.startsWith('?:')) {
    state.at += 2;
    return '(?:';
  }
  const named = /^\?P?<([A-Za-z_]\w*)>/.exec(rest);
  if (named !== null) {
    state.at += named[0].length;
    return `(?<${named[1]}>`;
  }
  return refuse(`(${rest.slice(0, 3)} in a regular expression is no RE2 or is not evaluated`);
}

function escape(state: State, inClass: boolean): string {
  const { pattern } = state;
  const char = pattern[state.at++] ?? '';
  switch (char) {
    case 'd':
    case 'D':
    case 'w':
    case 'W':
    case 'n':
    case 'r':
    case 't':
    case 'f':
    case 'v':
      return `\\${char}`;
    case 's':
      return inClass ? '\\t\\n\\f\\r ' : '[\\t\\n\\f\\r ]';
    case 'S':
      return inClass ? refuse('\\S inside a character class is not evaluated') : '[^\\t\\n\\f\\r ]';
    case 'b':
    case 'B':
      return inClass ? refuse('\\b inside a character class is no RE2') : `\\${char}`;
    case 'a':
      return '\\x07';
    case 'A':
      return '(?<![^])';
    case 'z':
      return '(?![^])';
    case 'x':
      return hex(state);
    case 'p':
    case 'P':
      return property(state, char);
    case 'Q': {
      if (inClass) refuse('\\Q inside a character class is not evaluated');
      const end = pattern.indexOf('\\E', state.at);
      const text = pattern.slice(state.at, end < 0 ? undefined : end);
      state.at = end < 0 ? pattern.length : end + 2;
      return text.replace(/[\\^$.*+?()[\]{}|/-]/g, (special) => (special === '-' ? '-' : `\\${special}`));
    }
    default:
      break;
  }
  if (/[1-9]/.test(char)) refuse('back-references are no RE2');
  if (/[A-Za-z0-9]/.test(char) || char === '') refuse(`\\${char} in a regular expression is not evaluated`);
  if (/[\^$\\.*+?()[\]{}|/]/.test(char)) return `\\${char}`;
  if (char === '-') return inClass ? '\\-' : '-';
  return char;
}

function hex(state: State): string {
  const match = /^(?:\{([0-9a-fA-F]{1,6})\}|([0-9a-fA-F]{2}))/.exec(state.pattern.slice(state.at));
  if (match === null) return refuse('\\x in a regular expression needs two hexadecimal digits');
  state.at += match[0].length;
  return `\\u{${match[1] ?? match[2]}}`;
}

function property(state: State, letter: string): string {
  const match = /^(?:\{(\^?)([A-Za-z_]+)\}|([A-Z]))/.exec(state.pattern.slice(state.at));
  if (match === null) return refuse(`\\${letter} in a regular expression needs a class of characters`);
  state.at += match[0].length;
  const name = match[2] ?? match[3] ?? '';
  const negated = (letter === 'P') !== (match[1] === '^');
  return `\\${negated ? 'P' : 'p'}{${name.length > 2 ? `Script=${name}` : name}}`;
}

function characterClass(state: State): string {
  const { pattern } = state;
  let source = '[';
  if (pattern[state.at] === '^') {
    source += '^';
    state.at++;
  }
  for (let first = true; ; first = false) {
    const char = pattern[state.at];
    if (char === undefined) refuse('a character class of a regular expression is not closed');
    const posix = /^\[:(\^?)([a-z]+):\]/.exec(pattern.slice(state.at));
    if (posix !== null) {
      const set = POSIX[posix[2] ?? ''];
      if (set === undefined || posix[1] === '^') refuse(`${posix[0]} in a regular expression is not evaluated`);
      source += set;
      state.at += posix[0].length;
      continue;
    }
    state.at++;
    if (char === ']' && !first) return `${source}]`;
    if (char === '\\') source += escape(state, true);
    else source += /[\][^/()|{}]/.test(char ?? '') ? `\\${char}` : (char ?? '');
  }
}
