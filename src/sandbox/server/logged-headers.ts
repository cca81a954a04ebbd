import type { IncomingHttpHeaders } from 'node:http';

/** Headers of a request that decide what comes of it, or by which a client finds it again in its own log. */
const asked = [
  'if-match',
  'if-none-match',
  'content-type',
  'akshttpcustomfeatures',
  'x-ms-client-request-id',
  'x-ms-correlation-request-id',
] as const;
const answered = ['retry-after', 'etag', 'x-ms-request-id', 'x-ms-correlation-request-id'] as const;

type Headers = Readonly<Record<string, string>>;

/** Of a credential only the scheme is told: `Bearer (redacted)`. */
export const askedHeaders = (headers: IncomingHttpHeaders): Headers => {
  const scheme = /^\s*(\w+)/u.exec(headers.authorization ?? '')?.[1];
  return {
    ...chosen(asked, (name) => [headers[name]].flat()[0]),
    ...(scheme === undefined ? {} : { authorization: `${scheme} (redacted)` }),
  };
};

export const answeredHeaders = (headers: Headers = {}): Headers => chosen(answered, (name) => headers[name]);

const chosen = (names: readonly string[], valueOf: (name: string) => string | undefined): Headers =>
  Object.fromEntries(names.flatMap((name) => (valueOf(name) === undefined ? [] : [[name, valueOf(name) ?? '']])));

/** Object id of whoever a bearer token names, good or not. */
export const callerOf = (authorization: string | undefined): string | undefined => {
  const body = /^Bearer [^.\s]+\.([^.\s]+)\./iu.exec(authorization ?? '')?.[1];
  if (body === undefined) return undefined;
  try {
    const claims = JSON.parse(Buffer.from(body, 'base64url').toString('utf8')) as { readonly oid?: unknown } | null;
    return typeof claims?.oid === 'string' ? claims.oid : undefined;
  } catch {
    return undefined;
  }
};
