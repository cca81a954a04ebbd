import { createHash } from 'node:crypto';
import { createServer, type Server } from 'node:https';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { ApiError, statusOf, unauthorized } from './api-error.ts';
import type { Troubles } from '../troubles.ts';
import type { KeyPair } from '../../server/certificates.ts';
import type { Identities } from './identity.ts';
import { followReachability } from './reachability.ts';
import { isFlowControl, refusalOf, type FaultOf } from './request-fault.ts';
import type { ApiReply, ApiRequest } from './request.ts';

/** One line of the cluster's request log. */
export interface LoggedRequest {
  readonly time: string;
  readonly client: string;
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly apiVersion: string;
  /** HTTP status, or what happened to the connection instead. */
  readonly status: number | 'reset' | 'stall';
  /** SHA-256 of the body in hex; empty without one. */
  readonly bodyHash: string;
}

export interface ServerOptions {
  readonly authority: KeyPair;
  readonly certificate: KeyPair;
  /** 0 takes any. A port that is taken is replaced by another. */
  readonly port: number;
  readonly identities: Identities;
  readonly handle: (request: ApiRequest) => Promise<ApiReply>;
  /** Takes over connections that ask for a WebSocket; resolves to the status it answered. */
  readonly upgrade: (request: ApiRequest, raw: IncomingMessage, socket: Duplex, head: Buffer) => Promise<number>;
  readonly log: (entry: LoggedRequest) => void;
  readonly fault: FaultOf;
  readonly troubles: Troubles;
  readonly now: () => number;
}

export interface ApiListener {
  readonly port: number;
  close(): Promise<void>;
}

const largestBody = 3 * 1024 * 1024;

/** The HTTPS listener of one cluster on 127.0.0.1. */
export const listen = async (options: ServerOptions): Promise<ApiListener> => {
  const { authority, certificate, identities } = options;
  const server = createServer({
    key: certificate.key,
    cert: certificate.certificate,
    ca: authority.certificate,
    requestCert: true,
    // A request without a good certificate gets a 401 it can read, as from a real API server.
    rejectUnauthorized: false,
    keepAliveTimeout: 60_000,
  });

  const answer = async (
    raw: IncomingMessage,
    run: (request: ApiRequest, answerGetsLost: boolean, late: number) => Promise<LoggedRequest['status']>,
    fail: (error: ApiError) => number,
  ): Promise<void> => {
    const started = options.now();
    const fault = options.fault(raw.method ?? 'GET', (raw.url ?? '/').replace(/\?.*$/, ''));
    const lost = fault?.kind === 'reset' ? fault.when : undefined;
    let hash = '';
    const status = await (async (): Promise<LoggedRequest['status']> => {
      try {
        if (fault?.kind === 'stall') return 'stall';
        if (lost === 'before') return cut(raw);
        const body = await readBody(raw);
        if (body.length > 0) hash = createHash('sha256').update(body).digest('hex');
        const user = identities.authenticate(raw);
        if (user === undefined) throw unauthorized();
        const refusal = refusalOf(fault);
        if (refusal !== undefined) throw refusal;
        return await run(requestOf(raw, body, user), lost === 'after', fault?.kind === 'slow' ? fault.seconds : 0);
      } catch (error) {
        return fail(
          error instanceof ApiError
            ? error
            : new ApiError(
                500,
                'InternalError',
                `Internal error occurred: ${error instanceof Error ? error.message : String(error)}`,
              ),
        );
      }
    })();
    options.log({
      time: new Date(started).toISOString(),
      client: raw.headers['user-agent'] ?? '',
      method: raw.method ?? 'GET',
      path: raw.url ?? '/',
      apiVersion: versionOf(raw.url ?? '/'),
      status,
      bodyHash: hash,
    });
  };

  server.on('request', (raw, out) => {
    void answer(
      raw,
      async (request, answerGetsLost, late) => {
        const answered = await options.handle(request);
        if (late > 0) await sleep(late * 1000, undefined, { ref: false });
        return answerGetsLost ? cut(raw) : reply(answered, out);
      },
      (error) => failure(error, out),
    );
  });
  server.on('upgrade', (raw: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => socket.destroy());
    void answer(
      raw,
      async (request, answerGetsLost) => {
        const status = await options.upgrade(request, raw, socket, head);
        return answerGetsLost ? cut(raw) : status;
      },
      (error) => {
        const body = JSON.stringify(statusOf(error));
        socket.end(
          `HTTP/1.1 ${error.code} ${error.reason}\r\nCache-Control: no-cache, private\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
        );
        return error.code;
      },
    );
  });
  // Connections that became WebSockets are no longer the server's to close.
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  const port = await bind(server, options.port);
  const unfollow = followReachability(server, port, sockets, options.troubles);
  return {
    port,
    close: () =>
      new Promise((resolve) => {
        unfollow();
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
};

const cut = (raw: IncomingMessage): 'reset' => {
  raw.socket.destroy();
  return 'reset';
};

const bind = (server: Server, port: number): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE' && port !== 0) resolve(bind(server, 0));
      else reject(error);
    });
    server.listen(port, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });

const readBody = async (raw: IncomingMessage): Promise<Buffer> => {
  if (raw.headers.upgrade !== undefined) return Buffer.alloc(0);
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of raw) {
    size += (chunk as Buffer).length;
    if (size > largestBody)
      throw new ApiError(413, 'RequestEntityTooLarge', `Request entity too large: limit is ${largestBody}`);
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks);
};

const requestOf = (raw: IncomingMessage, body: Buffer, user: ApiRequest['user']): ApiRequest => {
  const url = raw.url ?? '/';
  const mark = url.indexOf('?');
  return {
    method: raw.method ?? 'GET',
    path: mark === -1 ? url : url.slice(0, mark),
    query: new URLSearchParams(mark === -1 ? '' : url.slice(mark + 1)),
    body,
    contentType: raw.headers['content-type'] ?? '',
    accept: raw.headers.accept ?? '',
    userAgent: raw.headers['user-agent'] ?? '',
    user,
  };
};

const versionOf = (url: string): string => {
  const [root, group = '', version = ''] =
    url
      .split('?')[0]
      ?.split('/')
      .filter((part) => part !== '') ?? [];
  return root === 'api' ? group : root === 'apis' && version !== '' ? `${group}/${version}` : '';
};

const reply = (answer: ApiReply, out: ServerResponse): number => {
  if (answer.kind === 'stream') {
    out.writeHead(200, { 'content-type': answer.contentType, 'cache-control': 'no-cache, private' });
    out.flushHeaders();
    // A client that goes away while something is being written is no error of ours.
    out.on('error', () => out.destroy());
    const stop = answer.start(out);
    out.on('close', stop);
    return 200;
  }
  if (answer.code === 204) {
    out.writeHead(204, { 'cache-control': 'no-cache, private' }).end();
    return 204;
  }
  const text = answer.kind === 'text';
  const body = text ? answer.body : `${JSON.stringify(answer.body)}\n`;
  for (const warning of (text ? undefined : answer.warnings) ?? [])
    out.appendHeader('warning', `299 - ${JSON.stringify(warning)}`);
  out.writeHead(answer.code, {
    'content-type': answer.contentType ?? (text ? 'text/plain; charset=utf-8' : 'application/json'),
    'cache-control': 'no-cache, private',
    'content-length': Buffer.byteLength(body),
  });
  out.end(body);
  return answer.code;
};

const failure = (error: ApiError, out: ServerResponse): number => {
  if (out.headersSent) {
    out.destroy();
    return error.code;
  }
  // What is still being sent of a body that is too large must not be taken for the next request.
  if (error.code === 413) out.setHeader('connection', 'close');
  const seconds = error.details?.retryAfterSeconds;
  if (seconds !== undefined) out.setHeader('retry-after', String(seconds));
  return reply(
    isFlowControl(error)
      ? { kind: 'text', code: error.code, body: error.message }
      : { kind: 'json', code: error.code, body: statusOf(error) },
    out,
  );
};
