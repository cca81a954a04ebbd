import { HelmError } from './helm-error.ts';
import type { Revision } from './release.ts';

/** The Secrets in which helm keeps its revisions, as far as mending needs them; the caller has the Kubernetes client. */
export interface ReleaseSecrets {
  /** Labels and resourceVersion of a Secret, undefined where it does not exist. Its data must not be read. */
  find(namespace: string, name: string, signal: AbortSignal): Promise<ReleaseSecret | undefined>;
  /** Deletes exactly the Secret that was seen (uid as precondition where the caller's client can); one that is gone is fine. */
  remove(namespace: string, name: string, seen: ReleaseSecret, signal: AbortSignal): Promise<void>;
}

export interface ReleaseSecret {
  readonly uid: string;
  readonly labels: Readonly<Record<string, string>>;
}

export interface MendPending {
  readonly release: string;
  readonly namespace: string;
  readonly secrets: ReleaseSecrets;
  /** The timeout that the interrupted operation ran with, in milliseconds: until then its helm can still be alive. */
  readonly timeoutMs: number;
  /** Whether the caller knows, by the labels of the pending revision, that its helm has ended. */
  readonly isGone: (labels: ReleaseSecret['labels']) => boolean;
  readonly signal: AbortSignal;
}

/** `mended` names the revision whose Secret was removed and the one that is now the newest, if any. */
export type Mended =
  { readonly mended: false } | { readonly mended: true; readonly removed: number; readonly newest: number | undefined };

/**
 * Frees a release that a killed helm left in pending-install, pending-upgrade, pending-rollback or uninstalling by deleting
 * that revision's Secret only. That touches no workload: a rollback would restart every agent of the CNI, an uninstall would take
 * the CNI away. The next upgrade then compares with the last revision that came to an end, or installs over what is there.
 * Throws HelmError `in-progress` while another helm may still be at work.
 */
export async function mend(options: MendPending, history: readonly Revision[], now: number): Promise<Mended> {
  const last = history.at(-1);
  if (last === undefined || !isUnfinished(last.status)) return { mended: false };
  const name = `sh.helm.release.v1.${options.release}.v${last.revision}`;
  const secret = await options.secrets.find(options.namespace, name, options.signal);
  // Gone or no longer pending: the other helm came to its end between the two looks.
  if (secret === undefined || secret.labels['owner'] !== 'helm' || !isUnfinished(secret.labels['status'] ?? ''))
    return { mended: false };
  const begun = changedAt(secret, last);
  const free = begun === undefined ? undefined : begun + options.timeoutMs;
  if (!options.isGone(secret.labels) && (free === undefined || now < free))
    throw stillRunning(options, last, begun, free);
  await options.secrets.remove(options.namespace, name, secret, options.signal);
  return { mended: true, removed: last.revision, newest: history.at(-2)?.revision };
}

// To an upgrade a release that is uninstalling "has no deployed releases": it would never come back by itself.
const isUnfinished = (status: string): boolean => status.startsWith('pending-') || status === 'uninstalling';

function changedAt({ labels }: ReleaseSecret, revision: Revision): number | undefined {
  const seconds = Number(labels['modifiedAt'] ?? labels['createdAt']);
  return Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : revision.updated?.getTime();
}

function stillRunning(
  { release, namespace }: MendPending,
  last: Revision,
  begun: number | undefined,
  free: number | undefined,
): HelmError {
  const since = begun === undefined ? '' : ` since ${new Date(begun).toISOString()}`;
  const until =
    free === undefined
      ? ''
      : `, or run again after ${new Date(free).toISOString()}, when that operation's time is over`;
  return new HelmError(
    'in-progress',
    `Revision ${last.revision} of the release ${namespace}/${release} is ${last.status}${since}, so another helm may be at work on it.`,
    `Wait until it has ended${until}.`,
  );
}
