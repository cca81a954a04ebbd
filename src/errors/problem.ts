/**
 * What can go wrong, by what it means to the person who has to act; `exitCodeOf` in exit-code.ts turns it into the published exit code.
 * `transient` problems are worth another try by the engine before anybody is told.
 */
export type ProblemKind =
  | 'usage'
  | 'sign-in'
  | 'permission'
  | 'preflight'
  | 'drift'
  | 'locked'
  | 'timeout'
  | 'conflict'
  | 'transient'
  | 'interrupted'
  | 'failed';

export interface ProblemDetails {
  readonly kind: ProblemKind;
  /** The service's own code where it has one (`QuotaExceeded`), else ours in kebab-case (`chart-digest`). */
  readonly code: string;
  /** One imperative sentence, with the command where there is one. */
  readonly hint?: string | undefined;
  readonly link?: string | undefined;
  /** `x-ms-correlation-request-id`, for Azure's support. */
  readonly correlationId?: string | undefined;
  /** How long the service asked us to wait, in milliseconds. */
  readonly retryAfterMs?: number | undefined;
  readonly cause?: unknown;
}

/** An error whose message is fit for a user: it names the value, and never holds a secret. Anything else that is thrown is a bug of ours. */
export class Problem extends Error {
  readonly kind: ProblemKind;
  readonly code: string;
  readonly hint: string | undefined;
  readonly link: string | undefined;
  readonly correlationId: string | undefined;
  readonly retryAfterMs: number | undefined;

  constructor(message: string, details: ProblemDetails) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'Problem';
    this.kind = details.kind;
    this.code = details.code;
    this.hint = details.hint;
    this.link = details.link;
    this.correlationId = details.correlationId;
    this.retryAfterMs = details.retryAfterMs;
  }
}
