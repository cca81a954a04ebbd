import { expect, test } from 'vitest';
import { mend, type MendPending, type ReleaseSecret } from '../../src/helm/mend.ts';
import type { ReleaseStatus, Revision } from '../../src/helm/release.ts';

const begun = Date.parse('2026-11-23T15:00:00Z');
const minute = 60_000;

function world(secrets: Record<string, ReleaseSecret>): { removed: string[]; options: MendPending } {
  const removed: string[] = [];
  return {
    removed,
    options: {
      release: 'cilium',
      namespace: 'kube-system',
      timeoutMs: 10 * minute,
      isGone: () => false,
      signal: new AbortController().signal,
      secrets: {
        find: async (_namespace, name) => secrets[name],
        remove: async (namespace, name, seen) => {
          removed.push(`${namespace}/${name} ${seen.uid}`);
        },
      },
    },
  };
}

const secret = (status: ReleaseStatus, labels: Record<string, string> = {}): ReleaseSecret => ({
  uid: 'u1',
  labels: { owner: 'helm', name: 'cilium', status, modifiedAt: String(begun / 1000), ...labels },
});
const revision = (number: number, status: ReleaseStatus): Revision => ({
  revision: number,
  status,
  updated: new Date(begun),
});

test('removes only the Secret of the pending revision, and says which one counts from now on', async () => {
  const { removed, options } = world({ 'sh.helm.release.v1.cilium.v2': secret('pending-upgrade') });
  const history = [revision(1, 'deployed'), revision(2, 'pending-upgrade')];
  expect(await mend(options, history, begun + 11 * minute)).toEqual({ mended: true, removed: 2, newest: 1 });
  expect(removed).toEqual(['kube-system/sh.helm.release.v1.cilium.v2 u1']);
});

test('frees a first install, too: then there is no release left, and its objects are adopted by the next install', async () => {
  const { removed, options } = world({ 'sh.helm.release.v1.cilium.v1': secret('pending-install') });
  expect(await mend(options, [revision(1, 'pending-install')], begun + 11 * minute)).toEqual({
    mended: true,
    removed: 1,
    newest: undefined,
  });
  expect(removed).toHaveLength(1);
});

test.each(['deployed', 'failed', 'superseded', 'uninstalled'] as const)(
  'leaves a release alone that is %s',
  async (status) => {
    const { removed, options } = world({ 'sh.helm.release.v1.cilium.v1': secret(status) });
    expect(await mend(options, [revision(1, status)], begun + 60 * minute)).toEqual({ mended: false });
    expect(removed).toEqual([]);
  },
);

test('refuses while the other helm may still be at work, and says until when', async () => {
  const { removed, options } = world({ 'sh.helm.release.v1.cilium.v1': secret('pending-install') });
  await expect(mend(options, [revision(1, 'pending-install')], begun + 9 * minute)).rejects.toMatchObject({
    reason: 'in-progress',
    message: expect.stringContaining('pending-install since 2026-11-23T15:00:00.000Z'),
    hint: expect.stringContaining('after 2026-11-23T15:10:00.000Z'),
  });
  expect(removed).toEqual([]);
});

test('does not wait where the caller knows that its own helm was killed', async () => {
  const { removed, options } = world({ 'sh.helm.release.v1.cilium.v1': secret('pending-install') });
  await mend({ ...options, isGone: () => true }, [revision(1, 'pending-install')], begun + minute);
  expect(removed).toHaveLength(1);
});

test('leaves a revision alone that came to its end between the two looks', async () => {
  const { removed, options } = world({ 'sh.helm.release.v1.cilium.v1': secret('deployed') });
  expect(await mend(options, [revision(1, 'pending-install')], begun + 11 * minute)).toEqual({ mended: false });
  expect(removed).toEqual([]);
});

test('measures from when helm last wrote the revision, not from its first try', async () => {
  const late = secret('pending-upgrade', { modifiedAt: String((begun + 5 * minute) / 1000) });
  const { options } = world({ 'sh.helm.release.v1.cilium.v2': late });
  await expect(mend(options, [revision(2, 'pending-upgrade')], begun + 11 * minute)).rejects.toMatchObject({
    reason: 'in-progress',
  });
});
