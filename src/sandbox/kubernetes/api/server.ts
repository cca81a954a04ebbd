import { createHash } from 'node:crypto';
import { createServer, type Server } from 'node:https';
import type { IncomingMessage } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex, Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { ApiError, statusOf, unauthorized } from './api-error.ts';
import type { Troubles } from '../troubles.ts';
import type { KeyPair } from '../../server/certificates.ts';
import { diesAt, strikeAfterReply, type MeetKill } from '../../server/kill-point.ts';
import type { Identities } from './identity.ts';
import { followReachability } from './reachability.ts';
import { failure, reply } from './reply.ts';
import { refusalOf, type FaultOf } from './request-fault.ts';
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
  readonly meet: MeetKill;
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
    run: (request: ApiRequest, meeting: Meeting) => Promise<LoggedRequest['status']>,
    fail: (error: ApiError) => number,
  ): Promise<void> => {
    const started = options.now();
    const fault = options.fault(raw.method ?? 'GET', (raw.url ?? '/').replace(/\?.*$/, ''));
    const lost = fault?.kind === 'reset' ? fault.when : undefined;
    const point = options.meet({ service: 'kubernetes', method: raw.method ?? 'GET', path: raw.url ?? '/' });
    const gone = new AbortController();
    if (point !== undefined) raw.socket.once('close', () => gone.abort());
    let hash = '';
    const status = await (async (): Promise<LoggedRequest['status']> => {
      try {
        if (fault?.kind === 'stall') return 'stall';
        if (lost === 'before' || (await diesAt('before-apply', point, gone.signal))) return cut(raw);
        const body = await readBody(raw);
        if (body.length > 0) hash = createHash('sha256').update(body).digest('hex');
        const user = identities.authenticate(raw);
        if (user === undefined) throw unauthorized();
        const refusal = refusalOf(fault);
        if (refusal !== undefined) throw refusal;
        return await run(requestOf(raw, body, user), {
          late: fault?.kind === 'slow' ? fault.seconds : 0,
          losesAnswer: async () => lost === 'after' || (await diesAt('after-apply', point, gone.signal)),
        });
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
    strikeAfterReply(point);
  };

  server.on('request', (raw, out) => {
    void answer(
      raw,
      async (request, { late, losesAnswer }) => {
        const answered = await options.handle(request);
        if (late > 0) await sleep(late * 1000, undefined, { ref: false });
        if (await losesAnswer()) return cut(raw);
        const status = reply(answered, out);
        if (out.writableEnded) await flushed(out);
        return status;
      },
      (error) => failure(error, out),
    );
  });
  server.on('upgrade', (raw: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => socket.destroy());
    void answer(
      raw,
      async (request, { losesAnswer }) => {
        const status = await options.upgrade(request, raw, socket, head);
        return (await losesAnswer()) ? cut(raw) : status;
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

/** What is to become of a request between its change and its answer. */
interface Meeting {
  /** Seconds. */
  readonly late: number;
  readonly losesAnswer: () => Promise<boolean>;
}

/** Settles when an answer is with the kernel, or its reader is gone. */
const flushed = (out: Writable): Promise<void> =>
  finished(out, { readable: false }).then(
    () => undefined,
    () => undefined,
  );

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
