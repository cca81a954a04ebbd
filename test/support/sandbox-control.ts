import { readFileSync } from 'node:fs';
import { request } from 'node:https';
import type { Published } from '../../src/sandbox/published.ts';

/** A line of the sandbox's request log. */
export interface LoggedRequest {
  readonly service: string;
  readonly client: string;
  readonly method: string;
  readonly path: string;
  readonly apiVersion?: string;
  readonly status: number | string;
  readonly body?: Readonly<Record<string, unknown>>;
  readonly code?: string;
  readonly ifMatch?: string;
}

/** A resource as `GET /resources` tells it. */
export interface SandboxResource {
  readonly id: string;
  readonly type: string;
  readonly name: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly provisioningState?: string;
}

export interface SandboxControl {
  requests(): Promise<readonly LoggedRequest[]>;
  resources(): Promise<readonly SandboxResource[]>;
  groups(): Promise<readonly { readonly name: string; readonly tags?: Readonly<Record<string, string>> }[]>;
  fault(fault: { readonly name: string; readonly [parameter: string]: unknown }): Promise<void>;
  /** What is still to go wrong. */
  faults(): Promise<readonly { readonly name: string; readonly count?: number }[]>;
  clearFaults(): Promise<void>;
  /** Forgets everything but identity, keys and ports. */
  reset(): Promise<void>;
  sabotage(order: { readonly kind: string; readonly [parameter: string]: unknown }): Promise<void>;
}

/** The sandbox's control API, as a test uses it. */
export const sandboxControl = (published: Published): SandboxControl => {
  const ca = readFileSync(published.caFile);
  const ask = (method: string, path: string, body?: unknown): Promise<string> =>
    new Promise((done, fail) => {
      const headers = { authorization: `Bearer ${published.controlToken}`, connection: 'close' };
      const outgoing = request(`${published.control}${path}`, { method, ca, headers, agent: false }, (answer) => {
        const chunks: Buffer[] = [];
        answer.on('data', (chunk: Buffer) => chunks.push(chunk));
        answer.on('end', () => {
          const text = Buffer.concat(chunks).toString('utf8');
          if ((answer.statusCode ?? 500) < 300) done(text);
          else fail(new Error(`${method} ${path}: ${answer.statusCode ?? '?'} ${text}`));
        });
      });
      outgoing.on('error', fail);
      outgoing.end(body === undefined ? undefined : JSON.stringify(body));
    });
  const seen = async (): Promise<{
    readonly resources: readonly SandboxResource[];
    readonly groups: readonly { readonly name: string; readonly tags?: Readonly<Record<string, string>> }[];
  }> => JSON.parse(await ask('GET', '/resources')) as Awaited<ReturnType<typeof seen>>;
  return {
    requests: async () =>
      (await ask('GET', '/requests'))
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as LoggedRequest),
    resources: async () => (await seen()).resources,
    groups: async () => (await seen()).groups,
    fault: async (fault) => {
      const answer = await ask('POST', '/faults', fault);
      if (!answer.includes('"id"')) throw new Error(answer);
    },
    faults: async () =>
      (JSON.parse(await ask('GET', '/faults')) as { value: Awaited<ReturnType<SandboxControl['faults']>> }).value,
    clearFaults: async () => void (await ask('DELETE', '/faults')),
    reset: async () => void (await ask('POST', '/reset')),
    sabotage: async (order) => void (await ask('POST', '/sabotage', order)),
  };
};
