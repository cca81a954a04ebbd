import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { connect } from '../../src/kubernetes/connect.ts';
import type { Kubernetes, Manifest } from '../../src/kubernetes/kubernetes.ts';
import type { RequestFault } from '../../src/sandbox/kubernetes/api/request-fault.ts';
import { once, startLab } from '../sandbox/kubernetes/lab.ts';

const signal = new AbortController().signal;
const ref = { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'default', name: 'cfg' };
const manifest: Manifest = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'cfg', namespace: 'default' },
  data: { a: '1' },
};

const meeting = async (fault: RequestFault, method?: string): Promise<Kubernetes> =>
  connect(readFileSync((await startLab(undefined, once(fault, method))).kubeconfig, 'utf8'));

test('a request that flow control turned away is sent again where it says when', async () => {
  const kubernetes = await meeting({ kind: 'throttled', retryAfter: 0 }, 'PATCH');
  await kubernetes.apply(manifest, {}, signal);
  expect(await kubernetes.get(ref, signal)).toMatchObject({ data: { a: '1' } });
});

test('a long wait, and one of unknown length, is left to the caller', async () => {
  const kubernetes = await meeting({ kind: 'throttled', retryAfter: 30 });
  await expect(kubernetes.get(ref, signal)).rejects.toMatchObject({
    kind: 'transient',
    retryAfterMs: 30_000,
    message: 'get ConfigMap default/cfg: Too many requests, please try again later.',
  });
  const bare = await meeting({ kind: 'throttled', retryAfter: undefined });
  await expect(bare.get(ref, signal)).rejects.toMatchObject({ kind: 'transient', retryAfterMs: undefined });
});

test('an API server that turns everything away is a Problem in the end', async () => {
  let turnedAway = 0;
  const { kubeconfig } = await startLab(undefined, () => {
    turnedAway += 1;
    return { kind: 'throttled', retryAfter: 0 };
  });
  const kubernetes = await connect(readFileSync(kubeconfig, 'utf8'));
  await expect(kubernetes.version(signal)).rejects.toMatchObject({ kind: 'transient' });
  expect(turnedAway).toBe(4);
});

test('who gives up while waiting is told so', async () => {
  const kubernetes = await meeting({ kind: 'throttled', retryAfter: 3 });
  const given = new AbortController();
  const asked = kubernetes.get(ref, given.signal);
  setTimeout(() => given.abort(new Error('enough')), 300);
  await expect(asked).rejects.toThrow('enough');
});

test.each([500, 503, 504])('an API server that fails with %i is worth another try', async (status) => {
  const kubernetes = await meeting({ kind: 'failure', status });
  await expect(kubernetes.get(ref, signal)).rejects.toMatchObject({ kind: 'transient' });
  expect(await kubernetes.get(ref, signal)).toBeUndefined();
});

test('a connection that breaks is worth another try, and an apply whose answer got lost is there', async () => {
  const before = await meeting({ kind: 'reset', when: 'before' }, 'PATCH');
  await expect(before.apply(manifest, {}, signal)).rejects.toMatchObject({ kind: 'transient' });
  expect(await before.get(ref, signal)).toBeUndefined();
  const after = await meeting({ kind: 'reset', when: 'after' }, 'PATCH');
  await expect(after.apply(manifest, {}, signal)).rejects.toMatchObject({ kind: 'transient' });
  expect(await after.get(ref, signal)).toMatchObject({ data: { a: '1' } });
  await after.apply(manifest, {}, signal);
});

test('a stalled request ends when its caller gives up', async () => {
  const kubernetes = await meeting({ kind: 'stall' });
  const given = new AbortController();
  const asked = kubernetes.get(ref, given.signal);
  given.abort(new Error('enough'));
  await expect(asked).rejects.toThrow('enough');
});
