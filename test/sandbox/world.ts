import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { request as httpsRequest } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TokenCredential } from '@azure/core-auth';
import { onTestFinished } from 'vitest';
import { wallClock } from '../../src/sandbox/clock.ts';
import type { ClusterHost, ClusterSpec } from '../../src/sandbox/kubernetes/host.ts';
import type { Published } from '../../src/sandbox/published.ts';
import { serve } from '../../src/sandbox/serve.ts';
import type { ServeOptions } from '../../src/sandbox/serve.ts';

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Readonly<Record<string, unknown>>;
  readonly text: string;
}

export interface RequestOptions {
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** In place of the token of the sandbox's own client; null sends none. */
  readonly token?: string | null;
}

export interface World {
  readonly dir: string;
  readonly published: Published;
  readonly ca: string;
  readonly subscription: string;
  /** Specs that the Kubernetes side was told, in order; removed ids begin with a minus. */
  readonly told: readonly (ClusterSpec | string)[];
  readonly credential: TokenCredential;
  /** A path of ARM, or a whole URL. */
  request(method: string, path: string, options?: RequestOptions): Promise<Answer>;
  control(method: string, path: string, body?: unknown): Promise<Answer>;
  token(scope: string): Promise<string>;
  /** Asks again until the answer fits. */
  until(path: string, fits: (answer: Answer) => boolean): Promise<Answer>;
  /** Registers providers and waits for them. */
  register(...namespaces: readonly string[]): Promise<void>;
  stop(): Promise<void>;
}

const exchange = (
  url: string,
  ca: string,
  method: string,
  headers: Readonly<Record<string, string>>,
  body: string | undefined,
): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const outgoing = httpsRequest(url, { method, headers, ca, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString('utf8');
        const type = response.headers['content-type'] ?? '';
        const parsed =
          text !== '' && type.startsWith('application/json') ? (JSON.parse(text) as Record<string, unknown>) : {};
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers as Record<string, string>,
          body: parsed,
          text,
        });
      });
      response.on('error', reject);
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });

/** A sandbox of its own in this process, without a Kubernetes behind it unless `kubernetes` says so; closed when the test is over. */
export const world = async (
  options: Partial<ServeOptions> & { readonly speed?: number; readonly kubernetes?: boolean } = {},
): Promise<World> => {
  const dir = options.dir ?? mkdtempSync(join(tmpdir(), 'sandbox-'));
  const told: (ClusterSpec | string)[] = [];
  const clusterHost: ClusterHost = {
    ensure: async (spec) => void told.push(spec),
    kubeconfig: (id, user) => {
      if (!told.some((spec) => typeof spec !== 'string' && spec.id.toLowerCase() === id.toLowerCase()))
        throw new Error(`no cluster ${id}`);
      return `apiVersion: v1\nkind: Config\nclusters: []\nusers:\n- name: ${user}\n  user:\n    token: abc\n`;
    },
    remove: async (id) => void told.push(`-${id}`),
    close: async () => undefined,
  };
  const stopping = new AbortController();
  const { speed = 2000, kubernetes = false, ...rest } = options;
  const served = await serve({
    clock: wallClock(speed),
    ...(kubernetes ? {} : { clusterHost }),
    signal: stopping.signal,
    idleMs: 0,
    cacheDir: join(dir, 'cache'),
    ...rest,
    dir,
  });
  const { published } = served;
  const ca = readFileSync(published.caFile, 'utf8');
  const stop = async (): Promise<void> => {
    stopping.abort();
    await served.closed;
  };
  onTestFinished(async () => {
    await stop();
    if (options.dir === undefined) rmSync(dir, { recursive: true, force: true });
  });
  const form = (fields: Readonly<Record<string, string>>): string => new URLSearchParams(fields).toString();
  const token = async (scope: string): Promise<string> => {
    const answer = await exchange(
      `${published.authority}/${published.tenantId}/oauth2/v2.0/token`,
      ca,
      'POST',
      { 'content-type': 'application/x-www-form-urlencoded' },
      form({
        grant_type: 'client_credentials',
        client_id: published.clientId,
        client_secret: published.clientSecret,
        scope,
      }),
    );
    if (answer.status !== 200) throw new Error(answer.text);
    return String(answer.body['access_token']);
  };
  let own: string | undefined;
  const request = async (
    method: string,
    path: string,
    { body, headers = {}, token: given }: RequestOptions = {},
  ): Promise<Answer> => {
    own ??= await token(`${published.arm}/.default`);
    const bearer = given === null ? {} : { authorization: `Bearer ${given ?? own}` };
    const url = path.startsWith('https:') ? path : `${published.arm}${path}`;
    const payload = body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body);
    const type = payload === undefined ? {} : { 'content-type': 'application/json' };
    return exchange(url, ca, method, { ...bearer, ...type, ...headers }, payload);
  };
  const until = async (path: string, fits: (answer: Answer) => boolean): Promise<Answer> => {
    for (;;) {
      const answer = await request('GET', path);
      if (fits(answer)) return answer;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };
  const { ClientSecretCredential } = await import('@azure/identity');
  const credential = new ClientSecretCredential(published.tenantId, published.clientId, published.clientSecret, {
    authorityHost: published.authority,
    disableInstanceDiscovery: true,
    tlsOptions: { ca },
  });
  const subscription = `/subscriptions/${published.subscriptionId}`;
  return {
    dir,
    published,
    ca,
    subscription,
    told,
    credential,
    request,
    control: (method, path, body) =>
      exchange(
        `${published.control}${path}`,
        ca,
        method,
        { authorization: `Bearer ${published.controlToken}` },
        body === undefined ? undefined : JSON.stringify(body),
      ),
    token,
    until,
    async register(...namespaces) {
      for (const namespace of namespaces)
        await request('POST', `${subscription}/providers/${namespace}/register?api-version=2025-04-01`);
      for (const namespace of namespaces) {
        await until(
          `${subscription}/providers/${namespace}?api-version=2025-04-01`,
          ({ body }) => body['registrationState'] === 'Registered',
        );
      }
    },
    stop,
  };
};

/** What the SDK clients need to meet the sandbox: its endpoint, its audience in both option dialects, its CA. */
export const clientOptions = ({ published, ca }: World) => ({
  endpoint: published.arm,
  credentialScopes: [`${published.arm}/.default`],
  credentials: { scopes: [`${published.arm}/.default`] },
  tlsOptions: { ca },
});

/** The body of a cluster like the one that the product makes. */
export const clusterBody = (workspaceId?: string, change: Readonly<Record<string, unknown>> = {}) => ({
  location: 'uksouth',
  sku: { name: 'Base', tier: 'Free' },
  identity: { type: 'SystemAssigned' as const },
  tags: { owner: 'me' },
  properties: {
    dnsPrefix: 'lab',
    agentPoolProfiles: [
      {
        name: 'system',
        mode: 'System',
        count: 2,
        vmSize: 'Standard_D4s_v5',
        osType: 'Linux',
        nodeTaints: ['CriticalAddonsOnly=true:NoSchedule'],
      },
      { name: 'workloads', mode: 'User', count: 2, vmSize: 'Standard_D4s_v5', osType: 'Linux' },
    ],
    networkProfile: {
      networkPlugin: 'none',
      podCidr: '10.100.0.0/18',
      serviceCidr: '10.101.0.0/20',
      dnsServiceIP: '10.101.0.10',
      kubeProxyConfig: { enabled: false },
    },
    ...(workspaceId === undefined
      ? {}
      : {
          addonProfiles: {
            omsagent: { enabled: true, config: { logAnalyticsWorkspaceResourceID: workspaceId, useAADAuth: 'true' } },
          },
        }),
    ...change,
  },
});
