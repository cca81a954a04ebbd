import { randomUUID } from 'node:crypto';
import type { SandboxClock } from '../clock.ts';
import type { Faults } from '../faults.ts';
import type { Identity } from '../identity.ts';
import { checkAssertion } from './client-assertion.ts';
import { authorityAliases } from '../endpoints.ts';
import { numberParameter } from '../faults.ts';
import { otherTenantOf } from './principals.ts';
import type { Principal, Principals } from './principals.ts';
import { json } from '../server/http.ts';
import type { HttpReply, HttpRequest } from '../server/http.ts';
import { wantedClaims } from './token-request.ts';
import type { Tokens } from './tokens.ts';

export interface AuthorityOptions {
  readonly identity: Identity;
  readonly principals: Principals;
  readonly tokens: Tokens;
  readonly faults: Faults;
  readonly clock: SandboxClock;
  /** Resources that tokens may be asked for, as the profile spells them. */
  readonly audiences: () => readonly string[];
}

const tokenPath = /^\/+([^/]+)\/oauth2\/(?:v2\.0\/)?token\/?$/iu;
const configurationPath = /^\/+([^/]+)\/(?:v2\.0\/)?\.well-known\/openid-configuration\/?$/iu;
const keysPath = /^\/+[^/]+\/discovery\/(?:v2\.0\/)?keys\/?$/iu;
const instancePath = /^\/+common\/discovery\/instance\/?$/iu;

/** Whether a path is the authority's: it shares a host with ARM where one listener plays several names. */
export const isAuthorityPath = (path: string): boolean =>
  [tokenPath, configurationPath, keysPath, instancePath].some((pattern) => pattern.test(path));

/** An Entra authority with the tenant of the subscription and one other, and the applications of its directory in both; answers as login.microsoftonline.com does. */
export const answerAuthority = (request: HttpRequest, options: AuthorityOptions): HttpReply => {
  const { path } = request;
  if (instancePath.test(path)) return instanceDiscovery(request);
  if (keysPath.test(path)) return json(200, options.tokens.keys());
  const tenant = (configurationPath.exec(path) ?? tokenPath.exec(path))?.[1];
  if (tenant === undefined) return json(404, { error: 'not_found' });
  if (!knownTenant(tenant, options.identity)) return refuse(options, 400, 'invalid_request', unknownTenant(tenant));
  if (configurationPath.test(path)) return json(200, configuration(request.url.origin, tenant, options.identity));
  if (request.method !== 'POST') {
    return refuse(
      options,
      400,
      'invalid_request',
      'AADSTS900561: The endpoint only accepts POST requests. Received a GET request.',
    );
  }
  return token(new URLSearchParams(request.body.toString('utf8')), tenant, request, options);
};

const knownTenant = (tenant: string, identity: Identity): boolean =>
  [identity.tenantId, otherTenantOf(identity), 'common', 'organizations', 'adfs'].includes(tenant.toLowerCase());

const unknownTenant = (tenant: string): string =>
  `AADSTS90002: Tenant '${tenant}' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud. ` +
  'Check with your subscription administrator, this may happen if there are no active subscriptions for the tenant.';

const token = (form: URLSearchParams, tenant: string, request: HttpRequest, options: AuthorityOptions): HttpReply => {
  const { identity, faults, tokens, principals } = options;
  const grant = form.get('grant_type');
  const clientId = form.get('client_id');
  if (grant !== 'client_credentials') {
    return refuse(
      options,
      400,
      'unsupported_grant_type',
      `AADSTS70003: The app requested an unsupported grant type '${grant ?? ''}'.`,
    );
  }
  if (clientId === null) {
    return refuse(
      options,
      400,
      'invalid_request',
      "AADSTS900144: The request body must contain the following parameter: 'client_id'.",
    );
  }
  const principal = principals.byClientId(clientId);
  if (principal === undefined) {
    return refuse(
      options,
      400,
      'unauthorized_client',
      `AADSTS700016: Application with identifier '${clientId}' was not found in the directory 'Sandbox'. This can happen if the application ` +
        'has not been installed by the administrator of the tenant or consented to by any user in the tenant. You may have sent your ' +
        'authentication request to the wrong tenant.',
    );
  }
  const problem = credentialProblem(form, request, principal, options);
  if (problem !== undefined || faults.take('invalid-client') !== undefined) {
    return refuse(options, 401, 'invalid_client', problem ?? invalidSecret(clientId));
  }
  const wanted = wantedClaims(form.get('claims'));
  if (wanted === undefined)
    return refuse(options, 400, 'invalid_request', 'AADSTS50148: The claims parameter is not a valid JSON document.');
  const scope = form.get('scope') ?? form.get('resource') ?? '';
  // az asks for `https://host//.default`: the audience keeps one of the slashes.
  const audience = scope.replace(/\/\.default$/u, '');
  const known = options.audiences().find((one) => bare(one) === bare(audience));
  if (known === undefined) {
    return refuse(
      options,
      400,
      'invalid_resource',
      `AADSTS500011: The resource principal named ${audience} was not found in the tenant named Sandbox. This can happen if the application ` +
        'has not been installed by the administrator of the tenant or consented to by any user in the tenant. You might have sent your ' +
        'authentication request to the wrong tenant.',
    );
  }
  const early = faults.take('token-not-yet-valid');
  const short = faults.find('token-lifetime');
  const lifetime = (short === undefined ? undefined : numberParameter(short, 'seconds')) ?? tokens.lifetime;
  const tenantId = tenant.toLowerCase() === otherTenantOf(identity) ? otherTenantOf(identity) : identity.tenantId;
  return json(200, {
    token_type: 'Bearer',
    expires_in: lifetime,
    ext_expires_in: lifetime,
    access_token: tokens.issue(known, principal, {
      ...wanted,
      tenantId,
      lifetime,
      goodIn: early === undefined ? 0 : (numberParameter(early, 'seconds') ?? 300),
    }),
  });
};

const bare = (audience: string): string => audience.replace(/\/+$/u, '').toLowerCase();

const invalidSecret = (clientId: string): string =>
  'AADSTS7000215: Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, ' +
  `not the client secret ID, for a secret added to app '${clientId}'.`;

const credentialProblem = (
  form: URLSearchParams,
  request: HttpRequest,
  principal: Principal,
  options: AuthorityOptions,
): string | undefined => {
  const secret = form.get('client_secret');
  const assertion = form.get('client_assertion');
  if (assertion !== null) return checkAssertion(assertion, request, options.identity, options.clock);
  if (secret === null) {
    return "AADSTS7000216: 'client_assertion', 'client_secret' or 'request' is required for the 'client_credentials' grant type.";
  }
  return secret === principal.clientSecret ? undefined : invalidSecret(principal.clientId ?? '');
};

const refuse = (options: AuthorityOptions, status: number, error: string, text: string): HttpReply => {
  const now = new Date(options.clock.now()).toISOString();
  const stamp = `${now.slice(0, 10)} ${now.slice(11, 19)}Z`;
  const [traceId, correlationId] = [randomUUID(), randomUUID()];
  const code = /^AADSTS(\d+)/u.exec(text)?.[1];
  return json(status, {
    error,
    error_description: `${text} Trace ID: ${traceId} Correlation ID: ${correlationId} Timestamp: ${stamp}`,
    error_codes: code === undefined ? [] : [Number(code)],
    timestamp: stamp,
    trace_id: traceId,
    correlation_id: correlationId,
    error_uri: `https://login.microsoftonline.com/error?code=${code ?? ''}`,
  });
};

const configuration = (origin: string, tenant: string, identity: Identity): unknown => ({
  token_endpoint: `${origin}/${tenant}/oauth2/v2.0/token`,
  token_endpoint_auth_methods_supported: ['client_secret_post', 'private_key_jwt', 'client_secret_basic'],
  jwks_uri: `${origin}/${tenant}/discovery/v2.0/keys`,
  response_modes_supported: ['query', 'fragment', 'form_post'],
  subject_types_supported: ['pairwise'],
  id_token_signing_alg_values_supported: ['RS256'],
  response_types_supported: ['code', 'id_token', 'code id_token', 'id_token token'],
  scopes_supported: ['openid', 'profile', 'email', 'offline_access'],
  issuer: `${origin}/${identity.tenantId}/v2.0`,
  authorization_endpoint: `${origin}/${tenant}/oauth2/v2.0/authorize`,
  device_authorization_endpoint: `${origin}/${tenant}/oauth2/v2.0/devicecode`,
  end_session_endpoint: `${origin}/${tenant}/oauth2/v2.0/logout`,
  claims_supported: ['sub', 'iss', 'aud', 'exp', 'iat', 'tid', 'ver'],
  tenant_region_scope: null,
  cloud_instance_name: new URL(origin).host,
});

const instanceDiscovery = (request: HttpRequest): HttpReply => {
  const { host } = request.url;
  const known = authorityAliases.includes(host);
  return json(200, {
    tenant_discovery_endpoint: `${request.url.origin}/common/v2.0/.well-known/openid-configuration`,
    'api-version': '1.1',
    metadata: [
      {
        preferred_network: known ? 'login.microsoftonline.com' : host,
        preferred_cache: known ? 'login.windows.net' : host,
        aliases: known ? authorityAliases : [host],
      },
    ],
  });
};
