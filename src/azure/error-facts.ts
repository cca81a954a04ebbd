import { redact } from '../errors/redact.ts';
import { asRecord, field, list, text } from './read-json.ts';

/** Everything that any error of an SDK, a request or an operation record tells, without its secrets. */
export interface RawFacts {
  /** Outermost first: the deepest one says what happened. */
  readonly codes: readonly string[];
  /** Of the deepest error that has one. */
  readonly message: string;
  readonly status: number | undefined;
  readonly correlationId: string | undefined;
  readonly retryAfterMs: number | undefined;
  readonly host: string | undefined;
}

interface Told {
  readonly codes: readonly string[];
  readonly message: string | undefined;
}

/**
 * Reads an error body in both shapes: AKS answers flat `{code, message}`, everyone else `{error: {code, message, details}}`;
 * some services put a whole error as JSON into the message of another.
 */
export function readErrorBody(body: unknown): Told {
  const outer = asRecord(field(body, 'error')) ?? asRecord(body);
  if (outer === undefined) return { codes: [], message: undefined };
  const code = text(outer, 'code') ?? text(outer, 'error_code') ?? text(body, 'error');
  const message = text(outer, 'message') ?? text(outer, 'error_description');
  const embedded = message?.trimStart().startsWith('{') === true ? readErrorBody(parseJson(message)) : undefined;
  const inner = [...list(outer, 'details'), field(outer, 'innererror'), field(outer, 'innerError')]
    .map((detail) => readErrorBody(detail))
    .concat(embedded ?? [])
    .find((told) => told.codes.length > 0);
  const subcode = text(outer, 'subcode');
  return {
    codes: [code, ...(inner?.codes ?? []), inner === undefined ? subcode : undefined].filter((each) => filled(each)),
    message: inner?.message ?? message,
  };
}

const filled = (value: string | undefined): value is string => value !== undefined && value !== '';

/** Facts of anything that was thrown. */
export function readError(error: unknown): RawFacts {
  const response = field(error, 'response');
  const body =
    parseJson(text(response, 'bodyAsText')) ??
    field(response, 'parsedBody') ??
    field(response, 'body') ??
    field(error, 'details');
  const told = readErrorBody(body);
  const own = error instanceof Error ? error.message : String(error);
  const status = number(field(error, 'statusCode')) ?? number(field(response, 'status'));
  const cause = firstCode(error);
  const aadsts = /AADSTS\d+/.exec(`${own} ${told.message ?? ''}`)?.[0];
  const name = error instanceof Error && /^(Credential|Authentication)/.test(error.name) ? error.name : undefined;
  const codes = [name, ...(told.codes.length > 0 ? told.codes : [cause]), aadsts].filter((each) => filled(each));
  const url = text(field(error, 'request'), 'url') ?? text(field(response, 'request'), 'url');
  return {
    codes,
    message: redact(firstLine(told.message ?? own)),
    status,
    correlationId: header(response, 'x-ms-correlation-request-id') ?? header(response, 'x-ms-request-id'),
    retryAfterMs: retryAfterMs((name) => header(response, name)),
    host: url !== undefined && URL.canParse(url) ? new URL(url).host : text(error, 'hostname'),
  };
}

/** Seconds, milliseconds or a date, as services send them. */
export function retryAfterMs(headerOf: (name: string) => string | undefined, now?: number): number | undefined {
  const ms = headerOf('retry-after-ms') ?? headerOf('x-ms-retry-after-ms');
  if (ms !== undefined && /^\d+$/.test(ms)) return Number(ms);
  const after = headerOf('retry-after');
  if (after === undefined) return undefined;
  if (/^\d+$/.test(after.trim())) return Number(after) * 1000;
  const date = Date.parse(after);
  const from = now ?? Date.parse(headerOf('date') ?? '');
  return Number.isNaN(date) || Number.isNaN(from) ? undefined : Math.max(0, date - from);
}

/** Entra's messages carry trace ids and stamps on further lines, MSAL's a stack: the first line says it. */
const firstLine = (message: string): string =>
  (message.split(/\r?\n|\s+Trace ID:/)[0] ?? message).replace(/^\w*(?:Error|Credential): /, '').trim();

/** The code of the error, or of the first cause below it that has one: TLS errors hide two levels down. */
function firstCode(error: unknown): string | undefined {
  const codes: string[] = [];
  for (let at = error, depth = 0; at !== undefined && depth < 6; at = field(at, 'cause'), depth += 1) {
    const code = text(at, 'code') ?? text(at, 'errorCode');
    if (code !== undefined && code !== '') codes.push(code);
    if (code === undefined && Array.isArray(field(at, 'errors'))) codes.push(...nestedCodes(field(at, 'errors')));
  }
  // REQUEST_SEND_ERROR is core-rest-pipeline's word for any of them.
  return codes.find((code) => code !== 'REQUEST_SEND_ERROR') ?? codes[0];
}

/** Node tries IPv6 and IPv4 and wraps what both said. */
const nestedCodes = (errors: unknown): readonly string[] =>
  (Array.isArray(errors) ? errors : []).map((each) => text(each, 'code')).filter((each) => filled(each));

function header(response: unknown, name: string): string | undefined {
  const headers = field(response, 'headers');
  if (typeof headers === 'object' && headers !== null && 'get' in headers && typeof headers.get === 'function') {
    const value: unknown = headers.get(name);
    return typeof value === 'string' ? value : undefined;
  }
  return undefined;
}

const number = (value: unknown): number | undefined => (typeof value === 'number' ? value : undefined);

function parseJson(value: string | undefined): unknown {
  if (value === undefined) return undefined;
  try {
    return JSON.parse(value);
  } catch {
    return undefined;
  }
}
