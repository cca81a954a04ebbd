import { describe, expect, test } from 'vitest';
import { fieldsAt, listAt, textAt } from '../../../src/sandbox/kubernetes/nodes/fields.ts';
import {
  CONFIG_MAPS,
  CONTROLLER_REVISIONS,
  DAEMON_SETS,
  DEPLOYMENTS,
  DISRUPTION_BUDGETS,
  ENDPOINT_SLICES,
  JOBS,
  NODES,
  REPLICA_SETS,
  SERVICES,
  STATEFUL_SETS,
} from '../../../src/sandbox/kubernetes/nodes/resources.ts';
import type { KubeObject } from '../../../src/sandbox/kubernetes/objects.ts';
import { deployment, installCilium, service } from './install.ts';
import { type World, clusterSpec, createWorld, pool, systemPool } from './world.ts';

const MINUTES = 60_000;

const readyWorld = (change: Parameters<typeof createWorld>[0] = {}): World => {
  const world = createWorld(change);
  installCilium(world);
  world.clock.advance(5 * MINUTES);
  return world;
};

const nginx = (image = 'nginx:1.27'): Record<string, unknown> => ({
  containers: [{ name: 'nginx', image, ports: [{ containerPort: 8080 }] }],
});

const ready = (world: World, name: string): unknown =>
  fieldsAt(world.store.get(DEPLOYMENTS, 'default', name), 'status')['readyReplicas'];

describe('a Deployment', () => {
  test('keeps its replicas available while it rolls to a new template, and its old ReplicaSet for undo', () => {
    const world = readyWorld();
    world.apply(DEPLOYMENTS, deployment('web', nginx(), { replicas: 4 }));
    world.clock.advance(MINUTES);
    expect(ready(world, 'web')).toBe(4);
    world.apply(DEPLOYMENTS, deployment('web', nginx('nginx:1.28'), { replicas: 4 }));
    let least = 4;
    for (let second = 0; second < 90; second += 1) {
      world.clock.advance(1_000);
      least = Math.min(least, Number(ready(world, 'web') ?? 0));
    }
    expect(least).toBeGreaterThanOrEqual(3);
    const sets = world.store.list(REPLICA_SETS, 'default');
    expect(
      sets
        .map((set) => [
          set.metadata.annotations?.['deployment.kubernetes.io/revision'],
          fieldsAt(set, 'spec')['replicas'],
        ])
        .sort(),
    ).toEqual([
      ['1', 0],
      ['2', 4],
    ]);
    expect(listAt(world.store.get(DEPLOYMENTS, 'default', 'web'), 'status', 'conditions')).toMatchObject([
      { type: 'Available', status: 'True' },
      { type: 'Progressing', status: 'True', reason: 'NewReplicaSetAvailable' },
    ]);
  });

  test('keeps no more old ReplicaSets than its history limit', () => {
    const world = readyWorld();
    for (const version of ['1.25', '1.26', '1.27', '1.28']) {
      world.apply(DEPLOYMENTS, deployment('web', nginx(`nginx:${version}`), { revisionHistoryLimit: 1 }));
      world.clock.advance(MINUTES);
    }
    const revisions = world.store
      .list(REPLICA_SETS, 'default')
      .map((set) => set.metadata.annotations?.['deployment.kubernetes.io/revision']);
    expect(revisions.sort()).toEqual(['3', '4']);
  });

  test('takes over the ReplicaSet and pods that one of its name left behind', () => {
    const world = readyWorld();
    world.apply(DEPLOYMENTS, deployment('web', nginx()));
    world.clock.advance(MINUTES);
    const [left] = world.store.list(REPLICA_SETS, 'default');
    if (left === undefined) throw new Error('no ReplicaSet');
    world.store.replace(REPLICA_SETS, { ...left, metadata: { ...left.metadata, ownerReferences: [] } });
    const before = world.pods('web-[a-z0-9]+').map((pod) => pod.metadata.name);
    world.store.remove(DEPLOYMENTS, 'default', 'web');
    world.apply(DEPLOYMENTS, deployment('web', nginx()));
    world.clock.advance(MINUTES);
    expect(world.pods('web-[a-z0-9]+').map((pod) => pod.metadata.name)).toEqual(before);
    expect(ready(world, 'web')).toBe(1);
  });

  test('whose image is not there stays on its old pods and exceeds its deadline', () => {
    const world = readyWorld();
    world.apply(DEPLOYMENTS, deployment('web', nginx(), { replicas: 2 }));
    world.clock.advance(MINUTES);
    world.apply(DEPLOYMENTS, deployment('web', nginx('nginx:does-not-exist'), { replicas: 2 }));
    world.clock.advance(15 * MINUTES);
    expect(ready(world, 'web')).toBe(2);
    expect(world.pods('web-[a-z0-9]+').map(world.state).sort()).toEqual(['ImagePullBackOff', 'Ready', 'Ready']);
    expect(listAt(world.store.get(DEPLOYMENTS, 'default', 'web'), 'status', 'conditions')[1]).toMatchObject({
      status: 'False',
      reason: 'ProgressDeadlineExceeded',
    });
  });

  test('waits for the ConfigMap that its volume names', () => {
    const world = readyWorld();
    world.apply(
      DEPLOYMENTS,
      deployment('web', { ...nginx(), volumes: [{ name: 'c', configMap: { name: 'settings' } }] }),
    );
    world.clock.advance(MINUTES);
    expect(world.pods('web-[a-z0-9]+').map(world.state)).toEqual(['ContainerCreating']);
    expect(world.events('FailedMount')).toEqual([
      'MountVolume.SetUp failed for volume "c" : configmap "settings" not found',
    ]);
    world.apply(CONFIG_MAPS, {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'settings', namespace: 'default' },
      data: {},
    });
    world.clock.advance(MINUTES);
    expect(world.pods('web-[a-z0-9]+').map(world.state)).toEqual(['Ready']);
  });

  test('that asks for more than any node has stays Pending', () => {
    const world = readyWorld();
    const [container] = nginx()['containers'] as readonly Record<string, unknown>[];
    world.apply(
      DEPLOYMENTS,
      deployment('big', { containers: [{ ...container, resources: { requests: { cpu: '64' } } }] }),
    );
    world.clock.advance(MINUTES);
    expect(world.pods('big-[a-z0-9]+').map(world.state)).toEqual(['Pending']);
    expect(world.events('FailedScheduling').join()).toContain('2 Insufficient cpu, 2 node(s) had untolerated taint(s)');
  });
});

describe('a DaemonSet', () => {
  const agent = (image: string, strategy: Record<string, unknown>): KubeObject => ({
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name: 'agent', namespace: 'default' },
    spec: {
      selector: { matchLabels: { app: 'agent' } },
      updateStrategy: strategy,
      template: { metadata: { labels: { app: 'agent' } }, spec: { containers: [{ name: 'agent', image }] } },
    },
  });

  test('has a pod on each node whose taints it tolerates', () => {
    const world = readyWorld();
    world.apply(DAEMON_SETS, agent('busybox:1.37', { type: 'RollingUpdate' }));
    world.clock.advance(MINUTES);
    expect(world.store.get(DAEMON_SETS, 'default', 'agent')?.['status']).toMatchObject({
      desiredNumberScheduled: 2,
      numberReady: 2,
      updatedNumberScheduled: 2,
    });
  });

  test('never takes down more than maxUnavailable at once, and keeps a revision of each template', () => {
    const world = readyWorld();
    world.apply(DAEMON_SETS, agent('busybox:1.37', { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 1 } }));
    world.clock.advance(MINUTES);
    world.apply(DAEMON_SETS, agent('busybox:1.38', { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 1 } }));
    let least = 2;
    for (let second = 0; second < 60; second += 1) {
      world.clock.advance(1_000);
      least = Math.min(
        least,
        Number(fieldsAt(world.store.get(DAEMON_SETS, 'default', 'agent'), 'status')['numberReady']),
      );
    }
    expect(least).toBe(1);
    expect(world.pods('agent').map((pod) => textAt(listAt(pod, 'spec', 'containers')[0], 'image'))).toEqual([
      'busybox:1.38',
      'busybox:1.38',
    ]);
    expect(
      world.store
        .list(CONTROLLER_REVISIONS, 'default')
        .map((one) => one['revision'])
        .sort(),
    ).toEqual([1, 2]);
  });

  test('of strategy OnDelete waits for its pods to be deleted', () => {
    const world = readyWorld();
    world.apply(DAEMON_SETS, agent('busybox:1.37', { type: 'OnDelete' }));
    world.clock.advance(MINUTES);
    world.apply(DAEMON_SETS, agent('busybox:1.38', { type: 'OnDelete' }));
    world.clock.advance(5 * MINUTES);
    expect(world.pods('agent').map((pod) => textAt(listAt(pod, 'spec', 'containers')[0], 'image'))).toEqual([
      'busybox:1.37',
      'busybox:1.37',
    ]);
  });
});

test('a StatefulSet starts one pod after another', () => {
  const world = readyWorld();
  world.apply(STATEFUL_SETS, {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name: 'db', namespace: 'default' },
    spec: {
      serviceName: 'db',
      replicas: 2,
      selector: { matchLabels: { app: 'db' } },
      template: { metadata: { labels: { app: 'db' } }, spec: { containers: [{ name: 'db', image: 'rabbitmq:4' }] } },
    },
  });
  world.clock.advance(2_000);
  expect(world.pods('db').map((pod) => pod.metadata.name)).toEqual(['db-0']);
  world.clock.advance(MINUTES);
  expect(world.pods('db').map(world.state)).toEqual(['Ready', 'Ready']);
});

test('a container that ends with an error restarts at once, then ever more slowly, and its status keeps how it ended', () => {
  const world = createWorld();
  installCilium(world, { host: '10.0.0.1' });
  world.clock.advance(45_000);
  const config = (): Record<string, unknown> => ({
    ...listAt(world.pods('cilium')[0], 'status', 'initContainerStatuses')[0],
  });
  expect(config()).toMatchObject({ restartCount: 1, lastState: { terminated: { exitCode: 1, reason: 'Error' } } });
  world.clock.advance(30_000);
  expect(config()).toMatchObject({ restartCount: 1, state: { waiting: { reason: 'CrashLoopBackOff' } } });
  world.clock.advance(10 * MINUTES);
  expect(Number(config()['restartCount'])).toBeLessThan(8);
});

test('a Job completes; one whose image is not there stays active', () => {
  const world = readyWorld();
  const job = (name: string, image: string): KubeObject => ({
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name, namespace: 'default' },
    spec: {
      template: { metadata: { labels: {} }, spec: { restartPolicy: 'Never', containers: [{ name: 'c', image }] } },
    },
  });
  world.apply(JOBS, job('good', 'busybox:1.37'), job('bad', 'nowhere.example/x:1'));
  world.clock.advance(2 * MINUTES);
  expect(world.store.get(JOBS, 'default', 'good')?.['status']).toMatchObject({
    succeeded: 1,
    conditions: [
      { type: 'SuccessCriteriaMet', status: 'True' },
      { type: 'Complete', status: 'True' },
    ],
  });
  expect(world.store.get(JOBS, 'default', 'bad')?.['status']).toMatchObject({ active: 1 });
});

test('a service has endpoints of its ready pods, and a load balancer address after a while', () => {
  const world = readyWorld();
  world.apply(DEPLOYMENTS, deployment('web', nginx(), { replicas: 2 }));
  world.apply(SERVICES, service('web', { app: 'web' }, { type: 'LoadBalancer' }));
  world.clock.advance(20_000);
  expect(listAt(world.store.get(SERVICES, 'default', 'web'), 'status', 'loadBalancer', 'ingress')).toEqual([]);
  world.clock.advance(MINUTES);
  expect(listAt(world.store.get(SERVICES, 'default', 'web'), 'status', 'loadBalancer', 'ingress')).toHaveLength(1);
  const [slice] = world.store
    .list(ENDPOINT_SLICES, 'default')
    .filter((one) => one.metadata.labels?.['kubernetes.io/service-name'] === 'web');
  expect(listAt(slice, 'endpoints').map((one) => one['conditions'])).toMatchObject([{ ready: true }, { ready: true }]);
});

test('a disruption budget counts its healthy pods', () => {
  const world = readyWorld();
  world.apply(DEPLOYMENTS, deployment('web', nginx(), { replicas: 2 }));
  world.apply(DISRUPTION_BUDGETS, {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { name: 'web', namespace: 'default' },
    spec: { minAvailable: 1, selector: { matchLabels: { app: 'web' } } },
  });
  world.clock.advance(MINUTES);
  expect(world.store.get(DISRUPTION_BUDGETS, 'default', 'web')?.['status']).toMatchObject({
    currentHealthy: 2,
    desiredHealthy: 1,
    disruptionsAllowed: 1,
  });
});

describe('node pools', () => {
  test('grow and shrink with the spec; pods of a node that is gone come back elsewhere', () => {
    const world = readyWorld();
    world.apply(DEPLOYMENTS, deployment('web', nginx(), { replicas: 2 }));
    world.clock.advance(MINUTES);
    world.nodes.update(clusterSpec({ pools: [systemPool(), pool('user', { count: 1 })] }));
    world.clock.advance(MINUTES);
    expect(world.store.list(NODES)).toHaveLength(3);
    expect(ready(world, 'web')).toBe(2);
    world.nodes.update(clusterSpec({ pools: [systemPool(), pool('user', { count: 3 })] }));
    world.clock.advance(5 * MINUTES);
    expect(world.readyNodes()).toBe(5);
  });

  test('get back a node that somebody deleted, while its VM is there', () => {
    const world = readyWorld();
    const [node] = world.store.list(NODES);
    world.store.remove(NODES, undefined, node?.metadata.name ?? '');
    world.clock.advance(3 * MINUTES);
    expect(world.readyNodes()).toBe(4);
  });

  test('hand changed taints and labels to their running nodes, and leave what others put there', () => {
    const world = readyWorld();
    const [node] = world.store.list(NODES).filter((one) => one.metadata.name.includes('user'));
    if (node === undefined) throw new Error('no user node');
    world.store.replace(NODES, {
      ...node,
      spec: { ...fieldsAt(node, 'spec'), taints: [{ key: 'mine', effect: 'NoSchedule' }] },
    });
    world.nodes.update(
      clusterSpec({
        pools: [systemPool({ taints: [] }), pool('user', { taints: ['gpu=yes:NoSchedule'], labels: { tier: 'gold' } })],
      }),
    );
    world.clock.advance(MINUTES);
    const taints = Object.fromEntries(
      world.store
        .list(NODES)
        .map((one) => [one.metadata.name, listAt(one, 'spec', 'taints').map((taint) => taint['key'])]),
    );
    expect(taints[node.metadata.name]).toEqual(['mine', 'gpu']);
    expect(Object.entries(taints).filter(([name]) => name.includes('system'))).toEqual([
      [expect.any(String), []],
      [expect.any(String), []],
    ]);
    expect(world.store.get(NODES, undefined, node.metadata.name)?.metadata.labels).toMatchObject({ tier: 'gold' });
  });

  test('of a cluster with a network plugin are ready at once', () => {
    const world = createWorld({ networkPlugin: 'azure', kubeProxy: true });
    expect(world.readyNodes()).toBe(4);
    expect(world.pods('coredns-[a-z0-9]+').map(world.state)).toEqual(['Ready', 'Ready']);
    expect(world.pods('kube-proxy').map(world.state)).toEqual(['Ready', 'Ready', 'Ready', 'Ready']);
  });

  test.each([
    ['1.34.10', '5.15.0'],
    ['1.35.4', '6.8.0'],
  ])('on Kubernetes %s run kernel %s', (kubernetesVersion, kernel) => {
    const world = createWorld({ kubernetesVersion });
    expect(textAt(world.store.list(NODES)[0], 'status', 'nodeInfo', 'kernelVersion')).toContain(kernel);
  });
});
