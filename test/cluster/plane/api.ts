import { Agent, request } from 'node:https';
import type { KeyPair } from '../../../src/sandbox/server/certificates.ts';

export interface Answer {
  readonly status: number;
  readonly body: string;
}

/** The API server as its administrator speaks to it, without any client library. */
export interface Api {
  /** `path` with query. A body goes as JSON, with PATCH as a merge patch. */
  ask(method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE', path: string, body?: unknown): Promise<Answer>;
  /** The answer's JSON; throws for a refusal. */
  json<T>(method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE', path: string, body?: unknown): Promise<T>;
  close(): void;
}

export const apiOf = (server: string, ca: string, client: KeyPair): Api => {
  const agent = new Agent({ ca, cert: client.certificate, key: client.key, keepAlive: true });
  const ask: Api['ask'] = (method, path, body) =>
    new Promise((done, fail) => {
      const type = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json';
      const headers = body === undefined ? {} : { 'content-type': type };
      const outgoing = request(new URL(path, server), { method, agent, headers }, (answer) => {
        const chunks: Buffer[] = [];
        answer.on('data', (chunk: Buffer) => chunks.push(chunk));
        answer.on('error', fail);
        answer.on('end', () => done({ status: answer.statusCode ?? 0, body: Buffer.concat(chunks).toString('utf8') }));
      });
      outgoing.on('error', fail);
      outgoing.end(body === undefined ? undefined : JSON.stringify(body));
    });
  return {
    ask,
    async json<T>(method: Parameters<Api['ask']>[0], path: string, body?: unknown): Promise<T> {
      const answer = await ask(method, path, body);
      if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${answer.body}`);
      return JSON.parse(answer.body) as T;
    },
    close: () => agent.destroy(),
  };
};
