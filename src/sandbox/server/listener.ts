import { createServer } from 'node:https';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { KeyPair } from './certificates.ts';
import type { Handler, HttpReply, HttpRequest, Outcome } from './http.ts';

export interface Listener {
  /** `https://localhost:PORT`. */
  readonly origin: string;
  readonly port: number;
  close(): Promise<void>;
}

/** Azure refuses request bodies over 4 MB; more than that is never read into memory. */
const maxBodyBytes = 4 * 1024 * 1024;

/**
 * Listens on 127.0.0.1 with TLS. A port that is taken is an error the caller can tell by its code EADDRINUSE;
 * port 0 takes a free one.
 */
export const listen = async (options: {
  readonly port: number;
  readonly identity: KeyPair;
  readonly handler: Handler;
  readonly onCrash: (error: unknown) => void;
}): Promise<Listener> => {
  const sockets = new Set<Duplex>();
  const server = createServer({ cert: options.identity.certificate, key: options.identity.key });
  let origin = '';
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  server.on('request', (incoming, response) => {
    void serveOne(incoming, response, origin, options.handler).catch((error: unknown) => {
      // A client that went away while it was speaking is no crash of ours.
      if (incoming.complete) options.onCrash(error);
      if (!response.headersSent) response.writeHead(500, { 'content-type': 'application/json' });
      response.end(
        JSON.stringify({ error: { code: 'InternalServerError', message: 'Encountered internal server error.' } }),
      );
    });
  });
  // A client that does not trust our CA is its own business, not a crash of ours.
  server.on('tlsClientError', () => undefined);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, '127.0.0.1', () => {
      server.off('error', reject);
      resolve();
    });
  });
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : options.port;
  origin = `https://localhost:${port}`;
  return {
    origin,
    port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
};

const serveOne = async (
  incoming: IncomingMessage,
  response: ServerResponse,
  origin: string,
  handler: Handler,
): Promise<void> => {
  const body = await readBody(incoming);
  if (body === undefined) {
    response.writeHead(413, { connection: 'close' });
    response.end();
    return;
  }
  const abort = new AbortController();
  response.on('close', () => abort.abort());
  const outcome = await handler(toRequest(incoming, origin, body, abort.signal));
  write(incoming, response, outcome);
};

const toRequest = (incoming: IncomingMessage, origin: string, body: Buffer, signal: AbortSignal): HttpRequest => {
  // Links in answers lead back to the name by which the client came: one listener may play several hosts.
  const named = incoming.headers.host ?? '';
  const from = /^[a-z\d.-]+(?::\d{1,5})?$/iu.test(named) ? `https://${named}` : origin;
  // Joined as text: `new URL('//metadata/endpoints', origin)` would take "metadata" for a host.
  const url = new URL(from + (incoming.url ?? '/'));
  const path = (incoming.url ?? '/').split('?', 1)[0] ?? '/';
  return { method: incoming.method ?? 'GET', url, path, headers: incoming.headers, body, signal };
};

const readBody = async (incoming: IncomingMessage): Promise<Buffer | undefined> => {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxBodyBytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
};

/** Promises a whole answer and cuts the connection in the middle of it. */
const writeHalf = (incoming: IncomingMessage, response: ServerResponse, { status, headers, body }: HttpReply): void => {
  const text = body === undefined ? '' : JSON.stringify(body);
  response.writeHead(status, {
    'content-type': 'application/json',
    ...headers,
    'content-length': String(text.length + 1),
  });
  response.write(text.slice(0, text.length / 2), () => incoming.socket.destroy());
};

/** A whole answer, a tenth of its body at a time. */
const writeSlowly = (
  response: ServerResponse,
  { reply: { status, headers, body }, seconds }: Extract<Outcome, { readonly action: 'slow' }>,
): void => {
  const bytes = Buffer.from(body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body));
  const step = Math.max(1, Math.ceil(bytes.length / 10));
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    ...headers,
    'content-length': String(bytes.length),
  });
  response.flushHeaders();
  let sent = 0;
  const timer = setInterval(() => {
    response.write(bytes.subarray(sent, sent + step));
    sent += step;
    if (sent < bytes.length) return;
    clearInterval(timer);
    response.end();
  }, seconds * 100);
  timer.unref();
  response.on('close', () => clearInterval(timer));
};

const write = (incoming: IncomingMessage, response: ServerResponse, outcome: Outcome): void => {
  if ('action' in outcome) {
    if (outcome.action === 'reset') incoming.socket.destroy();
    if (outcome.action === 'truncate') writeHalf(incoming, response, outcome.reply);
    if (outcome.action === 'slow') writeSlowly(response, outcome);
    return;
  }
  const { status, headers = {}, body } = outcome;
  const text = body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body);
  const type =
    text === undefined || 'content-type' in headers ? {} : { 'content-type': 'application/json; charset=utf-8' };
  const length = text === undefined ? { 'content-length': '0' } : { 'content-length': String(Buffer.byteLength(text)) };
  response.writeHead(status, { 'cache-control': 'no-cache', ...type, ...(status === 204 ? {} : length), ...headers });
  response.end(incoming.method === 'HEAD' ? undefined : text);
};
