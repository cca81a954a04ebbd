import type { HttpReply } from '../server/http.ts';
import { json } from '../server/http.ts';
import type { ArmCall } from './context.ts';
import { ArmError } from './errors.ts';

interface PageOptions {
  /** Few on purpose: a client that takes the first page for all of them has to notice here. */
  readonly size?: number;
  /** AKS's agent pool list names a next page even where that is empty. */
  readonly alwaysNext?: boolean;
}

/**
 * One page of a list. `$skiptoken` in the nextLink is opaque to clients and signed: it is good for this list alone, and one
 * that was changed is refused.
 */
export const page = (call: ArmCall, items: readonly unknown[], options: PageOptions = {}): HttpReply => {
  const url = new URL(call.request.url);
  const [start, size] = [startOf(call, url), sizeOf(url, options.size ?? 10)];
  const value = items.slice(start, start + size);
  const end = start + value.length;
  const more = end < items.length || (options.alwaysNext === true && start === 0);
  if (!more) return json(200, { value });
  for (const name of namesOf(url, '$skiptoken')) url.searchParams.delete(name);
  // Insights and Sentinel write it with a capital; both are read in any case.
  const name = /^microsoft\.(?:securityinsights|insights)$/iu.test(call.route.namespace) ? '$skipToken' : '$skiptoken';
  url.searchParams.set(name, tokenOf(call, url, end));
  return json(200, { value, nextLink: url.href });
};

const namesOf = (url: URL, wanted: string): readonly string[] =>
  [...url.searchParams.keys()].filter((name) => name.toLowerCase() === wanted);

const parameter = (url: URL, wanted: string): string | undefined => {
  const [name] = namesOf(url, wanted);
  return name === undefined ? undefined : (url.searchParams.get(name) ?? undefined);
};

/** What a token is good for: the list and its filter. */
const listOf = (url: URL): string => `${url.pathname.toLowerCase()}?${parameter(url, '$filter') ?? ''}`;

const tokenOf = (call: ArmCall, url: URL, offset: number): string => {
  const text = String(offset);
  return Buffer.from(`${text}!${call.mac(`${listOf(url)}#${text}`)}`).toString('base64url');
};

const startOf = (call: ArmCall, url: URL): number => {
  const token = parameter(url, '$skiptoken');
  if (token === undefined) return 0;
  const offset = Number(Buffer.from(token, 'base64url').toString('utf8').split('!')[0]);
  if (Number.isInteger(offset) && offset > 0 && token === tokenOf(call, url, offset)) return offset;
  throw new ArmError(400, 'InvalidSkipToken', `The provided skip token '${token}' is not valid for this list.`);
};

const sizeOf = (url: URL, size: number): number => {
  const text = parameter(url, '$top');
  if (text === undefined) return size;
  if (!/^[1-9]\d{0,3}$/u.test(text))
    throw new ArmError(400, 'InvalidTopParameter', `The $top parameter '${text}' must be a number between 1 and 1000.`);
  return Math.min(size, Number(text));
};
