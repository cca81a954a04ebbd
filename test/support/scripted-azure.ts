import { createServer, type Server } from 'node:https';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Azure } from '../../src/azure/azure.ts';
import { createAzure } from '../../src/azure/create-azure.ts';
import { chooseCredential } from '../../src/azure/credential.ts';
import type { CloudProfile } from '../../src/config/cloud-profile.ts';
import { noteRequests } from './arm-bodies.ts';
import { issueAuthority, issueLeaf } from '../../src/sandbox/server/certificates.ts';

export const TENANT = '11111111-1111-4111-8111-111111111111';
export const SUBSCRIPTION = '22222222-2222-4222-8222-222222222222';
export const CLIENT = '33333333-3333-4333-8333-333333333333';
export const SECRET = 'a-secret-nobody-may-see';

export interface Seen {
  readonly method: string;
  /** Path without the query, as it came. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
  readonly text: string;
  readonly body: unknown;
}

export interface Answer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** `reset` breaks the connection off without an answer. */
export type Script = Answer | 'reset' | ((seen: Seen) => Answer | 'reset');

export interface ScriptedAzure extends AsyncDisposable {
  readonly origin: string;
  readonly folder: string;
  readonly profile: CloudProfile;
  readonly requests: readonly Seen[];
  readonly warnings: readonly string[];
  /** Milliseconds that the watch was told to wait, one entry a pause. */
  readonly pauses: readonly number[];
  /** Answers in turn; the last one stays. Ids are matched without case, as ARM does. */
  on(method: string, path: string, ...scripts: readonly Script[]): void;
  azure(options?: { clusterApiVersion?: string | undefined; profile?: Partial<CloudProfile> }): Promise<Azure>;
  only(method: string, part: string): readonly Seen[];
}

/** A small HTTPS server with a CA of its own that answers what a test says, and writes down what was on the wire. */
export async function scriptedAzure(): Promise<ScriptedAzure> {
  const folder = await mkdtemp(join(tmpdir(), 'scripted-azure-'));
  const authority = await issueAuthority('Test CA', Date.now());
  const leaf = await issueLeaf(
    authority,
    { commonName: 'localhost', dnsNames: ['localhost'], ipAddresses: ['127.0.0.1'], usage: 'server' },
    Date.now(),
  );
  await writeFile(join(folder, 'ca.pem'), authority.certificate);
  await writeFile(join(folder, 'secret'), `${SECRET}\n`, { mode: 0o600 });
  const scripts = new Map<string, Script[]>();
  const requests: Seen[] = [];
  const warnings: string[] = [];
  const pauses: number[] = [];
  const server = createServer({ cert: leaf.certificate, key: leaf.key }, (request, response) => {
    void serve(request, response, scripts, requests);
  });
  const origin = await listen(server);
  for (const [key, script] of signIn(origin)) scripts.set(key, [script]);
  const profile: CloudProfile = {
    name: 'scripted',
    armEndpoint: origin,
    armAudience: `${origin}/`,
    authorityHost: origin,
    privateAuthority: true,
    logsEndpoint: origin,
    logsAudience: origin,
    portal: 'https://portal.azure.com',
    caFile: join(folder, 'ca.pem'),
    pollIntervalMs: 500,
    subscriptionId: SUBSCRIPTION,
    tenantId: TENANT,
    location: undefined,
    credential: { kind: 'client-secret', clientId: CLIENT, clientSecretFile: join(folder, 'secret') },
    charts: {},
    notes: [],
  };
  let now = Date.now();
  const clock = {
    now: () => now,
    monotonic: () => now,
    sleep: async (ms: number, signal: AbortSignal) => {
      signal.throwIfAborted();
      pauses.push(ms);
      now += ms;
    },
  };
  return {
    origin,
    folder,
    profile,
    requests,
    warnings,
    pauses,
    on(method, path, ...next) {
      scripts.set(`${method} ${path.toLowerCase()}`, [...next]);
    },
    only: (method, part) =>
      requests.filter((seen) => seen.method === method && seen.path.toLowerCase().includes(part.toLowerCase())),
    async azure(options = {}) {
      const changed = { ...profile, ...options.profile };
      const credential = await chooseCredential({
        profile: changed,
        auth: undefined,
        env: {},
        tenant: undefined,
        interactive: false,
        now: clock.now,
      });
      return createAzure({
        profile: changed,
        credential,
        subscriptionId: SUBSCRIPTION,
        tenantId: TENANT,
        clock,
        clusterApiVersion: 'clusterApiVersion' in options ? options.clusterApiVersion : '2026-03-02-preview',
        retry: { maxRetries: 3, delayMs: 1 },
        warn: (code, message) => warnings.push(`${code}: ${message}`),
      });
    },
    async [Symbol.asyncDispose]() {
      const time = new Date().toISOString();
      noteRequests(
        requests.map(({ method, path, query, headers, body }) => ({
          time,
          service: 'arm',
          client: headers['user-agent'] ?? '',
          method,
          path,
          apiVersion: query.get('api-version') ?? '',
          body,
        })),
      );
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function serve(
  request: IncomingMessage,
  response: ServerResponse,
  scripts: Map<string, Script[]>,
  requests: Seen[],
): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString('utf8');
  // The path as it came: a double slash must be seen, not mended.
  const [path = '', search = ''] = (request.url ?? '').split(/\?(.*)/s);
  const seen: Seen = {
    method: request.method ?? '',
    path: decodeURIComponent(path),
    query: new URLSearchParams(search),
    headers: request.headers,
    text,
    body: text.startsWith('{') ? (JSON.parse(text) as unknown) : undefined,
  };
  requests.push(seen);
  const queue = scripts.get(`${seen.method} ${seen.path.toLowerCase()}`) ?? [
    {
      status: 404,
      body: { error: { code: 'ResourceNotFound', message: `The Resource '${seen.path}' was not found.` } },
    },
  ];
  const script = queue.length > 1 ? queue.shift() : queue[0];
  const answer = typeof script === 'function' ? script(seen) : (script ?? {});
  if (answer === 'reset') {
    request.socket.destroy();
    return;
  }
  response.writeHead(answer.status ?? 200, { 'content-type': 'application/json', ...answer.headers });
  response.end(answer.body === undefined ? undefined : JSON.stringify(answer.body));
}

const listen = (server: Server): Promise<string> =>
  new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve(`https://localhost:${typeof address === 'object' && address !== null ? address.port : 0}`);
    });
  });

/** An authority that gives everybody a token. */
function signIn(origin: string): readonly (readonly [string, Script])[] {
  const claims = { tid: TENANT, appid: CLIENT, exp: Math.floor(Date.now() / 1000) + 3600 };
  const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const token = `${part({ alg: 'none' })}.${part(claims)}.signature`;
  return [
    [
      `GET /${TENANT}/v2.0/.well-known/openid-configuration`,
      {
        body: {
          token_endpoint: `${origin}/${TENANT}/oauth2/v2.0/token`,
          authorization_endpoint: `${origin}/${TENANT}/oauth2/v2.0/authorize`,
          issuer: `${origin}/${TENANT}/v2.0`,
          jwks_uri: `${origin}/${TENANT}/discovery/v2.0/keys`,
        },
      },
    ],
    [
      `POST /${TENANT}/oauth2/v2.0/token`,
      { body: { token_type: 'Bearer', expires_in: 3600, ext_expires_in: 3600, access_token: token } },
    ],
  ];
}
