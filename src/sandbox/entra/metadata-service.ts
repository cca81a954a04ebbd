import { createServer } from 'node:http';
import type { IncomingMessage } from 'node:http';
import type { SandboxClock } from '../clock.ts';
import { guidOf } from '../identity.ts';
import type { Identity } from '../identity.ts';
import type { Principal, Principals } from './principals.ts';
import type { RequestLog } from '../server/request-log.ts';
import type { Tokens } from './tokens.ts';

interface MetadataOptions {
  readonly identity: Identity;
  readonly principals: Principals;
  readonly tokens: Tokens;
  readonly clock: SandboxClock;
  readonly audiences: () => readonly string[];
  readonly log: RequestLog;
}

export interface MetadataService {
  /** `http://127.0.0.1:PORT`, for AZURE_POD_IDENTITY_AUTHORITY_HOST. */
  readonly origin: string;
  close(): Promise<void>;
}

/** The machine's own managed identity. Like every new one it has no role until somebody gives it one. */
export const machineIdentity = (identity: Identity): Principal => ({
  objectId: guidOf(`${identity.subscriptionId}/machine/object`),
  type: 'ServicePrincipal',
  displayName: 'machine',
  clientId: guidOf(`${identity.subscriptionId}/machine/client`),
  groups: [],
});

type Answer = readonly [status: number, body: Readonly<Record<string, string>>];

const refuse = (status: number, error: string, text: string): Answer => [status, { error, error_description: text }];

const bare = (audience: string): string => audience.replace(/\/+$/u, '').toLowerCase();

const tokenAnswer = (request: IncomingMessage, options: MetadataOptions): Answer => {
  const url = new URL(`http://metadata${request.url ?? '/'}`);
  if (!/^\/metadata\/identity\/oauth2\/token\/?$/u.test(url.pathname)) return refuse(404, 'not_found', 'Not found');
  if (request.method !== 'GET') return refuse(405, 'method_not_allowed', 'Method not allowed');
  // Whoever can make somebody's browser or proxy fetch a URL cannot make it send this.
  if (request.headers['metadata']?.toString().toLowerCase() !== 'true')
    return refuse(400, 'bad_request_102', 'Required metadata header not specified');
  if (request.headers['x-forwarded-for'] !== undefined)
    return refuse(400, 'bad_request_103', 'The request was forwarded, which is not allowed');
  const wanted = url.searchParams;
  if (wanted.get('api-version') === null)
    return refuse(400, 'invalid_request', "Required query variable 'api-version' is missing");
  const resource = wanted.get('resource');
  if (resource === null) return refuse(400, 'invalid_request', "Required query variable 'resource' is missing");
  const machine = machineIdentity(options.identity);
  const named = wanted.get('client_id') ?? wanted.get('object_id') ?? wanted.get('msi_res_id');
  if (named !== null && ![machine.clientId, machine.objectId].includes(named.toLowerCase()))
    return refuse(400, 'invalid_request', 'Identity not found');
  const audience = options.audiences().find((one) => bare(one) === bare(resource));
  if (audience === undefined)
    return refuse(
      400,
      'invalid_resource',
      `AADSTS500011: The resource principal named ${resource} was not found in the tenant named Sandbox.`,
    );
  const now = Math.floor(options.clock.now() / 1000);
  const { lifetime } = options.tokens;
  return [
    200,
    {
      access_token: options.tokens.issue(audience, machine),
      client_id: machine.clientId ?? '',
      expires_in: String(lifetime),
      expires_on: String(now + lifetime),
      ext_expires_in: String(lifetime),
      not_before: String(now),
      resource,
      token_type: 'Bearer',
    },
  ];
};

/** The instance metadata service's token endpoint, over plain HTTP on a loopback port of its own. */
export const serveMetadata = async (options: MetadataOptions): Promise<MetadataService> => {
  const { principals, identity, log } = options;
  const machine = machineIdentity(identity);
  if (principals.get(machine.objectId) === undefined) principals.put(machine);
  const server = createServer((request, response) => {
    const [status, body] = tokenAnswer(request, options);
    log.add({
      service: 'authority',
      client: request.headers['user-agent'] ?? '',
      method: request.method ?? 'GET',
      path: new URL(`http://metadata${request.url ?? '/'}`).pathname,
      status,
    });
    response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', connection: 'close' });
    response.end(JSON.stringify(body));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    origin: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};
