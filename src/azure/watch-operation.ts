import { Problem } from '../errors/problem.ts';
import { problemOf, type ErrorContext } from './arm-error.ts';
import type { ArmRequest, ArmResponse } from './arm-request.ts';
import { readErrorBody, retryAfterMs } from './error-facts.ts';
import { field, integer, text } from './read-json.ts';

/** Time as the watch needs it. */
export interface WatchClock {
  now(): number;
  /** Milliseconds that never jump: a clock that is set must not end the patience with a lost network. */
  monotonic(): number;
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

export interface WatchOptions {
  readonly arm: ArmRequest;
  readonly clock: WatchClock;
  readonly context: ErrorContext;
  /** Host that the bearer token may go to, and its subdomains. */
  readonly armEndpoint: string;
  readonly pollIntervalMs: number;
  /** How long nothing at all may be heard of Azure; half an hour by default, in milliseconds. */
  readonly patienceMs?: number;
}

const HALF_AN_HOUR = 30 * 60_000;
const LONGEST_PAUSE = 60_000;
/** A date in Retry-After means hours where the clock of this machine is wrong. */
const LONGEST_WANTED = 10 * 60_000;

/**
 * Asks a running operation until it is over. Its own loop, because the SDKs' pollers fail for good on the first lost connection,
 * and lose the code of an operation that failed.
 */
export async function watchOperation(
  token: string,
  progress: (detail: string) => void,
  signal: AbortSignal,
  options: WatchOptions,
): Promise<void> {
  // A journal is a file that somebody could have edited: our token goes to Azure and nowhere else.
  if (!isOurs(token, options.armEndpoint)) return;
  let silentSince: number | undefined;
  for (let misses = 0; ;) {
    const asked = await ask(token, signal, options);
    if (asked instanceof Problem) {
      silentSince ??= options.clock.monotonic();
      if (options.clock.monotonic() - silentSince > (options.patienceMs ?? HALF_AN_HOUR)) throw asked;
      misses += 1;
      progress(`Azure does not answer (${asked.code}); the operation goes on there, asking again`);
      const pause = asked.retryAfterMs ?? Math.min(options.pollIntervalMs * 2 ** Math.min(misses, 8), LONGEST_PAUSE);
      await options.clock.sleep(pause, signal);
      continue;
    }
    silentSince = undefined;
    misses = 0;
    const answer = read(asked);
    if (answer.state === 'over') return;
    if (answer.state === 'failed') throw failure(asked, answer.status, options.context);
    progress(answer.detail);
    const wanted = retryAfterMs((name) => asked.header(name), options.clock.now());
    await options.clock.sleep(Math.max(options.pollIntervalMs, Math.min(wanted ?? 0, LONGEST_WANTED)), signal);
  }
}

/** A transient problem is an answer here, as is a record that is gone; everything else is thrown. */
async function ask(token: string, signal: AbortSignal, { arm }: WatchOptions): Promise<ArmResponse | Problem> {
  try {
    return await arm.send('GET', token, { accept: [404, 410], signal });
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof Problem && error.kind === 'transient') return error;
    throw error;
  }
}

type Answer =
  | { readonly state: 'over' }
  | { readonly state: 'failed'; readonly status: string }
  | { readonly state: 'running'; readonly detail: string };

function read({ status, body }: ArmResponse): Answer {
  if (status === 404 || status === 410 || status === 204) return { state: 'over' };
  const said = text(body, 'status');
  if (said === undefined) return status === 202 ? { state: 'running', detail: 'Accepted' } : { state: 'over' };
  switch (said.toLowerCase()) {
    case 'succeeded':
      return { state: 'over' };
    case 'failed':
    case 'canceled':
    case 'cancelled':
      return { state: 'failed', status: said };
    default: {
      // Azure uses words that no document names: whatever is not final is under way.
      const percent = integer(body, 'percentComplete');
      return { state: 'running', detail: percent === undefined ? said : `${said}, ${percent} %` };
    }
  }
}

function failure(answer: ArmResponse, status: string, context: ErrorContext): Problem {
  const correlationId = answer.header('x-ms-correlation-request-id');
  const told = readErrorBody(field(answer.body, 'error'));
  if (told.codes.length === 0) {
    const canceled = status.toLowerCase().startsWith('cancel');
    const message = canceled
      ? 'The operation was canceled in Azure.'
      : 'The operation failed in Azure, which gave no reason.';
    const hint = `${activityLog}; run the same command to go on.`;
    return new Problem(message, {
      kind: 'failed',
      code: canceled ? 'OperationCanceled' : 'OperationFailed',
      hint,
      correlationId,
    });
  }
  const facts = {
    message: told.message ?? '',
    status: undefined,
    correlationId,
    retryAfterMs: undefined,
    host: undefined,
  };
  const problem = problemOf({ ...facts, codes: told.codes }, context);
  if (problem.hint !== undefined) return problem;
  const { kind, code, link, cause } = problem;
  return new Problem(problem.message, { kind, code, link, cause, correlationId, hint: sentAgain });
}

const activityLog = 'The activity log of the resource in the portal says who and why';

/** What AKS itself advises for what failed within it: the same request once more. */
const sentAgain = `Run the same command: what stands is kept, and the request that failed is sent again. ${activityLog}.`;

function isOurs(token: string, armEndpoint: string): boolean {
  if (!URL.canParse(token)) return false;
  const [url, arm] = [new URL(token), new URL(armEndpoint)];
  return url.protocol === 'https:' && (url.host === arm.host || url.host.endsWith(`.${arm.host}`));
}
