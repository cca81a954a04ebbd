import { createHash } from 'node:crypto';
import { guidOf } from '../identity.ts';
import { at, isObject } from '../json.ts';
import { ArmError } from './errors.ts';

/** What an expression can ask of the deployment that it stands in. */
export interface ExpressionScope {
  /** Functions beside the general ones: `parameters`, `resourceGroup`, `reference` and their like. */
  readonly functions: Readonly<Record<string, (args: readonly unknown[]) => unknown>>;
  readonly subscriptionId: string;
  readonly groupName: string;
}

export const invalidTemplate = (why: string): ArmError =>
  new ArmError(400, 'InvalidTemplate', `Deployment template validation failed: '${why}'.`);

const text = (value: unknown): string =>
  typeof value === 'string' ? value : value === undefined || value === null ? '' : JSON.stringify(value);

const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? (value as unknown[]) : []);

/** Thirteen letters and digits that are always the same for the same texts. */
const uniqueString = (parts: readonly unknown[]): string =>
  BigInt(`0x${createHash('sha256').update(parts.map(text).join('-')).digest('hex').slice(0, 18)}`)
    .toString(32)
    .padStart(13, 'a')
    .slice(0, 13);

const format = (pattern: unknown, values: readonly unknown[]): string =>
  text(pattern).replaceAll(/\{(\d+)\}/gu, (_, index: string) => text(values[Number(index)]));

const contains = (whole: unknown, part: unknown): boolean => {
  if (typeof whole === 'string') return whole.includes(text(part));
  return isObject(whole) ? text(part) in whole : list(whole).some((one) => text(one) === text(part));
};

const isEmpty = (value: unknown): boolean =>
  value === null ||
  value === undefined ||
  value === '' ||
  (Array.isArray(value) && value.length === 0) ||
  (isObject(value) && Object.keys(value).length === 0);

const slice = (value: unknown, start: number, end?: number): unknown =>
  typeof value === 'string' ? value.slice(start, end) : list(value).slice(start, end);

const pairs = (type: string, names: readonly unknown[]): string => {
  const [namespace = '', ...types] = type.split('/');
  if (types.length !== names.length)
    throw invalidTemplate(`The resource id function was given ${names.length} names for the type '${type}'`);
  return `/providers/${namespace}/${types.map((one, index) => `${one}/${text(names[index])}`).join('/')}`;
};

/** `resourceId([subscription], [group], type, names…)`: the type is the first that has a slash. */
const resourceId = (args: readonly unknown[], scope: ExpressionScope): string => {
  const index = args.findIndex((arg) => text(arg).includes('/'));
  if (index < 0) throw invalidTemplate('The function resourceId needs a resource type');
  const group = index > 0 ? text(args[index - 1]) : scope.groupName;
  const subscription = index > 1 ? text(args[0]) : scope.subscriptionId;
  return `/subscriptions/${subscription}/resourceGroups/${group}${pairs(text(args[index]), args.slice(index + 1))}`;
};

type General = (args: readonly unknown[], scope: ExpressionScope) => unknown;

const general: Readonly<Record<string, General>> = {
  concat: (args) => (Array.isArray(args[0]) ? args.flatMap(list) : args.map(text).join('')),
  format: ([pattern, ...values]) => format(pattern, values),
  resourceid: resourceId,
  subscriptionresourceid: ([type, ...names], { subscriptionId }) =>
    `/subscriptions/${subscriptionId}${pairs(text(type), names)}`,
  extensionresourceid: ([base, type, ...names]) => `${text(base)}${pairs(text(type), names)}`,
  tenantresourceid: ([type, ...names]) => pairs(text(type), names),
  uniquestring: uniqueString,
  guid: (args) => guidOf(args.map(text).join('-')),
  tolower: ([value]) => text(value).toLowerCase(),
  toupper: ([value]) => text(value).toUpperCase(),
  trim: ([value]) => text(value).trim(),
  substring: ([value, start, length]) =>
    text(value).slice(Number(start), length === undefined ? undefined : Number(start) + Number(length)),
  replace: ([value, from, to]) => text(value).replaceAll(text(from), text(to)),
  split: ([value, separator]) => text(value).split(text(separator)),
  join: ([values, separator]) => list(values).map(text).join(text(separator)),
  take: ([value, count]) => slice(value, 0, Number(count)),
  skip: ([value, count]) => slice(value, Number(count)),
  first: ([value]) => (typeof value === 'string' ? value[0] : list(value)[0]),
  last: ([value]) => (typeof value === 'string' ? value.at(-1) : list(value).at(-1)),
  length: ([value]) => (typeof value === 'string' ? value.length : list(value).length),
  contains: ([whole, part]) => contains(whole, part),
  startswith: ([value, part]) => text(value).toLowerCase().startsWith(text(part).toLowerCase()),
  endswith: ([value, part]) => text(value).toLowerCase().endsWith(text(part).toLowerCase()),
  empty: ([value]) => isEmpty(value),
  equals: ([a, b]) => text(a) === text(b),
  not: ([value]) => value !== true,
  and: (args) => args.every((one) => one === true),
  or: (args) => args.includes(true),
  coalesce: (args) => args.find((one) => one !== null && one !== undefined) ?? null,
  string: ([value]) => text(value),
  int: ([value]) => Number(value),
  bool: ([value]) => text(value).toLowerCase() === 'true' || value === 1,
  json: ([value]) => JSON.parse(text(value)) as unknown,
  add: ([a, b]) => Number(a) + Number(b),
  sub: ([a, b]) => Number(a) - Number(b),
  createarray: (args) => args,
  union: (args) => (isObject(args[0]) ? Object.assign({}, ...args.filter(isObject)) : [...new Set(args.flatMap(list))]),
  base64: ([value]) => Buffer.from(text(value)).toString('base64'),
  uricomponent: ([value]) => encodeURIComponent(text(value)),
  null: () => null,
  true: () => true,
  false: () => false,
};

/** Evaluates what stands between the brackets of a template's text. A function that is not known here is refused by name. */
export const evaluateExpression = (source: string, scope: ExpressionScope): unknown => {
  let rest = source.trim();
  const fail = (): never => {
    throw invalidTemplate(`The template language expression '[${source}]' is not valid near '${rest.slice(0, 30)}'`);
  };
  const eat = (pattern: RegExp): string | undefined => {
    const match = pattern.exec(rest);
    if (match === null) return undefined;
    rest = rest.slice(match[0].length).trimStart();
    return match[1] ?? match[0];
  };
  const need = (pattern: RegExp): void => {
    if (eat(pattern) === undefined) fail();
  };
  const call = (name: string): unknown => {
    const args: unknown[] = [];
    while (eat(/^\)/u) === undefined) {
      if (args.length > 0) need(/^,/u);
      args.push(expression());
    }
    const key = name.toLowerCase();
    if (key === 'if') return args[0] === true ? args[1] : args[2];
    const known = Object.entries(scope.functions).find(([one]) => one.toLowerCase() === key)?.[1];
    if (known !== undefined) return known(args);
    const common = general[key];
    if (common !== undefined) return common(args, scope);
    throw invalidTemplate(`The template function '${name}' is none that this sandbox evaluates`);
  };
  const primary = (): unknown => {
    const quoted = eat(/^'((?:[^']|'')*)'/u);
    if (quoted !== undefined) return quoted.replaceAll("''", "'");
    const number = eat(/^-?\d+/u);
    if (number !== undefined) return Number(number);
    const name = eat(/^([A-Za-z_][\w.]*)\s*\(/u);
    return name === undefined ? fail() : call(name);
  };
  const expression = (): unknown => {
    let value = primary();
    for (;;) {
      const member = eat(/^\.(\w+)/u);
      if (member !== undefined) value = at(value, member);
      else if (eat(/^\[/u) !== undefined) {
        const key = expression();
        value = at(value, typeof key === 'number' ? key : text(key));
        need(/^\]/u);
      } else return value;
    }
  };
  const value = expression();
  return rest === '' ? value : fail();
};
