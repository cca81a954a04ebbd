import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventsOf } from '../e2e/cloud.ts';
import { haveRealCharts } from '../support/real-charts.ts';
import { attachedCloud, type AttachedCloud } from './attached-cloud.ts';
import { planeSkip, startPlane, type Plane } from './plane/start-plane.ts';

// The main job as a user runs it, where only Azure is imitated: the API server, the scheduler and the charts are real.

interface Item {
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly resourceVersion: string };
  readonly spec?: { readonly replicas?: number };
  readonly status?: Readonly<Record<string, number>>;
}

const init = ['init', '--yes', '--output', 'ndjson', '--system-nodes', '1', '--nodes', '2', '--demo'];
const deployment = init.slice(4);

describe.skipIf(planeSkip() ?? !haveRealCharts)('init with the real charts on a real control plane', () => {
  let dir: string;
  let plane: Plane;
  let cloud: AttachedCloud;

  const list = async (path: string): Promise<readonly Item[]> =>
    (await plane.api.json<{ items: readonly Item[] }>('GET', path)).items;

  /** What a run could have written, by version; leases, events and the nodes' own reports go on by themselves. */
  const versions = async (): Promise<Readonly<Record<string, string>>> => {
    const kinds = [
      ...['secrets', 'configmaps', 'services', 'serviceaccounts', 'namespaces', 'pods'].map(
        (kind) => `/api/v1/${kind}`,
      ),
      ...['daemonsets', 'deployments', 'statefulsets'].map((kind) => `/apis/apps/v1/${kind}`),
      ...['clusterroles', 'clusterrolebindings', 'roles', 'rolebindings'].map(
        (kind) => `/apis/rbac.authorization.k8s.io/v1/${kind}`,
      ),
      '/apis/apiextensions.k8s.io/v1/customresourcedefinitions',
      '/apis/cilium.io/v1alpha1/tracingpolicies',
      '/apis/cilium.io/v1alpha1/tracingpoliciesnamespaced',
    ];
    const found = await Promise.all(
      kinds.map(async (path) =>
        (await list(path)).map(
          ({ metadata }) => [`${path} ${metadata.namespace ?? ''}/${metadata.name}`, metadata.resourceVersion] as const,
        ),
      ),
    );
    return Object.fromEntries(found.flat());
  };

  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'plane-'));
    plane = await startPlane({ dir, form: 'byocni', nodes: { system: 1, user: 2 } });
    cloud = await attachedCloud(plane);
  });
  afterAll(async () => {
    await cloud.close();
    await plane.close();
    rmSync(dir, { recursive: true });
  });

  test('ends with every workload Ready on nodes that were NotReady and tainted', async () => {
    const ended = await cloud.run(init);
    expect(ended.stderr).toBe('');
    expect(eventsOf(ended).at(-1)).toMatchObject({ type: 'run.ended', outcome: 'done', exitCode: 0 });
    expect(ended.code).toBe(0);
    const workloads = [...(await list('/apis/apps/v1/daemonsets')), ...(await list('/apis/apps/v1/deployments'))].map(
      ({ metadata, spec, status = {} }) => ({
        name: metadata.name,
        wanted: spec?.replicas ?? status['desiredNumberScheduled'] ?? -1,
        ready: status['readyReplicas'] ?? status['numberReady'] ?? 0,
      }),
    );
    expect(workloads.map(({ name }) => name)).toEqual(
      expect.arrayContaining([
        'cilium',
        'cilium-envoy',
        'cilium-operator',
        'hubble-relay',
        'hubble-ui',
        'tetragon',
        'tetragon-operator',
        'store-front',
      ]),
    );
    expect(workloads.filter(({ wanted, ready }) => ready !== wanted || wanted === 0)).toEqual([]);
  });

  test.each([['status'], ['cilium status'], ['tetragon status']])('%s is well', async (command) => {
    const ended = await cloud.run([...command.split(' '), ...deployment, '-o', 'json']);
    expect(JSON.parse(ended.stdout)).toMatchObject({ ok: true, errors: [], warnings: [] });
    expect(ended.code).toBe(0);
  });

  test.each([['cilium'], ['tetragon']])('%s status is well by the kubeconfig alone, too', async (which) => {
    const ended = await cloud.alone([which, 'status', '--kubeconfig', plane.kubeconfig, '-o', 'json']);
    expect(JSON.parse(ended.stdout)).toMatchObject({ ok: true, errors: [], warnings: [] });
    expect(ended.code).toBe(0);
  });

  test('a second run writes nothing, neither in Azure nor in the cluster', async () => {
    const before = { cluster: await versions(), azure: (await cloud.azureWrites()).length };
    const ended = await cloud.run(init);
    expect(eventsOf(ended).filter(({ type, changed }) => type === 'step.done' && changed !== false)).toEqual([]);
    expect(ended.code).toBe(0);
    expect(await versions()).toEqual(before.cluster);
    expect((await cloud.azureWrites()).slice(before.azure)).toEqual([]);
  });

  test('down takes the deployment away, and afterwards there is none', async () => {
    const ended = await cloud.run(['down', '--yes', '-o', 'ndjson', ...deployment]);
    expect(ended.stderr).toBe('');
    expect(ended.code).toBe(0);
    const status = await cloud.run(['cilium', 'status', ...deployment]);
    expect(status).toMatchObject({ code: 1, stderr: expect.stringContaining('There is no AKS cluster') });
  });
});
