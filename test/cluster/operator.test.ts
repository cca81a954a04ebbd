import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connect } from '../../src/kubernetes/connect.ts';
import { ciliumStatus } from '../../src/status/cilium.ts';
import { eventsOf } from '../e2e/cloud.ts';
import { haveRealCharts } from '../support/real-charts.ts';
import { attachedCloud } from './attached-cloud.ts';
import { openLab } from './lab.ts';
import { planeSkip, startPlane, type Plane } from './plane/start-plane.ts';

// Without its operator Cilium never comes up, and without Cilium no node becomes Ready: the one pod whose fate decides a whole run.

const untolerant = 'operator: {tolerations: [{key: node.kubernetes.io/not-ready, operator: Exists}]}\n';

const signal = new AbortController().signal;

describe.skipIf(planeSkip() ?? !haveRealCharts)('a cluster whose only node is a tainted system node', () => {
  let dir: string;
  let plane: Plane;

  const lab = (cilium?: string) =>
    openLab(plane, dir, { nodeCount: 1, ...(cilium === undefined ? {} : { values: { cilium } }) });
  /** What `cilium status` has to say against it. */
  const errors = async (): Promise<string> => {
    const kubernetes = await connect(readFileSync(plane.kubeconfig, 'utf8'));
    const status = await ciliumStatus(kubernetes, { namespace: 'kube-system' }, signal);
    return JSON.stringify(status.errors.filter(({ component }) => component === 'cilium-operator'));
  };

  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'plane-'));
    plane = await startPlane({ dir, form: 'byocni', nodes: { system: 1, user: 0 } });
  });
  afterAll(async () => {
    await plane.close();
    rmSync(dir, { recursive: true });
  });

  test('init stops with that cause, and tells it to scripts and people alike', async () => {
    const cloud = await attachedCloud(plane);
    try {
      const file = join(dir, 'own.yaml');
      writeFileSync(file, untolerant);
      const flags = ['--system-nodes', '1', '--nodes', '0', '--cilium-values', file];
      const ended = await cloud.run(['init', '--yes', '--output', 'ndjson', ...flags]);
      const events = eventsOf(ended);
      expect(events.find(({ type }) => type === 'step.failed')).toMatchObject({ step: 'cilium' });
      expect(events.at(-1)).toMatchObject({ type: 'run.ended', outcome: 'failed', exitCode: 1 });
      expect(ended.code).toBe(1);
      expect(JSON.stringify(events)).toContain(
        'cannot be scheduled: 1 node has the taint CriticalAddonsOnly=true:NoSchedule, which cilium-operator does not tolerate. Add the toleration to operator.tolerations',
      );
      const status = await cloud.alone(['cilium', 'status', '--kubeconfig', plane.kubeconfig]);
      expect(status.code).toBe(1);
      expect(status.stdout.replaceAll(/\s+/gu, ' ')).toContain('taint CriticalAddonsOnly=true:NoSchedule');
    } finally {
      await cloud.close();
    }
  });

  test('tolerations of the user that leave the taint out end the run with the pod, the taint and the value', async () => {
    const own = await lab(untolerant);
    await expect(own.run('nodes', { consent: true })).rejects.toMatchObject({
      kind: 'failed',
      message: expect.stringMatching(
        /^cilium-operator-\S+ cannot be scheduled: 1 node has the taint CriticalAddonsOnly=true:NoSchedule, which cilium-operator does not tolerate\. Add the toleration to operator\.tolerations of the chart's values/,
      ),
    });
    expect(await errors()).toContain('CriticalAddonsOnly=true:NoSchedule, which cilium-operator does not tolerate');
  });

  test('one that tolerates the pool, and not that there is no network yet, would wait for itself', async () => {
    const own = await lab('operator: {tolerations: [{key: CriticalAddonsOnly, operator: Exists}]}');
    await expect(own.run('nodes', { consent: true })).rejects.toMatchObject({
      message: expect.stringMatching(
        /^cilium-operator-\S+ cannot be scheduled: 1 node has the taints? .*node\.kubernetes\.io\/not-ready.*, which cilium-operator does not tolerate\. Add the toleration to operator\.tolerations/,
      ),
    });
  });

  test('a selector that no node fits is told by its label', async () => {
    const own = await lab('operator: {nodeSelector: {pool: operators}}');
    await expect(own.run('nodes', { consent: true })).rejects.toMatchObject({
      message: expect.stringMatching(
        /^cilium-operator-\S+ cannot be scheduled: 1 node is not what it asks for \(.*pool=operators.*\)\. Correct operator\.nodeSelector/,
      ),
    });
  });

  test('two replicas for one node end the run with the number to change', async () => {
    const own = await lab('operator: {replicas: 2}');
    await expect(own.run('nodes', { consent: true })).rejects.toMatchObject({
      kind: 'failed',
      message: expect.stringMatching(
        /^cilium-operator-\S+ cannot be scheduled: 1 node runs another cilium-operator already, and two may not share a node\. It asks for 2 replicas: set operator\.replicas/,
      ),
    });
    expect(await errors()).toContain('two may not share a node');
  });

  test('with our own values it comes up', async () => {
    const ours = await lab();
    await expect(ours.run('cilium', { consent: true })).resolves.toEqual({ changed: true });
    await ours.run('nodes');
    expect(await errors()).toBe('[]');
  });
});
