import { type Fields, at, listAt, numberAt, textAt, textsAt } from '../fields.ts';

const MAX_SELECTORS = 5;
const MAX_VALUES = 4;
const MAX_TAGS = 16;
const MAX_MATCHES = 5;
const MAX_ACTIONS = 3;
const MAX_PREFIX = 256;
const MAX_POSTFIX = 127;
const MAX_SUBSTRING = 100;
const COUNTED = new Set(['Equal', 'NotEqual', 'GT', 'LT', 'GreaterThan', 'LessThan', 'Mask']);
/** Types that are compared through maps, so that any number of values goes. */
const MAPPED = new Set([
  'string',
  'file',
  'path',
  'fd',
  'filename',
  'char_buf',
  'char_iovec',
  'linux_binprm',
  'data_loc',
  'dentry',
  'kiocb',
  'net_device',
  'sockaddr_un',
]);
const SOCKET_TYPES = new Set(['sock', 'skb', 'sockaddr', 'socket']);
const SOCKET_OPERATORS = /^(?:Not)?(?:SPort|DPort|SAddr|DAddr)$|^(?:Protocol|Family|State)$/u;
const SOCKADDR = new Set(['SAddr', 'NotSAddr', 'SPort', 'NotSPort', 'SPortPriv', 'NotSportPriv', 'Family']);

type Target = { readonly type: string | undefined } | { readonly trouble: string };

/** The argument that a match is about: by its place in the hook's list (`args`), else by the argument's own number (`index`). */
const argumentOf = (sources: readonly Fields[], match: Fields): Target => {
  const places = at(match, 'args');
  const place: unknown = Array.isArray(places) ? places[0] : undefined;
  if (typeof place === 'number') {
    const source = sources[place];
    return source === undefined
      ? { trouble: `wrong ArgSelector.Arg value ${place}, max(${sources.length})` }
      : { type: textAt(source, 'type') };
  }
  const index = numberAt(match, 'index') ?? 0;
  const source = sources.find((one) => (numberAt(one, 'index') ?? 0) === index);
  return source === undefined ? { trouble: 'argFilter for unknown index' } : { type: textAt(source, 'type') };
};

const lengthTrouble = (operator: string, values: readonly string[], selector: string): string | undefined => {
  const most = operator.endsWith('Prefix') ? MAX_PREFIX : operator.endsWith('Postfix') ? MAX_POSTFIX : undefined;
  const long = most === undefined ? undefined : values.find((value) => Buffer.byteLength(value) > most);
  return long === undefined
    ? undefined
    : `${selector} value ${long} invalid: string is longer than ${String(most)} characters`;
};

const matchTrouble = (sources: readonly Fields[], match: Fields): string | undefined => {
  const target = argumentOf(sources, match);
  if ('trouble' in target) return target.trouble;
  const { type = '' } = target;
  const operator = textAt(match, 'operator') ?? '';
  const values = textsAt(match, 'values');
  if (SOCKET_OPERATORS.test(operator) && !SOCKET_TYPES.has(type))
    return 'sock/socket/skb/sockaddr operators specified for non-sock/socket/skb/sockaddr type';
  if (type === 'sockaddr' && !SOCKADDR.has(operator))
    return 'sockaddr only supports [not]saddr, [not]sport[priv], and family';
  if (COUNTED.has(operator) && values.length > MAX_VALUES && !MAPPED.has(type))
    return 'selector does not support more than 4 values: consider using InMap or NotInMap operators';
  const long = operator.startsWith('SubString') ? values.find((value) => value.length >= MAX_SUBSTRING) : undefined;
  if (long !== undefined)
    return `substring error: Substring is bigger than ${MAX_SUBSTRING} chars (${long.length}) ${long}`;
  return lengthTrouble(operator, values, 'MatchArgs');
};

/** Why Tetragon 1.7 refuses the selectors or tags of a hook, in its own words; undefined where it takes them. */
export const selectorTrouble = (hook: Fields): string | undefined => {
  const selectors = listAt(hook, 'selectors');
  if (selectors.length > MAX_SELECTORS)
    return `no more than ${MAX_SELECTORS} selectors supported (${selectors.length} provided)`;
  if (textsAt(hook, 'tags').length > MAX_TAGS) return `tags in body should have at most ${MAX_TAGS} items`;
  for (const selector of selectors) {
    const trouble = oneSelector(hook, selector);
    if (trouble !== undefined) return trouble;
  }
  return undefined;
};

const oneSelector = (hook: Fields, selector: Fields): string | undefined => {
  const [matchArgs, matchData] = [listAt(selector, 'matchArgs'), listAt(selector, 'matchData')];
  const count = matchArgs.length + matchData.length;
  if (count > MAX_MATCHES) return `parseMatchArgs: too many matchArgs (${count} > ${MAX_MATCHES})`;
  const actions = listAt(selector, 'matchActions').length;
  if (actions > MAX_ACTIONS)
    return `only ${MAX_ACTIONS} actions are support for selector (current number of values is ${actions})`;
  const troubles = [
    ...matchArgs.map((match) => matchTrouble(listAt(hook, 'args'), match)),
    ...listAt(selector, 'matchBinaries').map((match) =>
      lengthTrouble(textAt(match, 'operator') ?? '', textsAt(match, 'values'), 'MatchBinaries'),
    ),
  ];
  return troubles.find((trouble) => trouble !== undefined);
};
