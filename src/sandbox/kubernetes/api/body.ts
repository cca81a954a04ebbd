import { badRequest, unsupportedMedia, type ApiError } from './api-error.ts';
import { readFrom } from './duplicate-fields.ts';
import { syntaxError } from './go-json.ts';
import { isObject, type JsonObject } from './json.ts';
import { decodeProtobuf } from './protobuf-kinds.ts';
import type { ApiRequest } from './request.ts';

const accepted = ['application/json', 'application/yaml', 'application/vnd.kubernetes.protobuf'];

/** `application/json; charset=utf-8` without its parameters. */
export const mediaType = (contentType: string): string => (contentType.split(';')[0] ?? '').trim().toLowerCase();

/** The body of a POST or PUT. */
export const objectBody = async (request: ApiRequest, kind = ''): Promise<JsonObject> => {
  switch (mediaType(request.contentType)) {
    case 'application/vnd.kubernetes.protobuf': {
      const decoded = decodeProtobuf(request.body);
      if (decoded === undefined) throw unsupportedMedia(accepted);
      return decoded;
    }
    case '':
    case 'application/json':
      return recognized(kind, () =>
        readFrom(asObject(jsonBody(request.body), request.body), request.body.toString('utf8')),
      );
    case 'application/yaml':
      return asObject(await textBody(request.body));
    default:
      throw unsupportedMedia(accepted);
  }
};

/** The body of a DELETE, which may be missing. */
export const optionsBody = async (request: ApiRequest): Promise<JsonObject> =>
  request.body.length === 0 ? {} : objectBody(request);

/** A body that is no object is refused with the kind that it should have been of. */
const recognized = (kind: string, read: () => JsonObject): JsonObject => {
  try {
    return read();
  } catch (error) {
    if (kind === '' || !(error instanceof Error)) throw error;
    throw badRequest(`the object provided is unrecognized (must be of type ${kind}): ${error.message}`);
  }
};

const jsonBody = (body: Buffer): unknown => {
  try {
    return JSON.parse(body.toString('utf8')) as unknown;
  } catch {
    throw unrecognized(syntaxError(body.toString('utf8')), body);
  }
};

const unrecognized = (why: string, body: Buffer): ApiError =>
  badRequest(`couldn't get version/kind; json parse error: ${why} (${summary(body)})`);

/** The beginning of a body that looks like JSON, or its bytes. */
const summary = (body: Buffer): string =>
  body.length === 0
    ? '<empty>'
    : body[0] === '{'.charCodeAt(0)
      ? body.length > 30
        ? `${body.subarray(0, 30).toString()} ...`
        : body.toString()
      : body.length > 30
        ? `${body.subarray(0, 30).toString('hex')} ...`
        : body.toString('hex');

/** JSON or YAML. */
export const textBody = async (body: Buffer): Promise<unknown> => {
  const text = body.toString('utf8');
  try {
    return JSON.parse(text) as unknown;
  } catch {
    const { parse } = await import('yaml');
    try {
      return parse(text) as unknown;
    } catch (error) {
      throw badRequest(`error decoding the body: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
};

export const asObject = (value: unknown, body: Buffer = Buffer.alloc(0)): JsonObject => {
  if (isObject(value)) return value;
  const found = Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : typeof value;
  throw unrecognized(`json: cannot unmarshal ${found} into Go value of type ${typeMeta}`, body);
};

const typeMeta = String.raw`struct { APIVersion string "json:\"apiVersion,omitempty\""; Kind string "json:\"kind,omitempty\"" }`;
