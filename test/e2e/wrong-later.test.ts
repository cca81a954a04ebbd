import { expect, test } from 'vitest';
import { type Cloud, eventsOf, startCloud } from './cloud.ts';

// What goes wrong on the way: one clear message, the right exit code, and a run that continues when it is mended.

const withCloud = async (act: (cloud: Cloud) => Promise<void>): Promise<void> => {
  const cloud = await startCloud();
  try {
    await act(cloud);
  } finally {
    await cloud.close();
  }
};

const clusterCreates = async (cloud: Cloud): Promise<number> =>
  (await cloud.requests()).filter(
    ({ method, path, status }) => method === 'PUT' && /managedClusters\/[^/]+$/i.test(path) && Number(status) < 300,
  ).length;

const continues = async (cloud: Cloud, creates: number): Promise<void> => {
  await cloud.clearFaults();
  const ended = await cloud.run(['init', '--yes']);
  expect(ended.stderr).toBe('');
  expect(ended.code).toBe(0);
  expect(await clusterCreates(cloud)).toBe(creates);
};

test('no permission: the action, the scope, 3, and on with it', () =>
  withCloud(async (cloud) => {
    await cloud.fault({ name: 'authorization-failed', actions: ['Microsoft.ContainerService/managedClusters/write'] });
    const ended = await cloud.run(['init', '--yes']);
    expect(`${ended.stdout}${ended.stderr}`).toMatch(/Microsoft\.ContainerService\/managedClusters\/write/);
    expect(ended.code).toBe(3);
    await continues(cloud, 1);
  }));

test('tokens that stop being accepted in the middle are renewed', () =>
  withCloud(async (cloud) => {
    const { ended } = cloud.start(['init', '--yes', '--output', 'ndjson']);
    await cloud.fault({ name: 'token-expired' });
    expect((await ended).code).toBe(0);
  }));

test('a create that fails in Azure is tried again by the same PUT', () =>
  withCloud(async (cloud) => {
    await cloud.fault({ name: 'operation-succeeded-resource-failed', count: 1 });
    const ended = await cloud.run(['init', '--yes', '--output', 'ndjson']);
    expect(ended.code).toBe(0);
    expect(await clusterCreates(cloud)).toBe(2);
  }));

test('a cluster that keeps failing: its own reason, 1, and what is done is kept', () =>
  withCloud(async (cloud) => {
    await cloud.fault({ name: 'operation-succeeded-resource-failed', count: 20 });
    const ended = await cloud.run(['init', '--yes']);
    expect(ended.code).toBe(1);
    expect(ended.stdout).toMatch(/the cluster is Failed|Create the AKS cluster/);
    expect(ended.stdout).toMatch(/of 18 steps are done and kept/);
    await cloud.clearFaults();
    expect((await cloud.run(['init', '--yes'])).code).toBe(0);
  }));

test('connections that break before and after the change: nothing twice', () =>
  withCloud(async (cloud) => {
    await cloud.fault({ name: 'reset-before', count: 3 });
    await cloud.fault({ name: 'reset-after', count: 3, method: 'PUT' });
    const ended = await cloud.run(['init', '--yes', '--output', 'ndjson']);
    expect(ended.stderr).toBe('');
    expect(ended.code).toBe(0);
    const clusters = (await cloud.resources()).filter(({ type }) => /managedClusters/i.test(type));
    expect(clusters).toHaveLength(1);
  }));

test('an operation whose record is lost is left to the probe', () =>
  withCloud(async (cloud) => {
    await cloud.fault({ name: 'operation-record-lost', count: 1 });
    const ended = await cloud.run(['init', '--yes', '--output', 'ndjson']);
    expect(ended.code).toBe(0);
    expect(await clusterCreates(cloud)).toBe(1);
  }));

test('another operation on the cluster is waited for', () =>
  withCloud(async (cloud) => {
    expect((await cloud.run(['init', '--yes'])).code).toBe(0);
    await cloud.fault({ name: 'conflict-in-progress', count: 2 });
    const ended = await cloud.run(['init', '--yes', '--nodes', '3', '--accept-changes', '--output', 'ndjson']);
    expect(ended.stderr).toBe('');
    expect(ended.code).toBe(0);
    const answers = (await cloud.requests())
      .filter(({ method, path }) => method === 'PUT' && /managedClusters\/[^/]+$/i.test(path))
      .map(({ status }) => status);
    expect(answers.filter((status) => status === 409).length).toBeGreaterThanOrEqual(2);
    // The create, and one change of it.
    expect(await clusterCreates(cloud)).toBe(2);
  }));

test('a feature that AKS asks for after all is waited for, and the provider registered again', () =>
  withCloud(async (cloud) => {
    await cloud.fault({ name: 'feature-required' });
    const ended = await cloud.run(['init', '--yes', '--output', 'ndjson']);
    expect(ended.code).toBe(0);
    expect(await clusterCreates(cloud)).toBe(1);
  }));

test('a policy that Tetragon refuses: its own words, 1, and a run that continues', () =>
  withCloud(async (cloud) => {
    expect((await cloud.run(['init', '--yes'])).code).toBe(0);
    const config = '/api/v1/namespaces/kube-system/configmaps/tetragon-config';
    const restart = async (): Promise<void> => {
      const kubeconfig = `${cloud.folder}/kubeconfig`;
      expect((await cloud.run(['kubeconfig', '--file', kubeconfig])).code).toBe(0);
      await cloud.sabotage({
        kind: 'kubernetes-patch',
        path: '/apis/apps/v1/namespaces/kube-system/daemonsets/tetragon',
        patch: { spec: { template: { metadata: { annotations: { restarted: String(Date.now()) } } } } },
      });
      expect((await cloud.run(['tetragon', 'status', '--wait', '1m'])).code).toBe(0);
    };
    await cloud.sabotage({
      kind: 'kubernetes-patch',
      path: config,
      patch: { data: { 'enable-policy-filter': 'false' } },
    });
    await restart();
    const ended = await cloud.run([
      'init',
      '--yes',
      '--enforce-namespace',
      'shop',
      '--accept-changes',
      '--output',
      'ndjson',
    ]);
    const failed = eventsOf(ended).find(({ type }) => type === 'step.failed');
    expect(failed).toMatchObject({
      step: 'tracing-policies',
      problem: { message: expect.stringContaining('policyfilter is disabled') },
    });
    expect(ended.code).toBe(1);
  }));

test('Ctrl-C while AKS is at work: 5, and the next run re-attaches', () =>
  withCloud(async (cloud) => {
    const { child, ended } = cloud.start(['init', '--yes', '--output', 'ndjson']);
    await new Promise<void>((done) => {
      let text = '';
      child.stdout?.on('data', (chunk: Buffer) => {
        text += chunk.toString('utf8');
        if (/"step.progress","step":"cluster"/.test(text)) done();
      });
    });
    child.kill('SIGINT');
    const stopped = await ended;
    expect(eventsOf(stopped).at(-1)).toMatchObject({ outcome: 'detached', exitCode: 5, detached: ['cluster'] });
    expect(stopped.code).toBe(5);
    await continues(cloud, 1);
  }));

test('a second run in the same folder is told who is at it', () =>
  withCloud(async (cloud) => {
    const { child, ended } = cloud.start(['init', '--yes', '--output', 'ndjson']);
    await new Promise<void>((done) => child.stdout?.once('data', () => done()));
    const second = await cloud.run(['init', '--yes']);
    expect(second.stderr.replace(/\s+/g, ' ')).toMatch(
      new RegExp(`process ${child.pid ?? 0} of \\S+ on \\S+, since \\d{4}-`),
    );
    expect(second.code).toBe(7);
    expect((await ended).code).toBe(0);
  }));
