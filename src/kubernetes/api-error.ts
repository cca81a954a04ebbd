import { Problem } from '../errors/problem.ts';

/** A Kubernetes `Status` as far as we read it. */
interface Status {
  readonly reason: string;
  readonly message: string;
  readonly retryAfterMs: number | undefined;
}

const parseStatus = (body: string): Status => {
  try {
    const value = JSON.parse(body) as {
      reason?: unknown;
      message?: unknown;
      details?: { retryAfterSeconds?: unknown };
    };
    const seconds = value.details?.retryAfterSeconds;
    return {
      reason: typeof value.reason === 'string' ? value.reason : '',
      message: typeof value.message === 'string' ? value.message : body.slice(0, 300),
      retryAfterMs: typeof seconds === 'number' ? seconds * 1000 : undefined,
    };
  } catch {
    return { reason: '', message: body.slice(0, 300), retryAfterMs: undefined };
  }
};

/** An answer of the API server that is no success. `what` names the call: `apply ConfigMap kube-system/x`. */
export const apiProblem = (what: string, status: number, body: string): Problem => {
  const { reason, message, retryAfterMs } = parseStatus(body);
  const code = reason === '' ? `http-${status}` : reason;
  const text = `${what}: ${message}`;
  if (status === 401) {
    return new Problem(text, {
      kind: 'sign-in',
      code,
      hint: 'The cluster does not accept this kubeconfig any more: run the command again to get a new one.',
    });
  }
  if (status === 403) {
    return new Problem(text, {
      kind: 'permission',
      code,
      hint: 'The signed-in identity needs cluster-admin on this cluster for that.',
    });
  }
  if (status === 409) return new Problem(text, { kind: 'conflict', code, retryAfterMs });
  if (status === 429 || status >= 500) return new Problem(text, { kind: 'transient', code, retryAfterMs });
  return new Problem(text, { kind: 'failed', code });
};

/** A connection that did not come about or broke. */
export const connectionProblem = (what: string, error: Error): Problem => {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : 'connection';
  return new Problem(`${what}: the API server did not answer (${error.message === '' ? code : error.message})`, {
    kind: 'transient',
    code,
    cause: error,
  });
};
