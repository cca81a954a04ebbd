import { expect, test } from 'vitest';
import { Problem } from '../../src/errors/problem.ts';
import type { Manifest } from '../../src/kubernetes/kubernetes.ts';
import { tetragonStatus } from '../../src/status/tetragon.ts';
import { fakeKubernetes, pod, workload } from '../support/fake-kubernetes.ts';

const signal = new AbortController().signal;
const labels = { app: 'tetragon' };
const containers = ['tetragon', 'export-stdout'].map((name) => ({
  name,
  ready: true,
  restartCount: 0,
  state: { running: {} },
}));
const metricsServer = (address: string): Manifest => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'tetragon-config', namespace: 'kube-system' },
  data: { 'metrics-server': address },
});
const objects: readonly Manifest[] = [
  workload({ kind: 'DaemonSet', name: 'tetragon', desired: 2 }),
  workload({ kind: 'Deployment', name: 'tetragon-operator' }),
  pod({ name: 'tetragon-a', node: 'node-1', labels, containers }),
  pod({ name: 'tetragon-b', node: 'node-2', labels, containers }),
];

const scrape = (changes: Readonly<Record<string, number>> = {}): string =>
  Object.entries({
    'tetragon_events_total{namespace="shop",type="PROCESS_EXEC"}': 5,
    'tetragon_events_total{namespace="kube-system",type="PROCESS_EXEC"}': 2,
    'tetragon_events_total{namespace="shop",type="PROCESS_EXIT"}': 4,
    tetragon_events_exported_total: 9,
    tetragon_events_last_exported_timestamp: 1_763_920_616,
    tetragon_export_ratelimit_events_dropped_total: 0,
    ...changes,
  })
    .map(([name, value]) => `${name} ${value}`)
    .join('\n');

interface World {
  readonly a: string | Error;
  readonly b?: string | Error;
  readonly more?: readonly Manifest[];
}

const status = ({ a, b = scrape(), more = [] }: World, asked: string[] = []) =>
  tetragonStatus(
    fakeKubernetes(
      [...objects, ...more],
      () => '{}',
      (target, path) => {
        asked.push(`${target.pod}:${target.port}${path}`);
        return target.pod === 'tetragon-a' ? a : b;
      },
    ),
    { namespace: 'kube-system', counters: true },
    signal,
  );

test('every agent tells what it counted, and the cluster has the sums and the newest export', async () => {
  const asked: string[] = [];
  const seen = await status(
    { a: scrape(), b: scrape({ tetragon_events_last_exported_timestamp: 1_763_920_700 }) },
    asked,
  );
  expect(asked.toSorted()).toEqual(['tetragon-a:2112/metrics', 'tetragon-b:2112/metrics']);
  expect(seen.agents[0]?.counters).toEqual({
    seen: { PROCESS_EXEC: 7, PROCESS_EXIT: 4 },
    exported: 9,
    lastExportedAt: '2025-11-23T17:56:56Z',
    rateLimited: 0,
    lost: { kernel: 0, ringBuffer: 0, queue: 0, listener: 0 },
  });
  expect(seen.counters).toMatchObject({
    seen: { PROCESS_EXEC: 14, PROCESS_EXIT: 8 },
    exported: 18,
    lastExportedAt: '2025-11-23T17:58:20Z',
  });
  expect([seen.ok, seen.warnings]).toEqual([true, []]);
});

test('an agent that has exported nothing has no time of a last export', async () => {
  const quiet = scrape({ tetragon_events_exported_total: 0, tetragon_events_last_exported_timestamp: 0 });
  const seen = await status({ a: quiet, b: quiet });
  expect(seen.counters).toMatchObject({ exported: 0, lastExportedAt: undefined });
  expect(seen.warnings).toEqual([]);
});

test('lost events are a warning with the places where they were lost', async () => {
  const lossy = scrape({
    tetragon_observer_ringbuf_events_lost_total: 10,
    'tetragon_bpf_missed_events_total{error="ENOSPC",msg_op="5"}': 2,
    'tetragon_bpf_missed_events_total{error="EBUSY",msg_op="7"}': 1,
  });
  expect(await status({ a: lossy })).toMatchObject({
    ok: true,
    counters: { lost: { kernel: 3, ringBuffer: 10 } },
    warnings: [
      {
        component: 'tetragon',
        message: 'lost 13 events since it started (3 by the kernel, 10 in the ring buffer)',
        where: ['node-1'],
      },
    ],
  });
});

test('events over the rate limit are a warning that names the chart value', async () => {
  const limited = scrape({ tetragon_export_ratelimit_events_dropped_total: 6 });
  expect((await status({ a: limited, b: limited })).warnings).toEqual([
    {
      component: 'tetragon',
      message: 'dropped 6 events that came faster than tetragon.exportRateLimit allows',
      where: ['node-1', 'node-2'],
    },
  ]);
});

test('agents whose metrics the network keeps back are one warning, no error, and the sums are of the others', async () => {
  const refused = (name: string, address: string): Problem =>
    new Problem(`get /metrics of kube-system/${name}:2112: dial tcp ${address}:2112: connect: connection refused`, {
      kind: 'transient',
      code: 'ServiceUnavailable',
    });
  const all = await status({ a: refused('tetragon-a', '10.0.0.4'), b: refused('tetragon-b', '10.0.0.5') });
  expect(all).toMatchObject({ ok: true, errors: [], counters: undefined });
  expect(all.warnings).toEqual([
    {
      component: 'tetragon',
      message:
        'its event counters cannot be read: get /metrics of kube-system/tetragon:2112: dial tcp port 2112: connect: connection refused',
      where: ['node-1', 'node-2'],
    },
  ]);
  expect(await status({ a: refused('tetragon-a', '10.0.0.4') })).toMatchObject({ counters: { exported: 9 } });
});

test("another program's metrics at that port are not taken for Tetragon's", async () => {
  expect((await status({ a: 'node_cpu_seconds_total 1\n' })).warnings).toMatchObject([
    { message: "its event counters cannot be read: port 2112 does not answer with Tetragon's metrics" },
  ]);
});

test("the port is the one of the chart's values, and where metrics are off nobody is asked", async () => {
  const asked: string[] = [];
  await status({ a: scrape(), more: [metricsServer(':3112')] }, asked);
  expect(asked).toContain('tetragon-a:3112/metrics');
  const none: string[] = [];
  const off = await status({ a: scrape(), more: [metricsServer('')] }, none);
  expect(none).toEqual([]);
  expect(off.warnings).toMatchObject([
    { message: expect.stringContaining('tetragon.prometheus.enabled'), where: ['node-1', 'node-2'] },
  ]);
});

test('nobody is asked for counters unless they are wanted', async () => {
  const seen = await tetragonStatus(
    fakeKubernetes(objects, () => '{}'),
    { namespace: 'kube-system' },
    signal,
  );
  expect([seen.warnings, 'counters' in seen, seen.agents[0]?.counters]).toEqual([[], false, undefined]);
});
