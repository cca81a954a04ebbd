import { parsePath } from '../path.ts';
import { ArmError } from '../errors.ts';

/** The provider that a path leads to; ARM itself where it names none. */
const providerOf = (path: string): string => {
  const { segments } = parsePath(path);
  const index = segments.map((segment) => segment.toLowerCase()).lastIndexOf('providers');
  return segments[index + 1] ?? 'Microsoft.Resources';
};

/** What ARM answers where it, or the provider behind it, does not work; wordings of 502 and 503 have no source. */
export const serverError = (status: number, path: string, retryAfter?: number): ArmError => {
  const headers = retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) };
  switch (status) {
    case 502:
      return new ArmError(502, 'BadGateway', `The gateway got no valid response from '${providerOf(path)}'.`, {
        headers,
      });
    case 503:
      return new ArmError(503, 'ServiceUnavailable', 'The service is unavailable. Please try again later.', {
        headers,
      });
    case 504:
      return new ArmError(
        504,
        'GatewayTimeout',
        `The gateway did not receive a response from '${providerOf(path)}' within the specified time period.`,
        { headers },
      );
    default:
      return new ArmError(
        status,
        'InternalServerError',
        'Encountered internal server error. Diagnostic information: timestamp, subscription id, tracking id, request correlation id.',
        { headers },
      );
  }
};

export const throttled = (seconds: number, headers: Readonly<Record<string, string>>): ArmError =>
  new ArmError(
    429,
    'TooManyRequests',
    `The request is being throttled as the limit has been reached for operation type. Please try again after '${seconds}' seconds.`,
    { headers },
  );
