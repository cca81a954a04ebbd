import { WebSocket } from 'ws';
import type { SocketOptions, Streamed } from './call.ts';

export interface SocketAccess {
  /** `wss://host:port` */
  readonly url: string;
  readonly tls: { readonly ca: string; readonly cert?: string; readonly key?: string; readonly servername?: string };
  readonly token: string | undefined;
}

/** No exec here goes on that long; one that should have been refused does. */
const longestMs = 10_000;

/** Opens a WebSocket of channels and collects what it says. */
export const openSocket = (access: SocketAccess, path: string, options: SocketOptions): Promise<Streamed> =>
  new Promise((resolve, reject) => {
    const { protocols = ['v5.channel.k8s.io'], send = [], until = () => false } = options;
    const headers = access.token === undefined ? {} : { authorization: `Bearer ${access.token}` };
    const socket = new WebSocket(`${access.url}${path}`, [...protocols], { ...access.tls, headers });
    const collected = new Map<number, Buffer[]>();
    const channels = (): Streamed['channels'] =>
      Object.fromEntries([...collected].map(([channel, chunks]) => [channel, readable(Buffer.concat(chunks))]));
    let ended = false;
    const finish = (told: Streamed | Error): void => {
      if (ended) return;
      ended = true;
      clearTimeout(timer);
      socket.terminate();
      if (told instanceof Error) reject(told);
      else resolve(told);
    };
    const opened = (): Streamed => ({ status: 101, protocol: socket.protocol, channels: channels() });
    const timer = setTimeout(() => finish({ ...opened(), protocol: 'does not end' }), longestMs);
    socket.on('error', (error) => finish({ status: 0, protocol: '', refusal: error.message, channels: {} }));
    socket.on('unexpected-response', (_request, answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('end', () => {
        const refusal = readable(Buffer.concat(chunks));
        finish({ status: answer.statusCode ?? 0, protocol: '', refusal, channels: {} });
      });
    });
    socket.on('open', () => {
      for (const [channel, text] of send) socket.send(Buffer.concat([Buffer.from([channel]), Buffer.from(text)]));
      options.meanwhile?.().catch(finish);
    });
    socket.on('message', (data: Buffer) => {
      const [channel = 0] = data;
      // A frame of a channel's number alone says that the channel is there.
      if (data.length > 1) collected.set(channel, [...(collected.get(channel) ?? []), data.subarray(1)]);
      if (until(channels())) finish(opened());
    });
    socket.on('close', () => finish(opened()));
  });

const readable = (bytes: Buffer): unknown => {
  const text = bytes.toString('latin1');
  if (text.length > 2000) return `${text.length} of ${text.charAt(0)}`;
  try {
    return text.startsWith('{') ? (JSON.parse(text) as unknown) : text;
  } catch {
    return text;
  }
};
