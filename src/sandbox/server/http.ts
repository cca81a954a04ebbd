import type { IncomingHttpHeaders } from 'node:http';

/** A request as the imitated services see it. */
export interface HttpRequest {
  readonly method: string;
  readonly url: URL;
  /** Path as it came, with the client's own casing and slashes. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  readonly signal: AbortSignal;
}

export interface HttpReply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Objects are sent as JSON, strings as they are; nothing is sent for undefined. */
  readonly body?: unknown;
}

/** What a handler may do instead of answering: cut the connection, at once or in the middle of the body, say nothing for ever, or dawdle. */
export type Outcome =
  | HttpReply
  | { readonly action: 'reset' | 'stall' }
  | { readonly action: 'truncate'; readonly reply: HttpReply }
  | { readonly action: 'slow'; readonly reply: HttpReply; readonly seconds: number };

export type Handler = (request: HttpRequest) => Promise<Outcome>;

/** First value of a header, or undefined. */
export const header = (request: HttpRequest, name: string): string | undefined => {
  const value = request.headers[name];
  return Array.isArray(value) ? value[0] : value;
};

export const json = (status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): HttpReply => ({
  status,
  body,
  headers,
});
