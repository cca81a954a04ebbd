import { describe, expect, test } from 'vitest';
import { listAt, textAt } from '../../../src/sandbox/kubernetes/nodes/fields.ts';
import {
  CILIUM_ENDPOINTS,
  CILIUM_NODES,
  CONFIG_MAPS,
  CRDS,
  DAEMON_SETS,
  DEPLOYMENTS,
  NODES,
} from '../../../src/sandbox/kubernetes/nodes/resources.ts';
import { CHART_DEFAULT_TOLERATIONS, CILIUM_CONFIG, installCilium } from './install.ts';
import { createWorld, pool, systemPool } from './world.ts';

const MINUTES = 60_000;

const status = async (world: ReturnType<typeof createWorld>): Promise<Record<string, unknown>> =>
  JSON.parse((await world.exec('cilium', 'cilium-agent', 'cilium', 'status', '-o', 'json')).stdout) as Record<
    string,
    unknown
  >;

describe('a cluster with networkPlugin none', () => {
  test('has nodes that are not ready and say that the CNI plugin is missing', () => {
    const world = createWorld();
    expect(world.store.list(NODES)).toHaveLength(4);
    expect(world.readyNodes()).toBe(0);
    const [node] = world.store.list(NODES);
    const ready = listAt(node, 'status', 'conditions').find((one) => one['type'] === 'Ready');
    expect(ready).toMatchObject({ status: 'False', reason: 'KubeletNotReady' });
    expect(ready?.['message']).toContain('cni plugin not initialized');
    expect(node?.metadata.name).toMatch(/^aks-system-\d{8}-vmss000000$/);
  });

  test('leaves coredns Pending, for the taints of its nodes', () => {
    const world = createWorld();
    expect(world.pods('coredns-[a-z0-9]+').map(world.state)).toEqual(['Pending', 'Pending']);
    expect(world.events('FailedScheduling').join()).toContain('0/4 nodes are available');
  });

  test('becomes ready with Cilium, taints gone, CRDs and node ranges there', () => {
    const world = createWorld();
    installCilium(world);
    world.clock.advance(3 * MINUTES);
    expect(world.pods('cilium').map(world.state)).toEqual(['Ready', 'Ready', 'Ready', 'Ready']);
    expect(world.readyNodes()).toBe(4);
    expect(
      world.store.list(NODES).flatMap((node) => listAt(node, 'spec', 'taints').map((taint) => taint['key'])),
    ).toEqual(['CriticalAddonsOnly', 'CriticalAddonsOnly']);
    expect(world.store.list(CRDS)).toHaveLength(22);
    expect(world.store.list(CILIUM_NODES).map((node) => listAt(node, 'spec', 'ipam')).length).toBe(4);
    expect(world.pods('coredns-[a-z0-9]+').map(world.state)).toEqual(['Ready', 'Ready']);
    expect(world.pods('hubble-relay-[a-z0-9]+').map(world.state)).toEqual(['Ready']);
    expect(world.store.get(DAEMON_SETS, 'kube-system', 'cilium')?.['status']).toMatchObject({
      desiredNumberScheduled: 4,
      numberReady: 4,
      updatedNumberScheduled: 4,
    });
    expect(world.store.list(CILIUM_ENDPOINTS).length).toBeGreaterThan(3);
  });

  test('rests once it is finished: nothing is written and no timer waits', () => {
    const world = createWorld();
    installCilium(world);
    world.clock.advance(15 * MINUTES);
    const version = world.store.version();
    world.clock.advance(60 * MINUTES);
    expect(world.store.version()).toBe(version);
    expect(world.clock.pending()).toBe(0);
  });

  test('goes on where it was after a restart of the sandbox', () => {
    const world = createWorld();
    installCilium(world);
    world.clock.advance(5_000);
    world.restart();
    world.clock.advance(5 * MINUTES);
    expect(world.readyNodes()).toBe(4);
    const version = world.store.version();
    world.restart();
    world.clock.advance(5 * MINUTES);
    expect(world.store.version()).toBe(version);
  });
});

describe('the operator', () => {
  test("stays Pending with the chart's default tolerations where only a tainted system pool exists, and nothing else comes up", () => {
    const world = createWorld({ pools: [systemPool()] });
    installCilium(world, { operatorTolerations: CHART_DEFAULT_TOLERATIONS });
    world.clock.advance(3 * MINUTES);
    expect(world.pods('cilium-operator-[a-z0-9]+').map(world.state)).toEqual(['Pending', 'Pending']);
    expect(world.events('FailedScheduling').join()).toContain('2 node(s) had untolerated taint(s)');
    expect(world.store.list(CRDS)).toEqual([]);
    expect(world.readyNodes()).toBe(0);
    expect(world.pods('cilium').map(world.state)).toEqual(['Running', 'Running']);
  });

  test('of two replicas leaves one Pending on a single node', () => {
    const world = createWorld({ pools: [pool('user', { count: 1, mode: 'System' })] });
    installCilium(world, { replicas: 2 });
    world.clock.advance(3 * MINUTES);
    expect(world.pods('cilium-operator-[a-z0-9]+').map(world.state).sort()).toEqual(['Pending', 'Ready']);
    expect(world.readyNodes()).toBe(1);
    expect(world.store.get(DEPLOYMENTS, 'kube-system', 'cilium-operator')?.['status']).toMatchObject({
      replicas: 2,
      readyReplicas: 1,
      unavailableReplicas: 1,
    });
  });
});

describe('cluster-pool settings', () => {
  test.each([
    ['no range at all', { 'cluster-pool-ipv4-cidr': '' }, 'IPv4CIDR must be provided'],
    ['a range that is none', { 'cluster-pool-ipv4-cidr': '10.244.0.0' }, 'invalid CIDR address'],
    ['a mask larger than the range', { 'cluster-pool-ipv4-cidr': '10.244.0.0/26' }, 'does not fit'],
  ])('with %s keep the operator in a crash loop, and the nodes not ready', (_name, config, words) => {
    const world = createWorld();
    installCilium(world, { config });
    world.clock.advance(5 * MINUTES);
    expect(world.pods('cilium-operator-[a-z0-9]+').map(world.state)).toEqual(['CrashLoopBackOff', 'CrashLoopBackOff']);
    expect(world.log('cilium-operator-[a-z0-9]+', 'cilium-operator')).toContain(words);
    expect(world.readyNodes()).toBe(0);
  });
});

describe('k8sServiceHost', () => {
  test.each([
    ['a URL', 'https://lab-1a2b3c4d.hcp.uksouth.azmk8s.io:443', 'host must be a URL or a host:port pair'],
    [
      'another host',
      'other.hcp.uksouth.azmk8s.io',
      'dial tcp: lookup other.hcp.uksouth.azmk8s.io on 168.63.129.16:53: no such host',
    ],
    ['the ClusterIP', '10.0.0.1', 'dial tcp 10.0.0.1:443: i/o timeout'],
  ])('as %s keeps the agents in their config container', (_name, host, words) => {
    const world = createWorld();
    installCilium(world, { host });
    world.clock.advance(10 * MINUTES);
    expect(world.pods('cilium').map(world.state)).toContain('CrashLoopBackOff');
    expect(world.log('cilium', 'config')).toContain(words);
    expect(world.readyNodes()).toBe(0);
  });
});

describe('the pod range', () => {
  test('that swallows the service range breaks DNS and health, as the chart default does on AKS', async () => {
    const world = createWorld();
    installCilium(world, { config: { 'cluster-pool-ipv4-cidr': '10.0.0.0/8' } });
    world.clock.advance(5 * MINUTES);
    expect(world.readyNodes()).toBe(4);
    expect(world.pods('coredns-[a-z0-9]+').map(world.state)).toEqual(['Running', 'Running']);
    const answer = await status(world);
    expect(answer['cluster']).toMatchObject({ ciliumHealth: { state: 'Failure' } });
    expect(
      listAt(answer, 'controllers').filter((one) => textAt(one, 'status', 'last-failure-msg') !== undefined),
    ).toHaveLength(1);
  });
});

describe('a pod range that AKS does not know', () => {
  test.each([
    ['is no trouble where it meets neither services nor nodes', '10.100.0.0/18', 'Ready'],
    ['is no trouble where only its unused part holds the services, as in the lab', '10.0.0.0/8', 'Ready'],
    ['takes the nodes off the network where it meets their subnet', '10.224.0.0/16', 'Running'],
  ])('%s', (_name, range, state) => {
    const world = createWorld({ serviceCidr: '10.101.0.0/20', dnsServiceIP: '10.101.0.10', podCidr: '10.244.0.0/16' });
    installCilium(world, { config: { 'cluster-pool-ipv4-cidr': range } });
    world.clock.advance(5 * MINUTES);
    expect(world.pods('coredns-[a-z0-9]+').map(world.state)).toEqual([state, state]);
  });

  test('that is too small for the nodes leaves one without addresses, not ready', () => {
    const world = createWorld();
    installCilium(world, { config: { 'cluster-pool-ipv4-cidr': '10.244.0.0/23' } });
    world.clock.advance(5 * MINUTES);
    expect(world.readyNodes()).toBe(2);
    expect(
      world.store
        .list(CILIUM_NODES)
        .filter((node) => textAt(node, 'status', 'ipam', 'operator-status', 'error') !== undefined),
    ).toHaveLength(2);
  });
});

describe('kubeProxyReplacement', () => {
  test('off on a cluster without kube-proxy leaves services without anybody to translate them', async () => {
    const world = createWorld();
    installCilium(world, { config: { 'kube-proxy-replacement': 'false' } });
    world.clock.advance(5 * MINUTES);
    expect((await status(world))['kube-proxy-replacement']).toMatchObject({ mode: 'False' });
    expect(world.pods('coredns-[a-z0-9]+').map(world.state)).toEqual(['Running', 'Running']);
  });

  test('changed in the ConfigMap is not live until the agents restart', async () => {
    const world = createWorld();
    installCilium(world, { checksum: 'a' });
    world.clock.advance(5 * MINUTES);
    world.apply(CONFIG_MAPS, {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'cilium-config', namespace: 'kube-system' },
      data: { ...CILIUM_CONFIG, 'enable-wireguard': 'true' },
    });
    world.clock.advance(5 * MINUTES);
    expect((await status(world))['encryption']).toMatchObject({ mode: 'Disabled' });
    installCilium(world, { checksum: 'b', config: { 'enable-wireguard': 'true' } });
    world.clock.advance(10 * MINUTES);
    expect((await status(world))['encryption']).toMatchObject({ mode: 'Wireguard' });
    expect(world.readyNodes()).toBe(4);
  });
});

describe('exec in an agent', () => {
  test('answers status with what was installed', async () => {
    const world = createWorld();
    installCilium(world);
    world.clock.advance(5 * MINUTES);
    expect(await status(world)).toMatchObject({
      cilium: { state: 'Ok' },
      kubernetes: { state: 'Ok', msg: '1.35 (v1.35.4) [linux/amd64]' },
      'kube-proxy-replacement': { mode: 'True', devices: ['eth0'] },
      routing: { 'inter-host-routing-mode': 'Tunnel', 'tunnel-protocol': 'vxlan' },
      hubble: { state: 'Ok' },
      cluster: { ciliumHealth: { state: 'Ok' } },
    });
    const endpoints = JSON.parse(
      (await world.exec('cilium', 'cilium-agent', 'cilium-dbg', 'endpoint', 'list', '-o', 'json')).stdout,
    ) as unknown[];
    expect(endpoints.length).toBeGreaterThanOrEqual(2);
  });

  test('says so while the agent does not serve yet, and what a shell says of programs that are not there', async () => {
    const world = createWorld({ pools: [systemPool()] });
    installCilium(world, { operatorTolerations: CHART_DEFAULT_TOLERATIONS });
    world.clock.advance(2 * MINUTES);
    expect(await world.exec('cilium', 'cilium-agent', 'cilium', 'status', '-o', 'json')).toMatchObject({
      exitCode: 1,
      stdout: '',
    });
    expect(await world.exec('cilium', 'cilium-agent', 'nonsense')).toMatchObject({ exitCode: 127 });
  });
});
