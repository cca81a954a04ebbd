import { createServer as createPlainServer, type RequestListener } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { createServer, type Socket } from 'node:net';

export interface RegistryListener {
  /** `localhost:PORT`, as it stands in `oci://` references. */
  readonly host: string;
  readonly port: number;
  close(): Promise<void>;
}

const tlsHandshake = 0x16;

/**
 * Listens on 127.0.0.1 for TLS and for plain HTTP on one port: helm 3 takes every registry on localhost for a plain one,
 * whatever CA it is given, and helm 4 takes it for TLS. What a connection speaks shows in its first byte.
 */
export async function listenForHelm(options: {
  /** 0 takes a free one. */
  readonly port: number;
  /** PEM texts. */
  readonly identity: { readonly certificate: string; readonly key: string };
  readonly handle: RequestListener;
}): Promise<RegistryListener> {
  const plain = createPlainServer(options.handle);
  const secure = createTlsServer({ cert: options.identity.certificate, key: options.identity.key }, options.handle);
  // Who does not trust the CA hangs up, and that is all there is to it.
  secure.on('tlsClientError', () => undefined);
  const sockets = new Set<Socket>();
  const front = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    socket.once('data', (first: Buffer) => {
      socket.pause();
      socket.unshift(first);
      (first[0] === tlsHandshake ? secure : plain).emit('connection', socket);
      queueMicrotask(() => socket.resume());
    });
  });
  await new Promise<void>((resolve, reject) => {
    front.once('error', reject);
    front.listen(options.port, '127.0.0.1', () => {
      front.off('error', reject);
      resolve();
    });
  });
  const address = front.address();
  const port = typeof address === 'object' && address !== null ? address.port : options.port;
  return {
    host: `localhost:${port}`,
    port,
    close: () =>
      new Promise((resolve) => {
        front.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}
