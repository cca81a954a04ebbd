import type { Resource } from '../objects.ts';

export interface StatusCause {
  readonly reason: string;
  readonly message: string;
  readonly field?: string;
}

interface Details {
  readonly name?: string;
  readonly group?: string;
  readonly kind?: string;
  readonly causes?: readonly StatusCause[];
  readonly retryAfterSeconds?: number;
}

/** An answer that is not what was asked for; the server writes it as a Status object. */
export class ApiError extends Error {
  readonly code: number;
  readonly reason: string;
  readonly details: Details | undefined;
  /** Of a list that can go on in another way. */
  readonly continue: string | undefined;
  constructor(code: number, reason: string, message: string, details?: Details, next?: string) {
    super(message);
    this.code = code;
    this.reason = reason;
    this.details = details;
    this.continue = next;
  }
}

export const statusOf = (error: ApiError): object => ({
  kind: 'Status',
  apiVersion: 'v1',
  metadata: error.continue === undefined ? {} : { continue: error.continue },
  status: 'Failure',
  message: error.message,
  ...(error.reason === '' ? {} : { reason: error.reason }),
  ...(error.details === undefined ? {} : { details: error.details }),
  code: error.code,
});

/** `deployments.apps`, `pods`. */
export const qualified = (resource: Resource): string =>
  resource.group === '' ? resource.plural : `${resource.plural}.${resource.group}`;

const about = (resource: Resource, name: string, more: Details = {}): Details => ({
  name,
  ...(resource.group === '' ? {} : { group: resource.group }),
  kind: resource.plural,
  ...more,
});

export const notFound = (resource: Resource, name: string): ApiError =>
  new ApiError(404, 'NotFound', `${qualified(resource)} "${name}" not found`, about(resource, name));

/** For a path that leads to no resource at all. */
export const noSuchPath = (): ApiError =>
  new ApiError(404, 'NotFound', 'the server could not find the requested resource', {});

export const alreadyExists = (resource: Resource, name: string): ApiError =>
  new ApiError(409, 'AlreadyExists', `${qualified(resource)} "${name}" already exists`, about(resource, name));

export const conflict = (resource: Resource, name: string, why?: string): ApiError =>
  new ApiError(
    409,
    'Conflict',
    `Operation cannot be fulfilled on ${qualified(resource)} "${name}": ${why ?? 'the object has been modified; please apply your changes to the latest version and try again'}`,
    about(resource, name),
  );

export const forbidden = (resource: Resource, name: string, why: string): ApiError =>
  new ApiError(
    403,
    'Forbidden',
    `${qualified(resource)}${name === '' ? '' : ` "${name}"`} is forbidden: ${why}`,
    about(resource, name),
  );

export const badRequest = (message: string): ApiError => new ApiError(400, 'BadRequest', message);

export const unauthorized = (): ApiError => new ApiError(401, 'Unauthorized', 'Unauthorized');

export const methodNotAllowed = (): ApiError =>
  new ApiError(405, 'MethodNotAllowed', 'the server does not allow this method on the requested resource', {});

export const tooOld = (asked: string, oldest: number): ApiError =>
  new ApiError(410, 'Expired', `too old resource version: ${asked} (${oldest})`);

export const unsupportedMedia = (accepted: readonly string[]): ApiError =>
  new ApiError(
    415,
    'UnsupportedMediaType',
    `the body of the request was in an unknown format - accepted media types include: ${accepted.join(', ')}`,
  );

/** 422 with one cause a field, in the words of the API server. */
export const invalid = (
  group: string,
  kind: string,
  name: string | undefined,
  causes: readonly StatusCause[],
): ApiError => {
  const lines = [...new Set(causes.map((cause) => `${cause.field}: ${cause.message}`))];
  return new ApiError(
    422,
    'Invalid',
    `${group === '' ? kind : `${kind}.${group}`} "${name ?? ''}" is invalid: ${lines.length === 1 ? (lines[0] ?? '') : `[${lines.join(', ')}]`}`,
    {
      ...(name === '' || name === undefined ? {} : { name }),
      ...(group === '' ? {} : { group }),
      ...(kind === '' ? {} : { kind }),
      causes,
    },
  );
};

export const required = (field: string, why = ''): StatusCause => ({
  reason: 'FieldValueRequired',
  message: `Required value${why === '' ? '' : `: ${why}`}`,
  field,
});

export const invalidValue = (field: string, value: unknown, why: string): StatusCause => ({
  reason: 'FieldValueInvalid',
  message: `Invalid value: ${JSON.stringify(value)}: ${why}`,
  field,
});

export const unsupportedValue = (field: string, value: unknown, accepted: readonly string[]): StatusCause => ({
  reason: 'FieldValueNotSupported',
  message: `Unsupported value: ${JSON.stringify(value)}: supported values: ${accepted.map((v) => JSON.stringify(v)).join(', ')}`,
  field,
});
