import { Agent, request as httpsRequest } from 'node:https';
import type { IncomingMessage } from 'node:http';
import { textAt } from '../json.ts';
import type { Access } from './access.ts';

/** What a real API server answered in place of what was asked for; status 0 where nobody answered. */
export class KubeError extends Error {
  readonly status: number;

  constructor(status: number, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'KubeError';
    this.status = status;
  }
}

export interface KubeClient {
  /** JSON of an object or a list; undefined for 404. @throws KubeError */
  get(path: string): Promise<unknown>;
  /** A JSON merge patch. @throws KubeError */
  mergePatch(path: string, patch: unknown): Promise<void>;
  /** The body of an answer as it comes, until `signal` fires. @throws KubeError */
  stream(path: string, signal: AbortSignal): AsyncIterable<Buffer>;
  close(): void;
}

/** Milliseconds that a real API server may take over one answer. */
const patience = 15_000;

/** A client of a real API server: as much of one as the sandbox needs. */
export const createKubeClient = (access: Access): KubeClient => {
  const tls = {
    ...(access.ca === undefined ? {} : { ca: access.ca }),
    ...(access.client === undefined ? {} : { cert: access.client.certificate, key: access.client.key }),
    ...(access.serverName === undefined ? {} : { servername: access.serverName }),
    rejectUnauthorized: !access.insecure,
  };
  // Streams stay open for hours: they must not take the sockets that short questions need.
  const [short, long] = [new Agent({ ...tls, keepAlive: true, maxSockets: 8 }), new Agent({ ...tls })];
  const authorization = access.token === undefined ? {} : { authorization: `Bearer ${access.token}` };

  const send = (
    path: string,
    options: { method?: string; body?: string; type?: string; agent: Agent; signal?: AbortSignal; timeout?: number },
  ): Promise<IncomingMessage> =>
    new Promise((resolve, reject) => {
      const { method = 'GET', body, type, agent, signal, timeout } = options;
      const headers = {
        ...authorization,
        accept: 'application/json, */*',
        'user-agent': 'aks-ebpf-sentinel-sandbox',
        ...(type === undefined ? {} : { 'content-type': type }),
      };
      const outgoing = httpsRequest(
        `${access.server}${path}`,
        {
          method,
          headers,
          agent,
          ...(signal === undefined ? {} : { signal }),
          ...(timeout === undefined ? {} : { timeout }),
        },
        resolve,
      );
      outgoing.on('timeout', () => outgoing.destroy(new Error(`no answer within ${patience / 1000} s`)));
      outgoing.on('error', (error) =>
        reject(new KubeError(0, `${access.server} does not answer: ${said(error)}`, error)),
      );
      outgoing.end(body);
    });

  async function* chunksOf(answer: IncomingMessage): AsyncGenerator<Buffer> {
    const chunks: AsyncIterator<Buffer> = answer[Symbol.asyncIterator]();
    try {
      for (;;) {
        const next = await chunks.next().catch((error: unknown) => {
          throw new KubeError(0, `${access.server} broke off: ${said(error)}`, error);
        });
        if (next.done === true) return;
        yield next.value;
      }
    } finally {
      answer.destroy();
    }
  }

  const whole = async (answer: IncomingMessage): Promise<string> => {
    const chunks: Buffer[] = [];
    for await (const chunk of chunksOf(answer)) chunks.push(chunk);
    return Buffer.concat(chunks).toString('utf8');
  };

  const refused = async (answer: IncomingMessage, path: string): Promise<KubeError> => {
    const text = await whole(answer);
    const status = answer.statusCode ?? 0;
    return new KubeError(
      status,
      `${path.split('?')[0] ?? path}: ${status} ${textAt(parsed(text), 'message') ?? text.slice(0, 200)}`,
    );
  };

  return {
    async get(path) {
      const answer = await send(path, { agent: short, timeout: patience });
      if (answer.statusCode === 404) return void answer.resume();
      if ((answer.statusCode ?? 0) >= 300) throw await refused(answer, path);
      return parsed(await whole(answer));
    },
    async mergePatch(path, patch) {
      const options = { method: 'PATCH', type: 'application/merge-patch+json', body: JSON.stringify(patch) };
      const answer = await send(path, { ...options, agent: short, timeout: patience });
      if ((answer.statusCode ?? 0) >= 300) throw await refused(answer, path);
      answer.resume();
    },
    async *stream(path, signal) {
      const answer = await send(path, { agent: long, signal });
      if ((answer.statusCode ?? 0) >= 300) throw await refused(answer, path);
      yield* chunksOf(answer);
    },
    close() {
      short.destroy();
      long.destroy();
    },
  };
};

const said = (error: unknown): string =>
  error instanceof AggregateError
    ? String((error.errors as unknown[])[0])
    : error instanceof Error
      ? error.message
      : String(error);

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
};
