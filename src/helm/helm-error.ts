import { Problem, type ProblemKind } from '../errors/problem.ts';
import { conflictText, type FieldConflict, fieldConflict } from './field-conflict.ts';

export type HelmErrorKind =
  | 'unreachable'
  | 'forbidden'
  | 'in-progress'
  | 'conflict'
  | 'schema'
  | 'template-failed'
  | 'kube-version'
  | 'timeout'
  | 'interrupted'
  | 'not-found'
  | 'chart-digest'
  | 'chart-pull'
  | 'missing-binary'
  | 'binary-digest'
  | 'binary-download'
  | 'other';

/** Helm's or a chart's failure, told apart by `reason`; `code` is `chart-…` or `helm-…`. */
export class HelmError extends Problem {
  readonly reason: HelmErrorKind;

  constructor(reason: HelmErrorKind, message: string, hint: string, options: { readonly cause?: unknown } = {}) {
    super(message, {
      kind: problemKinds[reason],
      code: reason.startsWith('chart-') ? reason : `helm-${reason}`,
      hint,
      cause: options.cause,
    });
    this.name = 'HelmError';
    this.reason = reason;
  }
}

const problemKinds: Readonly<Record<HelmErrorKind, ProblemKind>> = {
  unreachable: 'transient',
  forbidden: 'permission',
  'in-progress': 'conflict',
  conflict: 'failed',
  schema: 'usage',
  'template-failed': 'usage',
  'kube-version': 'preflight',
  // What was applied stays, and the same upgrade again goes on from there.
  timeout: 'transient',
  interrupted: 'interrupted',
  'not-found': 'failed',
  'chart-digest': 'failed',
  'chart-pull': 'transient',
  'missing-binary': 'usage',
  'binary-digest': 'failed',
  'binary-download': 'transient',
  other: 'failed',
};

interface Rule {
  readonly reason: HelmErrorKind;
  readonly pattern: RegExp;
  readonly hint: string;
}

// Helm exits 1 for every failure, so stderr is all there is to tell them apart. The first match wins: a schema error can name
// a key called timeout. Patterns hold for 3.14 to 3.21 and 4 (facts/kubernetes.md section 8; both run by the tests).
const rules: readonly Rule[] = [
  {
    reason: 'in-progress',
    // The second and third: another helm wrote the record of the same revision between this one's look and its own.
    pattern:
      /another operation \(install\/upgrade\/rollback\) is in progress|release: already exists|cannot re-use a name that is still in use/,
    hint: 'Wait until the other run has ended, then run the same command again.',
  },
  {
    reason: 'schema',
    pattern: /values don't meet the specifications of the schema/,
    hint: 'Correct the named values in your extra values file.',
  },
  {
    reason: 'template-failed',
    pattern: /execution error at \(/,
    hint: 'Correct the value that the chart names.',
  },
  {
    reason: 'kube-version',
    pattern: /chart requires kubeVersion/,
    hint: 'Choose a Kubernetes version or a chart version that fit together.',
  },
  {
    reason: 'unreachable',
    pattern:
      /kubernetes cluster unreachable|the server is currently unable to handle the request|connection refused|no such host/i,
    hint: 'Check that the cluster is running and that this machine may reach its API server (authorized IP ranges, private cluster, proxy).',
  },
  {
    reason: 'forbidden',
    pattern: /is forbidden:|Unauthorized|must be logged in to the server/,
    hint: 'The signed-in identity needs Azure Kubernetes Service RBAC Cluster Admin, or cluster-admin, on this cluster.',
  },
  {
    reason: 'conflict',
    pattern: /Apply failed with \d+ conflict|conflict occurred while applying/i,
    hint: 'Something else owns these fields: undo its change (kubectl edit, another tool), then run again.',
  },
  {
    reason: 'timeout',
    pattern: /context deadline exceeded|timed out waiting for|resource not ready|would exceed context deadline/,
    hint: 'What was applied stays: look at the pods (cilium status, tetragon status), then run the same command again.',
  },
  {
    reason: 'interrupted',
    pattern: /context canceled|has been cancelled/,
    hint: 'Run the same command again to go on.',
  },
  {
    reason: 'not-found',
    pattern: /release: not found|has no deployed releases/,
    hint: 'The release is not installed in this namespace.',
  },
];

/** Turns helm's stderr into a HelmError. `doing` completes "helm could not …". */
export function classify(stderr: string, doing: string): HelmError {
  const conflict = fieldConflict(stderr);
  if (conflict !== undefined) return conflicting(conflict, doing);
  const reason = essence(stderr);
  const rule = rules.find(({ pattern }) => pattern.test(stderr));
  const message = `helm could not ${doing}: ${reason}`;
  if (rule !== undefined) return new HelmError(rule.reason, message, rule.hint);
  return new HelmError('other', message, 'Run again with --verbose; the log file holds the steps before it.');
}

const conflicting = (conflict: FieldConflict, doing: string): HelmError => {
  const [kind = '', name = ''] = conflict.object.split(' ');
  const [namespace = '', object = name] = name.includes('/') ? name.split('/') : [''];
  const where = namespace === '' ? [] : ['--namespace', namespace];
  const edit = ['kubectl', 'edit', kind.toLowerCase(), object, ...where].join(' ');
  return new HelmError(
    'conflict',
    `helm could not ${doing}: ${conflictText(conflict)}.`,
    `Set it back (${edit}), or where it is meant put it into values of your own (--cilium-values, --tetragon-values); then run again.`,
  );
};

/** Helm's error as one line: without prefixes that say nothing and without what could be a credential. */
export function essence(stderr: string): string {
  const start = stderr.lastIndexOf('\nError: ') + 1;
  const text = stderr
    .slice(stderr.startsWith('Error: ', start) ? start : 0)
    .replace(/^Error: /, '')
    .replace(/Use --debug flag to render out invalid YAML/, '')
    .replace(/(UPGRADE|INSTALLATION) FAILED: /, '')
    .replace(/\n- /g, ' - ')
    .replace(/\s+/g, ' ')
    .trim();
  const line = redact(text === '' ? 'it ended without an error message' : text);
  return line.length > 600 ? `${line.slice(0, 600)}…` : line;
}

// A template error can quote the rendered document, Secrets included: blobs, keys and credentials in URLs never pass.
const redact = (text: string): string =>
  text
    .replace(/-----BEGIN [A-Z ]+-----.*?(-----END [A-Z ]+-----|$)/g, '[redacted]')
    .replace(/(https?:\/\/)[^/\s:@"]+:[^/\s@"]+@/g, '$1[redacted]@')
    .replace(/([?&](?:sig|token|password|client_secret)=)[^&\s"]+/gi, '$1[redacted]')
    .replace(/\b(Bearer|Basic) [A-Za-z0-9._~+/=-]{8,}/g, '$1 [redacted]')
    .replace(/\b(password|token|secret|key)(["']?\s*[:=]\s*["']?)[^\s"',}]+/gi, '$1$2[redacted]')
    .replace(/[A-Za-z0-9+/_-]{60,}={0,2}/g, '[redacted]');
