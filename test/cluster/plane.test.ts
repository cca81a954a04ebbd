import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { connect } from '../../src/kubernetes/connect.ts';
import { askCiliumAgent } from '../../src/status/cilium-agent.ts';
import type { Pod as StatusPod } from '../../src/status/pod.ts';
import { readCounters } from '../../src/status/tetragon-counters.ts';
import { askTetragonAgent } from '../../src/status/tetragon-agent.ts';
import { ciliumConfig, ciliumStatus } from './plane/cilium-answers.ts';
import { startPlane, planeSkip, type Plane } from './plane/start-plane.ts';

interface List<T> {
  readonly items: readonly T[];
}

interface Node {
  readonly metadata: { readonly name: string };
  readonly spec: { readonly taints?: readonly { readonly key: string }[] };
  readonly status: { readonly conditions: readonly { readonly type: string; readonly status: string }[] };
}

interface Pod {
  readonly metadata: { readonly name: string };
  readonly spec: { readonly nodeName?: string };
  readonly status: { readonly phase: string; readonly podIP?: string };
}

const signal = new AbortController().signal;
const within = { timeout: 60_000, interval: 200 };
const exists = [{ operator: 'Exists' }];

const workload = (kind: string, name: string, labels: Readonly<Record<string, string>>, pod: object): object => ({
  apiVersion: 'apps/v1',
  kind,
  metadata: { name, namespace: 'kube-system', labels },
  spec: { selector: { matchLabels: labels }, template: { metadata: { labels }, spec: pod } },
});

const agent = (name: string, labels: Readonly<Record<string, string>>, container: string): object =>
  workload('DaemonSet', name, labels, {
    hostNetwork: true,
    tolerations: exists,
    containers: [{ name: container, image: `registry.test/${name}:1` }],
  });

const pod = (name: string, image: string, tolerations: readonly object[]): object => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'default', labels: { app: name } },
  spec: { tolerations, containers: [{ name: 'main', image: `registry.test/${image}` }] },
});

/** A pod as src/status knows it, with what asking its agent takes. */
const statusPod = ({ name, node }: { readonly name: string; readonly node: string | undefined }): StatusPod => ({
  name,
  namespace: 'kube-system',
  node,
  phase: 'Running',
  ready: true,
  hostNetwork: true,
  images: [],
  containers: [],
  unschedulable: undefined,
  failure: undefined,
  labels: {},
});

const processesOf = (dir: string): readonly string[] =>
  execFileSync('ps', ['-eo', 'pid,args'], { encoding: 'utf8' })
    .split('\n')
    .filter((line) => line.includes(dir));

describe.skipIf(planeSkip())('a real control plane', () => {
  let dir: string;
  let plane: Plane;

  const nodes = async (): Promise<readonly Node[]> => (await plane.api.json<List<Node>>('GET', '/api/v1/nodes')).items;
  const readyNodes = async (): Promise<number> =>
    (await nodes()).filter(({ status }) =>
      status.conditions.some((one) => one.type === 'Ready' && one.status === 'True'),
    ).length;
  const podsOf = async (selector: string): Promise<readonly Pod[]> =>
    (await plane.api.json<List<Pod>>('GET', `/api/v1/namespaces/kube-system/pods?labelSelector=${selector}`)).items;
  const install = (plural: string, body: object): Promise<unknown> =>
    plane.api.json('POST', `/apis/apps/v1/namespaces/kube-system/${plural}`, body);
  const crds = async (): Promise<readonly { metadata: { name: string; labels?: Record<string, string> } }[]> =>
    (
      await plane.api.json<List<{ metadata: { name: string } }>>(
        'GET',
        '/apis/apiextensions.k8s.io/v1/customresourcedefinitions',
      )
    ).items;

  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'plane-'));
    plane = await startPlane({ dir, form: 'byocni', nodes: { system: 1, user: 2 } });
  });
  afterAll(async () => {
    await plane.close();
    rmSync(dir, { recursive: true });
  });

  test('is Kubernetes 1.35.4', async () => {
    expect(await plane.api.json('GET', '/version')).toMatchObject({ gitVersion: 'v1.35.4', major: '1', minor: '35' });
  });

  test('has nodes that are NotReady and tainted while there is no CNI', async () => {
    const all = await nodes();
    expect(all.map(({ metadata }) => metadata.name)).toEqual([
      'aks-systempool-10000001-vmss000000',
      'aks-userpool-10000001-vmss000000',
      'aks-userpool-10000001-vmss000001',
    ]);
    expect(await readyNodes()).toBe(0);
    for (const { spec } of all)
      expect(spec.taints?.map(({ key }) => key)).toEqual(
        expect.arrayContaining(['node.cilium.io/agent-not-ready', 'node.kubernetes.io/not-ready']),
      );
    expect(all[0]?.spec.taints?.map(({ key }) => key)).toContain('CriticalAddonsOnly');
  });

  test('keeps a pod without tolerations Pending, and says why', async () => {
    await plane.api.json('POST', '/api/v1/namespaces/default/pods', pod('intolerant', 'app:1', []));
    await vi.waitFor(async () => {
      const events = await plane.api.json<List<{ reason: string; message: string }>>(
        'GET',
        '/api/v1/namespaces/default/events?fieldSelector=involvedObject.name%3Dintolerant',
      );
      expect(events.items[0]).toMatchObject({
        reason: 'FailedScheduling',
        message: expect.stringContaining('0/3 nodes are available'),
      });
    }, within);
    expect(await plane.api.json('GET', '/api/v1/namespaces/default/pods/intolerant')).toMatchObject({
      status: { phase: 'Pending' },
    });
  });

  test('lets no agent come up before an operator has registered the CRDs', async () => {
    await install('daemonsets', agent('cilium', { 'k8s-app': 'cilium' }, 'cilium-agent'));
    await vi.waitFor(
      async () =>
        expect((await podsOf('k8s-app=cilium')).map((one) => one.status.phase)).toEqual(Array(3).fill('Running')),
      within,
    );
    const kubernetes = await connect(readFileSync(plane.kubeconfig, 'utf8'));
    const name = (await podsOf('k8s-app=cilium'))[0]?.metadata.name ?? '';
    const target = { namespace: 'kube-system', pod: name, container: 'cilium-agent' };
    expect(await kubernetes.exec(target, ['cilium-dbg', 'status', '-o', 'json'], signal)).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('Is the agent running?'),
    });
    expect(await crds()).toEqual([]);
    expect(await readyNodes()).toBe(0);
  });

  test('brings the nodes up once agents and operator are there', async () => {
    const operator = {
      hostNetwork: true,
      tolerations: exists,
      containers: [{ name: 'cilium-operator', image: 'registry.test/operator:1' }],
    };
    await install('deployments', workload('Deployment', 'cilium-operator', { 'io.cilium/app': 'operator' }, operator));
    await vi.waitFor(async () => expect(await readyNodes()).toBe(3), within);
    const known = await crds();
    expect(known).toHaveLength(22);
    expect(known[0]?.metadata.labels).toMatchObject({ 'io.cilium.k8s.crd.schema.version': '1.33.11' });
    await vi.waitFor(async () => {
      const taints = (await nodes()).flatMap(({ spec }) => spec.taints ?? []).map(({ key }) => key);
      expect(taints).toEqual(['CriticalAddonsOnly']);
    }, within);
    const { items } = await plane.api.json<List<{ spec: { ipam: { podCIDRs: string[] } } }>>(
      'GET',
      '/apis/cilium.io/v2/ciliumnodes',
    );
    expect(new Set(items.flatMap(({ spec }) => spec.ipam.podCIDRs)).size).toBe(3);
  });

  test('schedules the pod then, and gives it an endpoint with an identity', async () => {
    await vi.waitFor(async () => {
      const endpoint = await plane.api.json<{ status: { identity: { id: number } } }>(
        'GET',
        '/apis/cilium.io/v2/namespaces/default/ciliumendpoints/intolerant',
      );
      const identity = `/apis/cilium.io/v2/ciliumidentities/${endpoint.status.identity.id}`;
      expect(await plane.api.json('GET', identity)).toMatchObject({ 'security-labels': { 'k8s:app': 'intolerant' } });
    }, within);
  });

  test('holds a network policy against its schema', async () => {
    const policy = (spec: object): object => ({
      apiVersion: 'cilium.io/v2',
      kind: 'CiliumNetworkPolicy',
      metadata: { name: 'policy' },
      spec,
    });
    const path = '/apis/cilium.io/v2/namespaces/default/ciliumnetworkpolicies';
    const wrong = await plane.api.ask('POST', path, policy({ endpointSelector: {}, ingress: 'all' }));
    expect(wrong).toMatchObject({ status: 422, body: expect.stringContaining('spec.ingress') });
    expect((await plane.api.ask('POST', path, policy({ endpointSelector: {}, ingress: [{}] }))).status).toBe(201);
  });

  test('leaves a pod without its image in ImagePullBackOff', async () => {
    await plane.api.json('POST', '/api/v1/namespaces/default/pods', pod('imageless', 'no-such-image:1', []));
    await vi.waitFor(
      async () =>
        expect(await plane.api.json('GET', '/api/v1/namespaces/default/pods/imageless')).toMatchObject({
          status: { phase: 'Pending', containerStatuses: [{ state: { waiting: { reason: 'ImagePullBackOff' } } }] },
        }),
      within,
    );
  });

  test('lets agents tell of themselves, each as the test wants it', async () => {
    const kubernetes = await connect(readFileSync(plane.kubeconfig, 'utf8'));
    const [well, unwell] = (await podsOf('k8s-app=cilium')).map(({ metadata, spec }) => ({
      namespace: 'kube-system',
      name: metadata.name,
      node: spec.nodeName,
    }));
    if (well === undefined || unwell === undefined) throw new Error('too few agents');
    const config = await ciliumConfig(plane.api);
    const takeBack = plane.answer({
      exec: (at, _container, [program]) =>
        at.name === unwell.name && program === 'cilium-dbg'
          ? {
              stdout: JSON.stringify({
                ...ciliumStatus(config, at.node),
                kubernetes: { state: 'Failure', msg: 'the API server does not answer' },
              }),
            }
          : undefined,
    });
    const ask = (which: typeof well): ReturnType<typeof askCiliumAgent> =>
      askCiliumAgent(kubernetes, statusPod(which), signal);
    expect(await ask(well)).toMatchObject({ state: 'ok', version: '1.20.0', failures: [] });
    expect(await ask(unwell)).toMatchObject({
      state: 'degraded',
      failures: [{ message: 'Kubernetes: the API server does not answer' }],
    });
    takeBack();
    expect(await ask(unwell)).toMatchObject({ state: 'ok' });
  });

  test('ends a command with its exit code, and says which program is missing', async () => {
    const kubernetes = await connect(readFileSync(plane.kubeconfig, 'utf8'));
    const name = (await podsOf('k8s-app=cilium'))[0]?.metadata.name ?? '';
    const target = { namespace: 'kube-system', pod: name, container: 'cilium-agent' };
    const takeBack = plane.answer({ exec: () => ({ stdout: 'out', stderr: 'err', exitCode: 7 }) });
    expect(await kubernetes.exec(target, ['anything'], signal)).toEqual({ stdout: 'out', stderr: 'err', exitCode: 7 });
    takeBack();
    await expect(kubernetes.exec(target, ['/bin/true'], signal)).rejects.toThrow(/executable file not found/);
  });

  test('serves the logs and the metrics of pods, and refuses where nothing listens', async () => {
    await install('daemonsets', agent('tetragon', { 'app.kubernetes.io/name': 'tetragon' }, 'tetragon'));
    const selector = 'app.kubernetes.io/name=tetragon';
    await vi.waitFor(
      async () => expect((await podsOf(selector)).filter((one) => one.status.podIP)).toHaveLength(3),
      within,
    );
    const kubernetes = await connect(readFileSync(plane.kubeconfig, 'utf8'));
    const one = (await podsOf(selector))[0];
    const target = { namespace: 'kube-system', name: one?.metadata.name ?? '', node: one?.spec.nodeName };
    expect(await askTetragonAgent(kubernetes, statusPod(target), signal)).toMatchObject({
      unreachable: undefined,
      policies: [],
    });
    const read = await readCounters(kubernetes, target, 2112, signal);
    expect(read.counters?.seen).toEqual({ PROCESS_EXEC: 1200, PROCESS_EXIT: 1180 });
    expect((await readCounters(kubernetes, target, 2113, signal)).unreadable).toBeDefined();

    plane.answer({ log: () => ['first', 'second', 'third'] });
    const log = { namespace: 'kube-system', pod: target.name, container: 'tetragon' };
    expect(await kubernetes.podLog(log, 2, signal)).toBe('second\nthird\n');
  });

  test('leaves no process behind when it is closed', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'plane-'));
    const other = await startPlane({ dir: folder, form: 'plain', nodes: { system: 1, user: 0 } });
    expect(await other.api.json('GET', '/api/v1/nodes')).toMatchObject({
      items: [
        {
          status: { conditions: expect.arrayContaining([expect.objectContaining({ type: 'Ready', status: 'True' })]) },
        },
      ],
    });
    expect(processesOf(folder)).toHaveLength(6);
    await other.close();
    expect(processesOf(folder)).toEqual([]);
    rmSync(folder, { recursive: true });
  });
});
