import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { type Holder, holderOf, isHeld, parseHolder } from '../engine/lock-holder.ts';
import type { ThisProcess } from '../engine/lock.ts';

/** The label by which a revision names the helm that wrote it. */
export const helmLabel = 'aks-ebpf-sentinel-helm';

const markIn = (stateDir: string, release: string): string => join(stateDir, `helm-${release}.json`);

/** What is known of the helm that is about to run, so that a run after a power cut need not wait until that one's time is over. */
export interface HelmMark {
  readonly labels: Readonly<Record<string, string>>;
  readonly onStart: (pid: number) => void;
  /** It has ended well. */
  readonly remove: () => void;
}

export const helmMark = (stateDir: string, release: string, me: ThisProcess, now: number): HelmMark => {
  const id = randomUUID();
  const path = markIn(stateDir, release);
  return {
    labels: { [helmLabel]: id },
    onStart: (pid) =>
      writeFileSync(path, JSON.stringify({ id, ...holderOf({ ...me, pid }, new Date(now).toISOString()) }), {
        mode: 0o600,
      }),
    remove: () => rmSync(path, { force: true }),
  };
};

/**
 * Whether the helm of a pending revision is known to be gone: it was ours, of this machine, and its process does not live any more.
 * False where nothing is known; then its time has to pass.
 */
export const isHelmGone = (
  stateDir: string,
  release: string,
  me: ThisProcess,
  labels: Readonly<Record<string, string>>,
): boolean => {
  const mark = readMark(markIn(stateDir, release));
  if (mark === undefined || labels[helmLabel] !== mark.id) return false;
  // What is not of this boot and this machine, or has no birth to be known by, counts as alive.
  return !isHeld(mark.holder, me, () => 0);
};

const readMark = (path: string): { readonly id: string; readonly holder: Holder } | undefined => {
  try {
    const text = readFileSync(path, 'utf8');
    const holder = parseHolder(text);
    const { id } = JSON.parse(text) as { readonly id?: unknown };
    return holder === undefined || typeof id !== 'string' ? undefined : { id, holder };
  } catch {
    return undefined;
  }
};
