import type { HttpMethods, Pipeline, PipelineResponse } from '@azure/core-rest-pipeline';
import type { CloudProfile } from '../config/cloud-profile.ts';
import { isAbsent, toProblem, type ErrorContext } from './arm-error.ts';
import type { Connection } from './connection.ts';
import { mayWritePolicy } from './may-write.ts';
import { patiencePolicy, retryOptions, type RetrySettings } from './patience.ts';
import { field, list, text } from './read-json.ts';
import { renewTokenPolicy } from './renew-token.ts';
import { silencePolicy } from './silence.ts';
import type { SharedCredential } from './shared-tokens.ts';

/** For what no SDK says right on the wire: previews, newer fields, operations, small reads. Paths are ARM ids without a host. */
export interface ArmRequest {
  /** Throws `Problem` on any status that `accept` (2xx by default) does not name. */
  send(method: HttpMethods, path: string, options: RequestOptions): Promise<ArmResponse>;
  /** GET that answers undefined for what does not exist. */
  find(path: string, options: RequestOptions): Promise<unknown>;
  /** Follows every nextLink: Azure sends one even where nothing follows. */
  list(path: string, options: RequestOptions): Promise<readonly unknown[]>;
}

export interface RequestOptions {
  /** Left out for a URL that Azure gave: it has its own. */
  readonly apiVersion?: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** Statuses besides 2xx that are an answer and not an error. */
  readonly accept?: readonly number[];
  readonly signal: AbortSignal;
}

export interface ArmResponse {
  readonly status: number;
  readonly body: unknown;
  header(name: string): string | undefined;
}

export interface ArmRequestOptions {
  readonly profile: CloudProfile;
  readonly credential: SharedCredential;
  readonly connection: Connection;
  readonly context: ErrorContext;
  readonly retry: RetrySettings;
  /** Throws where this process may write no more. */
  readonly mayWrite?: (() => void) | undefined;
}

export const armScope = (profile: CloudProfile): string => `${profile.armAudience.replace(/\/+$/, '')}/.default`;

export const USER_AGENT = 'aks-ebpf-sentinel';

export function createArmRequest(options: ArmRequestOptions): ArmRequest {
  let pipeline: Promise<Pipeline> | undefined;
  const send = async (method: HttpMethods, path: string, request: RequestOptions): Promise<ArmResponse> => {
    pipeline ??= openPipeline(options);
    return exchange(await pipeline, urlOf(options.profile, path, request), method, request, options);
  };
  return {
    send,
    async find(path, request) {
      const response = await send('GET', path, { ...request, accept: [404] });
      return response.status === 404 ? undefined : response.body;
    },
    async list(path, request) {
      const found: unknown[] = [];
      let page = await send('GET', path, request);
      for (;;) {
        found.push(...list(page.body, 'value'));
        const next = text(page.body, 'nextLink');
        if (next === undefined || next === '') return found;
        page = await send('GET', next, { signal: request.signal });
      }
    },
  };
}

async function openPipeline({
  profile,
  credential,
  connection,
  retry,
  mayWrite,
}: ArmRequestOptions): Promise<Pipeline> {
  const { bearerTokenAuthenticationPolicy, createPipelineFromOptions } = await import('@azure/core-rest-pipeline');
  const pipeline = createPipelineFromOptions({
    ...connection.options,
    retryOptions: retryOptions(retry),
    userAgentOptions: { userAgentPrefix: USER_AGENT },
    telemetryOptions: { clientRequestIdHeaderName: 'x-ms-client-request-id' },
  });
  pipeline.addPolicy(await patiencePolicy(retry), { phase: 'Retry' });
  const scopes = armScope(profile);
  pipeline.addPolicy(bearerTokenAuthenticationPolicy({ credential, scopes }), { phase: 'Sign' });
  pipeline.addPolicy(renewTokenPolicy(credential, scopes), { afterPhase: 'Sign' });
  pipeline.addPolicy(await silencePolicy(retry.silenceMs), { afterPhase: 'Sign' });
  if (mayWrite !== undefined) pipeline.addPolicy(mayWritePolicy(mayWrite), { afterPhase: 'Sign' });
  return pipeline;
}

async function exchange(
  pipeline: Pipeline,
  url: string,
  method: HttpMethods,
  { body, headers, accept = [], signal }: RequestOptions,
  { context }: ArmRequestOptions,
): Promise<ArmResponse> {
  const { createDefaultHttpClient, createHttpHeaders, createPipelineRequest, RestError } =
    await import('@azure/core-rest-pipeline');
  const request = createPipelineRequest({
    url,
    method,
    headers: createHttpHeaders({
      accept: 'application/json',
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    }),
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    abortSignal: signal,
  });
  let response: PipelineResponse;
  try {
    response = await pipeline.sendRequest(createDefaultHttpClient(), request);
  } catch (error) {
    signal.throwIfAborted();
    throw toProblem(error, context);
  }
  if (response.status >= 200 && response.status < 300) return answer(response);
  const refused = new RestError(`HTTP ${response.status}`, { statusCode: response.status, request, response });
  if (accept.includes(response.status) && (response.status !== 404 || isAbsent(refused))) return answer(response);
  throw toProblem(refused, context);
}

const answer = (response: PipelineResponse): ArmResponse => ({
  status: response.status,
  body: parseBody(response.bodyAsText),
  header: (name) => response.headers.get(name),
});

function parseBody(body: string | null | undefined): unknown {
  if (body === null || body === undefined || body === '') return undefined;
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

function urlOf(profile: CloudProfile, path: string, { apiVersion, query }: RequestOptions): string {
  // A URL that Azure gave is signed: it goes back byte for byte.
  if (apiVersion === undefined && query === undefined)
    return path.startsWith('https://') ? path : `${profile.armEndpoint}${path}`;
  const search = new URLSearchParams({ ...(apiVersion === undefined ? {} : { 'api-version': apiVersion }), ...query });
  // Ids are already paths; what a person named inside them may hold characters that a URL may not.
  const clean = path.replace(/^\/*/, '/').split('/').map(encodeSegment).join('/');
  return `${profile.armEndpoint}${clean}?${search.toString()}`;
}

const encodeSegment = (segment: string): string => encodeURIComponent(segment).replaceAll('%24', '$');

/** ARM's own etag of a body, wherever this service puts it. */
export const etagOf = (body: unknown): string | undefined =>
  text(body, 'etag') ?? text(field(body, 'properties'), 'etag');
