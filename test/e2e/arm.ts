import { readFileSync } from 'node:fs';
import { request } from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Cloud } from './cloud.ts';

export interface Answer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

/** Azure as a colleague's own tool speaks to it: with a token of the authority, and nothing of the product's. */
export interface Colleague {
  /** `path` is below the subscription. */
  ask(method: string, path: string, body?: unknown): Promise<Answer>;
  /** Creates or replaces, and waits until it is there. */
  make(path: string, body: unknown): Promise<Answer>;
  register(...namespaces: readonly string[]): Promise<void>;
}

const exchange = (
  cloud: Cloud,
  url: string,
  method: string,
  headers: Readonly<Record<string, string>>,
  body: string | undefined,
): Promise<Answer> =>
  new Promise((done, fail) => {
    const ca = readFileSync(cloud.published['caFile'] ?? '');
    const outgoing = request(url, { method, headers, ca, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString('utf8');
        done({ status: response.statusCode ?? 0, body: text === '' ? {} : (JSON.parse(text) as Answer['body']) });
      });
    });
    outgoing.on('error', fail);
    outgoing.end(body);
  });

export const colleague = async (cloud: Cloud): Promise<Colleague> => {
  const { arm = '', authority = '', tenantId = '', clientId = '', clientSecret = '' } = cloud.published;
  const { subscriptionId = '' } = cloud.published;
  const signIn = await exchange(
    cloud,
    `${authority}/${tenantId}/oauth2/v2.0/token`,
    'POST',
    { 'content-type': 'application/x-www-form-urlencoded' },
    new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: clientId,
      client_secret: clientSecret,
      scope: `${arm}//.default`,
    }).toString(),
  );
  const headers = {
    authorization: `Bearer ${String(signIn.body['access_token'])}`,
    'content-type': 'application/json',
    'user-agent': 'a colleague',
  };
  const ask: Colleague['ask'] = (method, path, body) =>
    exchange(
      cloud,
      `${arm}/subscriptions/${subscriptionId}${path}`,
      method,
      headers,
      body === undefined ? undefined : JSON.stringify(body),
    );
  const stateOf = ({ body }: Answer, name: string): unknown =>
    (body['properties'] as Answer['body'] | undefined)?.[name] ?? body[name];
  const until = async (path: string, name: string, state: string): Promise<Answer> => {
    for (;;) {
      const answer = await ask('GET', path);
      if (answer.status === 200 && stateOf(answer, name) === state) return answer;
      await sleep(50);
    }
  };
  return {
    ask,
    async make(path, body) {
      const answer = await ask('PUT', path, body);
      if (answer.status >= 300) throw new Error(`PUT ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
      return until(path, 'provisioningState', 'Succeeded');
    },
    async register(...namespaces) {
      for (const namespace of namespaces) {
        await ask('POST', `/providers/${namespace}/register?api-version=2025-04-01`);
        await until(`/providers/${namespace}?api-version=2025-04-01`, 'registrationState', 'Registered');
      }
    },
  };
};
