import { request as httpRequest } from 'node:http';
import { request as httpsRequest, type RequestOptions } from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';
import { apiProblem, connectionProblem } from './api-error.ts';

export interface ApiRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Path and query, from the root of the API server. */
  readonly path: string;
  readonly body?: unknown;
  readonly contentType?: string;
  /** The answer is no JSON: it comes back as it is. */
  readonly as?: 'text';
  /** Names the call in an error: `apply ConfigMap kube-system/x`. */
  readonly what: string;
}

/** One request, with a JSON answer unless it says otherwise; undefined for 404, `Problem` for every other refusal. */
export type ApiServer = (request: ApiRequest, signal: AbortSignal) => Promise<unknown>;

/** An API server that stalls for longer than this is taken for lost: the caller asks again. */
const silenceMs = 60_000;

const mostTries = 4;
const longestWaitMs = 3_000;

/** `authorize` adds TLS and credentials to each request, so that a token that was renewed meanwhile is used. */
export const apiServer =
  (server: URL, authorize: (options: RequestOptions) => Promise<void>): ApiServer =>
  async (call, signal) => {
    const body = call.body === undefined ? undefined : Buffer.from(JSON.stringify(call.body));
    const options: RequestOptions = {
      method: call.method,
      headers: {
        accept: call.as === 'text' ? '*/*' : 'application/json',
        ...(body === undefined
          ? {}
          : { 'content-type': call.contentType ?? 'application/json', 'content-length': String(body.length) }),
      },
    };
    await authorize(options);
    const url = new URL(server.pathname.replace(/\/$/, '') + call.path, server);
    const { status, text, retryAfter } = await admitted(() => send(url, options, body, call.what, signal), signal);
    if (status === 404) return undefined;
    if (status >= 400) throw apiProblem(call.what, status, text, retryAfter);
    if (call.as === 'text') return text;
    return text === '' ? undefined : parsed(text, call.what);
  };

/** Flow control turns requests away unread, so that any of them may be sent again; longer waits are for the caller to decide. */
const admitted = async (attempt: () => Promise<Answer>, signal: AbortSignal): Promise<Answer> => {
  for (let tries = 1; ; tries += 1) {
    const answer = await attempt();
    const waitMs = Number(answer.retryAfter ?? Number.NaN) * 1000;
    if (answer.status !== 429 || tries === mostTries || !(waitMs <= longestWaitMs)) return answer;
    await sleep(waitMs, undefined, { signal }).catch(() => signal.throwIfAborted());
  }
};

/** Something between us and the API server may answer in its place, with a page of its own. */
const parsed = (text: string, what: string): unknown => {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw connectionProblem(what, new Error('its answer is no JSON'));
  }
};

interface Answer {
  readonly status: number;
  readonly text: string;
  readonly retryAfter: string | undefined;
}

const send = (
  url: URL,
  options: RequestOptions,
  body: Buffer | undefined,
  what: string,
  signal: AbortSignal,
): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const fail = (error: Error): void =>
      reject(signal.aborted ? (signal.reason as Error) : connectionProblem(what, error));
    // `kubectl proxy` and its like speak plain HTTP on this machine.
    const request = url.protocol === 'http:' ? httpRequest : httpsRequest;
    const outgoing = request(url, { ...options, signal, timeout: silenceMs }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('error', fail);
      answer.on('end', () =>
        resolve({
          status: answer.statusCode ?? 0,
          text: Buffer.concat(chunks).toString('utf8'),
          retryAfter: answer.headers['retry-after'],
        }),
      );
    });
    outgoing.on('timeout', () => outgoing.destroy(new Error(`no answer for ${silenceMs / 1000}s`)));
    outgoing.on('error', fail);
    outgoing.end(body);
  });
