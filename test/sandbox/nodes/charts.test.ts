import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { DAEMON_SETS, DEPLOYMENTS } from '../../../src/sandbox/kubernetes/nodes/resources.ts';
import { fieldsAt } from '../../../src/sandbox/kubernetes/nodes/fields.ts';
import type { KubeObject } from '../../../src/sandbox/kubernetes/objects.ts';
import { builtinResources } from '../../../src/sandbox/kubernetes/api/resource-table.ts';
import { haveRealCharts, realCharts } from '../../support/real-charts.ts';
import { tools } from '../../support/tools.ts';
import { FQDN, type World, createWorld, systemPool } from './world.ts';

const run = promisify(execFile);
const MINUTES = 60_000;
const standins = resolve(import.meta.dirname, '../../../src/sandbox/registry/standins');

const CILIUM_VALUES = {
  aksbyocni: { enabled: true },
  kubeProxyReplacement: 'true',
  k8sServiceHost: FQDN,
  k8sServicePort: 443,
  ipam: {
    mode: 'cluster-pool',
    operator: { clusterPoolIPv4PodCIDRList: ['10.244.0.0/16'], clusterPoolIPv4MaskSize: 24 },
  },
  operator: { replicas: 2, tolerations: [{ operator: 'Exists' }] },
  hubble: {
    relay: { enabled: true, tolerations: [{ key: 'CriticalAddonsOnly', operator: 'Exists' }] },
    ui: { enabled: true, tolerations: [{ key: 'CriticalAddonsOnly', operator: 'Exists' }] },
  },
};
const TETRAGON_VALUES = { tetragonOperator: { tolerations: [{ key: 'CriticalAddonsOnly', operator: 'Exists' }] } };

const render = async (name: string, chart: string, values: unknown): Promise<readonly KubeObject[]> => {
  const { helm } = await tools();
  const sets = [
    '--set-json',
    Object.entries(values as Record<string, unknown>)
      .map(([key, value]) => `${key}=${JSON.stringify(value)}`)
      .join(','),
  ];
  const { stdout } = await run(helm, ['template', name, chart, '-n', 'kube-system', ...sets], {
    maxBuffer: 16 * 1024 * 1024,
  });
  return parseAllDocuments(stdout).flatMap((document) => (document.toJS() as KubeObject | null) ?? []);
};

/** As `helm install` would, without an API server between. */
const apply = (world: World, objects: readonly KubeObject[]): void => {
  for (const object of objects) {
    const resource = builtinResources.find(
      (one) =>
        one.kind === object.kind && `${one.group === '' ? '' : `${one.group}/`}${one.version}` === object.apiVersion,
    );
    if (resource === undefined) throw new Error(`nothing serves ${object.apiVersion} ${object.kind}`);
    const namespaced = object.metadata.namespace === undefined && resource.namespaced;
    world.apply(
      resource,
      namespaced ? { ...object, metadata: { ...object.metadata, namespace: 'kube-system' } } : object,
    );
  }
};

const workloads = (world: World): Readonly<Record<string, unknown>> =>
  Object.fromEntries([
    ...world.store
      .list(DAEMON_SETS, 'kube-system')
      .map((one) => [one.metadata.name, fieldsAt(one, 'status')['numberReady']] as const),
    ...world.store
      .list(DEPLOYMENTS, 'kube-system')
      .map((one) => [one.metadata.name, fieldsAt(one, 'status')['readyReplicas']] as const),
  ]);

describe.each([
  { kind: 'stand-in', available: true, cilium: `${standins}/cilium`, tetragon: `${standins}/tetragon` },
  { kind: 'real', available: haveRealCharts, cilium: realCharts.cilium ?? '', tetragon: realCharts.tetragon ?? '' },
])('with the $kind charts', ({ available, cilium, tetragon }) => {
  let rendered: {
    readonly cilium: readonly KubeObject[];
    readonly untolerant: readonly KubeObject[];
    readonly tetragon: readonly KubeObject[];
  };
  beforeAll(async () => {
    if (available)
      rendered = {
        cilium: await render('cilium', cilium, CILIUM_VALUES),
        untolerant: await render('cilium', cilium, { ...CILIUM_VALUES, operator: { replicas: 2 } }),
        tetragon: await render('tetragon', tetragon, TETRAGON_VALUES),
      };
  });

  test.runIf(available)(
    'every workload becomes ready on a cluster with a tainted system pool, and the agents say how they run',
    async () => {
      const world = createWorld();
      apply(world, rendered.cilium);
      world.clock.advance(3 * MINUTES);
      apply(world, rendered.tetragon);
      world.clock.advance(3 * MINUTES);
      expect(workloads(world)).toMatchObject({
        cilium: 4,
        'cilium-envoy': 4,
        'cilium-operator': 2,
        coredns: 2,
        'hubble-relay': 1,
        'hubble-ui': 1,
        tetragon: 4,
        'tetragon-operator': 1,
      });
      expect(world.readyNodes()).toBe(4);
      const { stdout } = await world.exec('cilium', 'cilium-agent', 'cilium', 'status', '-o', 'json');
      expect(JSON.parse(stdout)).toMatchObject({
        'kube-proxy-replacement': { mode: 'True' },
        hubble: { state: 'Ok' },
        ipam: {},
        proxy: { 'envoy-deployment-mode': 'external' },
      });
      expect((await world.exec('tetragon', 'tetragon', 'tetra', 'status')).stdout).toContain('running');
      const [pod] = world.pods('tetragon');
      const metrics = pod === undefined ? undefined : await world.nodes.kubelet.http(pod, 2112, '/metrics');
      expect(metrics?.body).toMatch(/^tetragon_events_exported_total 0$/m);
    },
  );

  test.runIf(available)(
    "the chart's own tolerations keep Cilium's operator off a tainted system pool, and no node becomes ready",
    () => {
      const world = createWorld({ pools: [systemPool()] });
      apply(world, rendered.untolerant);
      world.clock.advance(5 * MINUTES);
      expect(world.readyNodes()).toBe(0);
      expect(workloads(world)['cilium-operator']).toBeUndefined();
      expect(world.pods('cilium-operator-[a-z0-9]+').map(world.state)).toEqual(['Pending', 'Pending']);
    },
  );
});
