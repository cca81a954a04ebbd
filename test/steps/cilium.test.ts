import { gunzipSync, gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import type { Manifest } from '../../src/kubernetes/kubernetes.ts';
import { keepBetweenTests, world, type World } from '../support/world.ts';

// One cluster for all: each test puts right what it broke, in whatever order they run.
keepBetweenTests();
const signal = new AbortController().signal;

let shared: Promise<World> | undefined;
const installed = (): Promise<World> =>
  (shared ??= (async () => {
    const lab = await world();
    await lab.run('nodes');
    return lab;
  })());

const secretsOf = async (lab: World): Promise<readonly Manifest[]> =>
  (await lab.kubernetes()).list(
    { apiVersion: 'v1', kind: 'Secret', namespace: 'kube-system', labelSelector: 'owner=helm,name=cilium' },
    signal,
  );

/** Rewrites helm's newest record as a helm leaves it that was killed at work. */
const leave = async (lab: World, status: string): Promise<void> => {
  const newest = (await secretsOf(lab)).toSorted(
    (a, b) => Number(b.metadata.labels?.['version']) - Number(a.metadata.labels?.['version']),
  )[0];
  const packed = (newest?.['data'] as { release: string } | undefined)?.release ?? '';
  const inner = Buffer.from(Buffer.from(packed, 'base64').toString('latin1'), 'base64');
  const record = JSON.parse(gunzipSync(inner).toString('utf8')) as { info: Record<string, unknown> };
  record.info = { ...record.info, status };
  const again = Buffer.from(gzipSync(JSON.stringify(record)).toString('base64')).toString('base64');
  await lab.sandbox.sabotage({
    kind: 'kubernetes-patch',
    cluster: lab.clusterId,
    path: `/api/v1/namespaces/kube-system/secrets/${newest?.metadata.name ?? ''}`,
    patch: { data: { release: again }, metadata: { labels: { status } } },
  });
};

test('is installed by helm with the values of this cluster, and believed when its agents say so', async () => {
  const lab = await installed();
  await expect(lab.run('cilium')).resolves.toMatchObject({ changed: false });
  const kubernetes = await lab.kubernetes();
  const config = await kubernetes.get(
    { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'kube-system', name: 'cilium-config' },
    signal,
  );
  expect(config?.['data']).toMatchObject({ 'kube-proxy-replacement': 'true' });
  const [agent] = await kubernetes.list(
    { apiVersion: 'v1', kind: 'Pod', namespace: 'kube-system', labelSelector: 'k8s-app=cilium' },
    signal,
  );
  expect(JSON.stringify(agent)).toMatch(/"KUBERNETES_SERVICE_HOST","value":"[^"/:]+\.azmk8s\.io"/);
});

test('a second run writes nothing into the cluster', async () => {
  const lab = await installed();
  const before = await secretsOf(lab);
  await lab.run('nodes');
  expect(await secretsOf(lab)).toEqual(before);
});

test('a release that a helm is at work on is waited for', async () => {
  const lab = await installed();
  await leave(lab, 'pending-upgrade');
  expect(await lab.sight('cilium')).toMatchObject({
    seen: { state: 'converging', detail: 'helm is at work on the release (pending-upgrade)' },
  });
  await leave(lab, 'deployed');
});

test('one that a killed helm left pending is freed and upgraded, and no agent is taken away for it', async () => {
  const lab = await installed();
  const kubernetes = await lab.kubernetes();
  const agents = async () =>
    (
      await kubernetes.list(
        { apiVersion: 'v1', kind: 'Pod', namespace: 'kube-system', labelSelector: 'k8s-app=cilium' },
        signal,
      )
    ).map(({ metadata }) => metadata.uid);
  const before = await agents();
  await leave(lab, 'pending-upgrade');
  const later = await lab.elsewhere();
  later.pass(180_000);
  expect(await later.sight('cilium')).toMatchObject({ seen: { state: 'failed', recover: 'retry' } });
  await expect(later.run('cilium')).resolves.toMatchObject({ changed: true });
  expect(await agents()).toEqual(before);
});

test('values that somebody changed are drift, named one by one, and put right with consent', async () => {
  const lab = await installed();
  const other = await lab.elsewhere({ flows: true });
  await expect(other.run('cilium')).rejects.toMatchObject({
    kind: 'drift',
    message: expect.stringMatching(/value hubble/),
  });
  await expect(other.run('cilium', { consent: true })).resolves.toMatchObject({ changed: true });
  await expect(lab.run('cilium', { consent: true })).resolves.toMatchObject({ changed: true });
});

test('another version of the chart is drift', async () => {
  const lab = await installed();
  const other = await lab.elsewhere({ 'cilium-version': '1.19.6' });
  expect(await other.sight('cilium')).toMatchObject({
    seen: {
      state: 'drifted',
      diff: [expect.stringMatching(/chart cilium \S+ is installed, the config says cilium 1\.19\.6/)],
    },
  });
});

test('nodes are Ready only with a CNI, and the CRDs of the operator are there', async () => {
  const lab = await installed();
  const kubernetes = await lab.kubernetes();
  const nodes = await kubernetes.list({ apiVersion: 'v1', kind: 'Node' }, signal);
  expect(nodes).toHaveLength(2);
  await expect(lab.run('nodes')).resolves.toMatchObject({ changed: false });
});
