import { Problem } from '../errors/problem.ts';

/** A Kubernetes `Status` as far as we read it. */
interface Status {
  readonly reason: string;
  /** Reasons of the causes in its details. */
  readonly causes: readonly unknown[];
  readonly message: string;
  readonly retryAfterMs: number | undefined;
}

const parseStatus = (body: string): Status => {
  try {
    const value = JSON.parse(body) as {
      reason?: unknown;
      message?: unknown;
      details?: { retryAfterSeconds?: unknown; causes?: readonly { reason?: unknown }[] };
    };
    const seconds = value.details?.retryAfterSeconds;
    return {
      reason: typeof value.reason === 'string' ? value.reason : '',
      causes: Array.isArray(value.details?.causes) ? value.details.causes.map(({ reason }) => reason) : [],
      message: typeof value.message === 'string' ? value.message : body.slice(0, 300).trim(),
      retryAfterMs: typeof seconds === 'number' ? seconds * 1000 : undefined,
    };
  } catch {
    return { reason: '', causes: [], message: body.slice(0, 300).trim(), retryAfterMs: undefined };
  }
};

/** Seconds, as the API server writes it; its body says it too, but for requests that it turns away unread. */
const headerMs = (retryAfter: string | undefined): number | undefined =>
  retryAfter !== undefined && /^\d+$/.test(retryAfter) ? Number(retryAfter) * 1000 : undefined;

/** An answer of the API server that is no success. `what` names the call: `apply ConfigMap kube-system/x`. */
export const apiProblem = (what: string, status: number, body: string, retryAfter?: string): Problem => {
  const { reason, causes, message, retryAfterMs = headerMs(retryAfter) } = parseStatus(body);
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
  if (status === 409 && causes.includes('FieldManagerConflict')) {
    // No wait ends this one: somebody else set the field, and goes on owning it.
    return new Problem(text, {
      kind: 'drift',
      code: 'FieldManagerConflict',
      hint: 'Take the change back, or leave the field to whoever owns it.',
    });
  }
  if (status === 409) return new Problem(text, { kind: 'conflict', code, retryAfterMs });
  // The API server says 500 to a body that does not fit its schema: no second try will.
  if (message.includes('failed to create typed patch object')) return new Problem(text, { kind: 'failed', code });
  // 410 is a list that took longer than the API server remembers: from its start again it goes.
  if (status === 408 || status === 410 || status === 429 || status >= 500)
    return new Problem(text, { kind: 'transient', code, retryAfterMs });
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
