import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connect } from '../../src/kubernetes/connect.ts';
import { tetragonStatus } from '../../src/status/tetragon.ts';
import { haveRealCharts, realCharts } from '../support/real-charts.ts';
import { tools } from '../support/tools.ts';
import { type Lab, type LabOptions, openLab } from './lab.ts';
import { planeSkip, startPlane, type Plane } from './plane/start-plane.ts';

// What others do to a cluster after the run: CRDs taken away with every policy, settings edited; and what is ours taken out again.

const signal = new AbortController().signal;
const crds = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';

interface Named {
  readonly metadata: { readonly name: string; readonly uid: string };
}
interface Crd extends Named {
  readonly spec: object;
}

describe.skipIf(planeSkip() ?? !haveRealCharts)('on a real control plane', () => {
  let dir: string;
  let plane: Plane;
  let helm: string;

  const lab = (options: Partial<LabOptions> = {}): Promise<Lab> => openLab(plane, dir, { nodeCount: 2, ...options });
  const items = async <T>(path: string): Promise<readonly T[]> => {
    const answer = await plane.api.ask('GET', path);
    return answer.status === 404 ? [] : (JSON.parse(answer.body) as { items: readonly T[] }).items;
  };
  const policies = async (): Promise<readonly string[]> =>
    (await items<Named>('/apis/cilium.io/v1alpha1/tracingpolicies')).map(({ metadata }) => metadata.name);
  const byHand = (args: readonly string[]): Promise<unknown> =>
    promisify(execFile)(helm, [...args, '-n', 'kube-system'], {
      env: { PATH: process.env['PATH'], HOME: dir, KUBECONFIG: plane.kubeconfig },
    });
  const operators = async (): Promise<readonly string[]> =>
    (
      await items<Named>(
        '/api/v1/namespaces/kube-system/pods?labelSelector=app.kubernetes.io%2Fname%3Dtetragon-operator',
      )
    ).map(({ metadata }) => metadata.uid);

  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'plane-'));
    plane = await startPlane({ dir, form: 'byocni', nodes: { system: 1, user: 1 } });
    ({ helm = '' } = await tools());
  });
  afterAll(async () => {
    await plane.close();
    rmSync(dir, { recursive: true });
  });

  test('a rollback that takes the CRDs away takes every policy with them: both are put back', async () => {
    // Revision 1 is somebody's Tetragon without CRDs; ours brings them as objects of the chart.
    writeFileSync(join(dir, 'bare.yaml'), 'crds: {installMethod: none}\ntetragonOperator: {enabled: false}\n');
    await byHand(['upgrade', '--install', 'tetragon', realCharts.tetragon ?? '', '-f', join(dir, 'bare.yaml')]);
    const ours = await lab({ values: { tetragon: 'crds: {installMethod: helm}' } });
    await ours.run('tracing-policies', { consent: true });
    const before = await policies();
    expect(before.length).toBeGreaterThan(5);

    await byHand(['rollback', 'tetragon', '1']);
    await expect.poll(policies, { timeout: 60_000 }).toEqual([]);
    expect(await ours.sight('tetragon')).toMatchObject({
      seen: {
        state: 'drifted',
        diff: expect.arrayContaining([expect.stringContaining('value crds.installMethod is "none", wanted is "helm"')]),
      },
    });
    await expect(ours.run('tracing-policies')).rejects.toMatchObject({ kind: 'drift' });
    await ours.run('tracing-policies', { consent: true });
    expect(await policies()).toEqual(before);
    const status = await tetragonStatus(
      await connect(readFileSync(plane.kubeconfig, 'utf8')),
      { namespace: 'kube-system' },
      signal,
    );
    expect(status.errors).toEqual([]);
  });

  test('CRDs of the operator that are deleted under it come back, because it is started again', async () => {
    const kept = (await items<Crd>(crds)).filter(({ metadata }) => metadata.name.startsWith('tracingpolicies'));
    expect(kept).toHaveLength(2);
    const ours = await lab();
    // From the chart's objects to the operator's: what helm no longer has it takes away.
    const gone = async (): Promise<boolean> =>
      (await items<Crd>(crds)).every(({ metadata }) => !metadata.name.startsWith('tracingpolicies'));
    ours.pass(600_000);
    const registering = (async (): Promise<void> => {
      const before = await operators();
      await expect.poll(gone, { timeout: 150_000, interval: 100 }).toBe(true);
      // The operator that the product starts again registers its CRDs, as every operator at its start.
      await expect
        .poll(async () => (await operators()).some((uid) => !before.includes(uid)), { timeout: 150_000 })
        .toBe(true);
      for (const { metadata, spec } of kept)
        await plane.api.json('POST', crds, {
          apiVersion: 'apiextensions.k8s.io/v1',
          kind: 'CustomResourceDefinition',
          metadata: { name: metadata.name },
          spec,
        });
    })();
    await Promise.all([ours.run('tetragon', { consent: true }), registering]);
    expect(await ours.sight('tetragon')).toMatchObject({ seen: { state: 'ready' } });
  });

  test('deleted by hand they are called deleted, and the cure is the same', async () => {
    const ours = await lab();
    for (const name of ['tracingpolicies.cilium.io', 'tracingpoliciesnamespaced.cilium.io'])
      await plane.api.json('DELETE', `${crds}/${name}`);
    await expect
      .poll(async () => (await plane.api.ask('GET', `${crds}/tracingpolicies.cilium.io`)).status, { timeout: 60_000 })
      .toBe(404);
    expect(await ours.sight('tetragon')).toMatchObject({
      seen: { state: 'converging', detail: expect.stringMatching(/^waiting for tracingpolicies/) },
    });
    ours.pass(600_000);
    expect(await ours.sight('tetragon')).toMatchObject({
      seen: {
        state: 'failed',
        recover: 'retry',
        reason: expect.stringMatching(
          /^tracingpolicies\.cilium\.io and tracingpoliciesnamespaced\.cilium\.io were deleted, and every tracing policy/,
        ),
      },
    });
  });
});
