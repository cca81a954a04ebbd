import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connect } from '../../src/kubernetes/connect.ts';
import type { Manifest } from '../../src/kubernetes/kubernetes.ts';
import { haveRealCharts } from '../support/real-charts.ts';
import { openLab } from './lab.ts';
import { planeSkip, startPlane, type Plane } from './plane/start-plane.ts';

// A cluster of somebody else: what we put in, what he changes of it, and what `down` takes out again.

const signal = new AbortController().signal;
const settings = '/api/v1/namespaces/kube-system/configmaps/container-azm-ms-agentconfig';
const key = 'log-data-collection-settings';

interface ConfigMap {
  readonly metadata: { readonly managedFields: readonly { readonly manager: string }[] };
  readonly data: Readonly<Record<string, string>>;
}

describe.skipIf(planeSkip() ?? !haveRealCharts)('on a real control plane that stays', () => {
  let dir: string;
  let plane: Plane;

  const lab = () => openLab(plane, dir, { nodeCount: 1, flags: { 'enforce-namespace': 'shop' } });
  /** As kubectl does it: server-side, under its own name. */
  const editedBy = async (manager: string, from: string, to: string): Promise<void> => {
    const { data } = await plane.api.json<ConfigMap>('GET', settings);
    const text = data[key] ?? '';
    expect(text).toContain(from);
    await plane.api.json('PATCH', `${settings}?fieldManager=${manager}`, { data: { [key]: text.replace(from, to) } });
  };
  const labelled = async (apiVersion: string, kind: string): Promise<readonly Manifest[]> => {
    const kubernetes = await connect(readFileSync(plane.kubeconfig, 'utf8'));
    return kubernetes.list(
      { apiVersion, kind, labelSelector: 'app.kubernetes.io/managed-by=aks-ebpf-sentinel' },
      signal,
    );
  };

  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'plane-'));
    plane = await startPlane({ dir, form: 'plain', nodes: { system: 0, user: 1 } });
  });
  afterAll(async () => {
    await plane.close();
    rmSync(dir, { recursive: true });
  });

  test('everything goes in: policies of both kinds, settings, the demo', async () => {
    await (await lab()).run('tracing-policies');
    await (await lab()).run('demo-app');
    await (await lab()).run('log-settings');
    expect((await labelled('cilium.io/v1alpha1', 'TracingPolicyNamespaced')).length).toBeGreaterThan(0);
    expect((await labelled('apps/v1', 'Deployment')).length).toBeGreaterThan(3);
    for (const step of ['tracing-policies', 'demo-app', 'log-settings'] as const)
      expect(await (await lab()).sight(step)).toMatchObject({ seen: { state: 'ready' } });
  });

  test('settings that kubectl changed are drift with a reason; with consent they are ours again', async () => {
    await editedBy('kubectl-edit', 'kube-system:tetragon', 'kube-system:nothing');
    const ours = await lab();
    await expect(ours.run('log-settings')).rejects.toMatchObject({
      kind: 'drift',
      message: expect.stringContaining('tetragon'),
    });
    await expect(ours.run('log-settings', { consent: true })).resolves.toEqual({ changed: true });
    expect(await ours.sight('log-settings')).toMatchObject({ seen: { state: 'ready' } });
    expect(
      (await plane.api.json<ConfigMap>('GET', settings)).metadata.managedFields.map(({ manager }) => manager),
    ).toContain('aks-ebpf-sentinel');
  });

  test('a field of ours that another manager owns is refused with his name, unless it is forced', async () => {
    await editedBy('kubectl-edit', 'kube-system:tetragon', 'kube-system:nothing');
    const kubernetes = await connect(readFileSync(plane.kubeconfig, 'utf8'));
    const manifest = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'container-azm-ms-agentconfig', namespace: 'kube-system' },
      data: { [key]: 'ours' },
    };
    await expect(kubernetes.apply(manifest, {}, signal)).rejects.toMatchObject({
      kind: 'drift',
      code: 'FieldManagerConflict',
      message: expect.stringMatching(/conflict with "kubectl-edit".*\.data\.log-data-collection-settings/s),
    });
    await expect((await lab()).run('log-settings', { consent: true })).resolves.toEqual({ changed: true });
  });

  test('down takes out what carries our label, and names what it leaves', async () => {
    const { taken, left } = await (await lab()).down();
    expect(left).toEqual(expect.arrayContaining(['Cilium in the cluster', 'Tetragon in the cluster']));
    expect(taken).toEqual(
      expect.arrayContaining([
        'the demo shop in the cluster',
        'ConfigMap container-azm-ms-agentconfig in the cluster',
        expect.stringMatching(/^\d+ tracing policies in the cluster$/),
      ]),
    );
    for (const [apiVersion, kind] of [
      ['cilium.io/v1alpha1', 'TracingPolicy'],
      ['cilium.io/v1alpha1', 'TracingPolicyNamespaced'],
      ['apps/v1', 'Deployment'],
      ['v1', 'ConfigMap'],
    ] as const)
      expect(await labelled(apiVersion, kind)).toEqual([]);
    const { status } = await plane.api.ask('GET', '/apis/apps/v1/namespaces/kube-system/daemonsets/cilium');
    expect(status).toBe(200);
  });
});
