import type { ServerResponse } from 'node:http';

/** Who asks, as authentication found out. */
export interface UserInfo {
  readonly username: string;
  readonly uid?: string;
  readonly groups: readonly string[];
  readonly extra?: Readonly<Record<string, readonly string[]>>;
}

export interface ApiRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: Buffer;
  readonly contentType: string;
  readonly accept: string;
  readonly userAgent: string;
  readonly user: UserInfo;
}

/** What a handler answers; the server alone writes to sockets. */
export type ApiReply =
  | {
      readonly kind: 'json';
      readonly code: number;
      readonly body: unknown;
      readonly contentType?: string;
      readonly warnings?: readonly string[];
    }
  | { readonly kind: 'text'; readonly code: number; readonly body: string; readonly contentType?: string }
  /** The handler writes until it or the client ends; the function it returns is called when the client has gone. */
  | { readonly kind: 'stream'; readonly contentType: string; readonly start: (out: ServerResponse) => () => void };

export const json = (body: unknown, code = 200): ApiReply => ({ kind: 'json', code, body });
