import type { FaultOptions } from '../faults.ts';
import { didYouMean } from './nearest.ts';
import { faultNames, faultServices, isFaultName, kindOf } from './kinds.ts';
import type { FaultName, ParameterType } from './kinds.ts';

/** A fault as somebody asks for it, or one sentence about what is wrong with that. */
export type FaultOrder =
  | { readonly kind: 'fault'; readonly name: FaultName; readonly options: FaultOptions }
  | { readonly kind: 'refused'; readonly problem: string };

type Given = Readonly<Record<string, unknown>>;

/** Parameters that every fault has; `count` is a number or `always`, `for` is in seconds of Azure's time. */
export const commonParameters = ['count', 'for', 'method', 'path', 'service'] as const;

const refused = (problem: string): FaultOrder => ({ kind: 'refused', problem });

const forms: Readonly<Record<ParameterType, string>> = {
  integer: 'a whole number',
  text: 'a text',
  switch: 'true or false',
  list: 'a list',
};

const isOf = (type: ParameterType, value: unknown): boolean => {
  switch (type) {
    case 'integer':
      return Number.isInteger(value) && Number(value) >= 0;
    case 'text':
      return typeof value === 'string';
    case 'switch':
      return typeof value === 'boolean';
    case 'list':
      return Array.isArray(value) && value.every((entry) => typeof entry === 'string');
  }
  return type satisfies never;
};

const wrong = (name: string, key: string, value: unknown, form: string): FaultOrder =>
  refused(`${key} of fault ${name} is ${JSON.stringify(value)}, but it must be ${form}.`);

const commonProblem = (name: FaultName, given: Given): FaultOrder | undefined => {
  const { count, for: seconds, method, path, service } = given;
  if (count !== undefined && count !== 'always' && (!isOf('integer', count) || count === 0))
    return wrong(name, 'count', count, 'a whole number above 0, or always');
  if (count !== undefined && kindOf(name).lasts === 'state')
    return wrong(name, 'count', count, 'left out: it lasts until it is taken away, or as long as `for` says');
  if (seconds !== undefined && (!isOf('integer', seconds) || seconds === 0))
    return wrong(name, 'for', seconds, "a whole number of seconds of Azure's time above 0");
  for (const [key, value] of Object.entries({ method, path }))
    if (value !== undefined && typeof value !== 'string') return wrong(name, key, value, 'a text');
  if (service === undefined) return undefined;
  const { services = [] } = kindOf(name);
  if (services.some((one) => one === service)) return undefined;
  return wrong(
    name,
    'service',
    service,
    services.length === 0 ? 'left out: this fault happens in one place alone' : services.join(', '),
  );
};

/** Reads `{name, count?, for?, method?, path?, service?, …parameters}`. */
export const faultOrder = (name: string, given: Given): FaultOrder => {
  if (!isFaultName(name)) return refused(`There is no fault '${name}'.${didYouMean(name, faultNames)}`);
  const problem = commonProblem(name, given);
  if (problem !== undefined) return problem;
  const { count, for: seconds, method, path, service, ...parameters } = given;
  const known = kindOf(name).parameters;
  for (const [key, value] of Object.entries(parameters)) {
    const type = Object.hasOwn(known, key) ? known[key] : undefined;
    const all = [...Object.keys(known), ...commonParameters];
    if (type === undefined)
      return refused(`Fault ${name} has no parameter '${key}', but ${all.join(', ')}.${didYouMean(key, all)}`);
    if (!isOf(type, value)) return wrong(name, key, value, forms[type]);
  }
  const served = faultServices.find((one) => one === service);
  return {
    kind: 'fault',
    name,
    options: {
      ...(count === 'always' || typeof count === 'number' ? { count } : {}),
      ...(typeof seconds === 'number' ? { seconds } : {}),
      ...(typeof method === 'string' ? { method } : {}),
      ...(typeof path === 'string' ? { path } : {}),
      ...(served === undefined ? {} : { service: served }),
      parameters,
    },
  };
};

const valueOf = (text: string, type: ParameterType | undefined, key: string): unknown => {
  if (type === 'integer' || key === 'count' || key === 'for') return /^\d+$/u.test(text) ? Number(text) : text;
  if (type === 'switch') return text === 'true' ? true : text === 'false' ? false : text;
  return type === 'list' ? text.split('+') : text;
};

/** Reads `NAME` or `NAME:key=value,key=value`. */
export const typedFault = (text: string): FaultOrder => {
  const [name = '', ...rest] = text.split(':');
  if (rest.length === 0) return faultOrder(name, {});
  const known = isFaultName(name) ? kindOf(name).parameters : {};
  const given: Record<string, unknown> = {};
  for (const pair of rest.join(':').split(',')) {
    const mark = pair.indexOf('=');
    if (mark < 1) return refused(`'${pair}' of fault ${name} is not of the form key=value.`);
    const key = pair.slice(0, mark);
    given[key] = valueOf(pair.slice(mark + 1), Object.hasOwn(known, key) ? known[key] : undefined, key);
  }
  return faultOrder(name, given);
};

/** Puts together what a list that is split at its commas has torn: `a:k=1`, `l=2`, `b` is `a:k=1,l=2` and `b`. */
export const joinedFaults = (parts: readonly string[]): readonly string[] => {
  const whole: string[] = [];
  for (const part of parts) {
    const before = whole.at(-1);
    if (before?.includes(':') === true && /^[a-z]+=/iu.test(part)) whole[whole.length - 1] = `${before},${part}`;
    else whole.push(part);
  }
  return whole;
};
