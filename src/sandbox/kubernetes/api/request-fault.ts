import { ApiError } from './api-error.ts';

/** What may happen to a request whatever it asks for. */
export type RequestFault =
  /** Turned away unread by the API server's flow control; `retryAfter` in seconds. */
  | { readonly kind: 'throttled'; readonly retryAfter: number | undefined }
  | { readonly kind: 'failure'; readonly status: number }
  /** The connection breaks: `after` the request has had its effect. */
  | { readonly kind: 'reset'; readonly when: 'before' | 'after' }
  /** The answer comes so many seconds late, after the request has had its effect. */
  | { readonly kind: 'slow'; readonly seconds: number }
  /** No answer ever comes. */
  | { readonly kind: 'stall' };

/** Path without its query. */
export type FaultOf = (method: string, path: string) => RequestFault | undefined;

/** The answer that a fault stands for; undefined for those that break the connection. */
export const refusalOf = (fault: RequestFault | undefined): ApiError | undefined => {
  switch (fault?.kind) {
    case 'throttled':
      return new ApiError(
        429,
        '',
        'Too many requests, please try again later.\n',
        fault.retryAfter === undefined ? {} : { retryAfterSeconds: fault.retryAfter },
      );
    case 'failure':
      return failureOf(fault.status);
    case 'reset':
    case 'slow':
    case 'stall':
    case undefined:
      return undefined;
    default:
      return fault satisfies never;
  }
};

/** Flow control answers in plain text, and with no Status object. */
export const isFlowControl = ({ code, reason }: ApiError): boolean => code === 429 && reason === '';

const failureOf = (status: number): ApiError => {
  switch (status) {
    case 503:
      return new ApiError(503, 'ServiceUnavailable', 'the server is currently unable to handle the request');
    case 504:
      return new ApiError(504, 'Timeout', 'Timeout: request did not complete within the allotted timeout');
    default:
      return new ApiError(status, '', 'etcdserver: request timed out');
  }
};
