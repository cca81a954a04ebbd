import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import { badRequest } from './api-error.ts';

/** A connection that asks for an upgrade. */
export interface Upgrade {
  readonly raw: IncomingMessage;
  readonly socket: Duplex;
  readonly head: Buffer;
}

/** Output of one frame; kubectl reads frames of any size, real kubelets send what a read gave them. */
const frame = 32 * 1024;

/** A boolean of a query as the API server reads it: whatever is not a no is a yes. */
export const flag = (query: URLSearchParams, name: string): boolean => {
  const value = query.get(name);
  return value !== null && value !== '0' && value.toLowerCase() !== 'false';
};

export const offered = ({ raw }: Upgrade): readonly string[] =>
  (raw.headers['sec-websocket-protocol'] ?? '').split(',').map((name) => name.trim());

/** Throws for what is no WebSocket, SPDY above all, which is not spoken here. */
export const needWebSocket = ({ raw }: Upgrade): void => {
  if ((raw.headers.upgrade ?? '').toLowerCase() !== 'websocket')
    throw badRequest('unable to upgrade: only WebSocket streaming is supported here');
};

/** A refusal by the kubelet, which the API server hands on as it is; gives its status. */
export const refuse = ({ socket }: Upgrade, status: 400 | 403 | 500, text: string): number => {
  const words = { 400: 'Bad Request', 403: 'Forbidden', 500: 'Internal Server Error' } as const;
  socket.end(
    `HTTP/1.1 ${status} ${words[status]}\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: ${Buffer.byteLength(text)}\r\nConnection: close\r\n\r\n${text}`,
  );
  return status;
};

/** A WebSocket of channels. */
export interface Channels {
  readonly client: WebSocket;
  readonly send: (channel: number, data: string | Buffer) => void;
  /** Tells how it ended on the channel for that, and closes. */
  readonly end: (status: object) => void;
}

/** Answers 101 with this protocol. */
export const openChannels = async (
  { raw, socket, head }: Upgrade,
  protocol: string,
  opened: (channels: Channels) => void,
): Promise<number> => {
  const { WebSocketServer } = await import('ws');
  const server = new WebSocketServer({ noServer: true, handleProtocols: () => protocol });
  server.handleUpgrade(raw, socket, head, (client) => {
    client.on('error', () => client.terminate());
    const send = (channel: number, data: string | Buffer): void => {
      const bytes = Buffer.from(data);
      for (let at = 0; at < bytes.length; at += frame)
        client.send(Buffer.concat([Buffer.from([channel]), bytes.subarray(at, at + frame)]));
    };
    opened({
      client,
      send,
      end(status) {
        send(3, JSON.stringify(status));
        client.close(1000);
      },
    });
  });
  return 101;
};

export const succeeded = { metadata: {}, status: 'Success' } as const;

interface Failure {
  readonly message: string;
  readonly [field: string]: unknown;
}

/** What Kubernetes makes of an error without a status of its own. */
export const internal = (why: string): Failure => ({
  metadata: {},
  status: 'Failure',
  message: `Internal error occurred: ${why}`,
  reason: 'InternalError',
  details: { causes: [{ message: why }] },
  code: 500,
});
