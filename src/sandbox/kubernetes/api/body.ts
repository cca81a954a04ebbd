import { badRequest, unsupportedMedia } from './api-error.ts';
import { isObject, type JsonObject } from './json.ts';
import { decodeProtobuf } from './protobuf-kinds.ts';
import type { ApiRequest } from './request.ts';

const accepted = ['application/json', 'application/yaml', 'application/vnd.kubernetes.protobuf'];

/** `application/json; charset=utf-8` without its parameters. */
export const mediaType = (contentType: string): string => (contentType.split(';')[0] ?? '').trim().toLowerCase();

/** The body of a POST or PUT. */
export const objectBody = async (request: ApiRequest): Promise<JsonObject> => {
  switch (mediaType(request.contentType)) {
    case 'application/vnd.kubernetes.protobuf': {
      const decoded = decodeProtobuf(request.body);
      if (decoded === undefined) throw unsupportedMedia('application/vnd.kubernetes.protobuf', accepted);
      return decoded;
    }
    case '':
    case 'application/json':
    case 'application/yaml':
      return asObject(await textBody(request.body));
    default:
      throw unsupportedMedia(request.contentType, accepted);
  }
};

/** The body of a DELETE, which may be missing. */
export const optionsBody = async (request: ApiRequest): Promise<JsonObject> =>
  request.body.length === 0 ? {} : objectBody(request);

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

export const asObject = (value: unknown): JsonObject => {
  if (!isObject(value)) throw badRequest("couldn't get version/kind; json parse error: the body must be an object");
  return value;
};
