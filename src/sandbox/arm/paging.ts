import type { HttpReply } from '../server/http.ts';
import { json } from '../server/http.ts';
import type { ArmCall } from './context.ts';

/** One page of a list; `$skiptoken` in the nextLink is opaque to clients. */
export const page = (
  call: ArmCall,
  items: readonly unknown[],
  options: { readonly size?: number; readonly alwaysNext?: boolean } = {},
): HttpReply => {
  const size = options.size ?? 50;
  const token = call.request.url.searchParams.get('$skiptoken');
  const start = token === null ? 0 : Number(Buffer.from(token, 'base64url').toString('utf8')) || 0;
  const value = items.slice(start, start + size);
  const end = start + value.length;
  // AKS's agent pool list names a next page even where that is empty.
  const more = end < items.length || (options.alwaysNext === true && token === null);
  if (!more) return json(200, { value });
  const next = new URL(call.request.url);
  next.searchParams.set('$skiptoken', Buffer.from(String(end)).toString('base64url'));
  return json(200, { value, nextLink: next.href });
};
