import { request } from 'node:https';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { tools } from '../../support/tools.ts';
import { clusterBody, world } from '../world.ts';
import type { World } from '../world.ts';
import { accessOf } from './lab.ts';
import { runTool } from './run-tool.ts';

interface Cluster {
  readonly sandbox: World;
  readonly kubeconfig: string;
  readonly ask: (method: string, path: string) => Promise<{ readonly status: number; readonly text: string }>;
  /** Asks until the text fits. */
  readonly until: (path: string, fits: (text: string) => boolean) => Promise<string>;
  readonly fault: (name: string, parameters?: object) => Promise<string>;
}

const exchange = (
  access: ReturnType<typeof accessOf>,
  method: string,
  path: string,
): Promise<{ readonly status: number; readonly text: string }> =>
  new Promise((resolve, reject) => {
    const { port, ca, servername, token } = access;
    const headers = { authorization: `Bearer ${token}`, accept: 'application/json' };
    const sent = request({ host: '127.0.0.1', port, ca, servername, method, path, headers, agent: false }, (answer) => {
      let text = '';
      answer.setEncoding('utf8');
      answer.on('data', (part: string) => (text += part));
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text }));
    });
    sent.on('error', reject);
    sent.end();
  });

/** A cluster with a network of AKS's own, so that its nodes need nothing to be ready. */
const cluster = async (): Promise<Cluster> => {
  const sandbox = await world({ kubernetes: true, speed: 600 });
  await sandbox.register('Microsoft.ContainerService');
  const group = `${sandbox.subscription}/resourceGroups/rg`;
  await sandbox.request('PUT', `${group}?api-version=2025-04-01`, { body: { location: 'uksouth' } });
  const id = `${group}/providers/Microsoft.ContainerService/managedClusters/lab`;
  const version = '?api-version=2026-05-02-preview';
  const body = clusterBody(undefined, { networkProfile: { networkPlugin: 'azure' } });
  const created = await sandbox.request('PUT', `${id}${version}`, { body });
  expect(created.status).toBe(201);
  await sandbox.until(String(created.headers['azure-asyncoperation']), ({ text }) => text.includes('Succeeded'));
  const credentials = async (): Promise<string> => {
    const answer = await sandbox.request('POST', `${id}/listClusterUserCredential${version}`);
    const [first] = answer.body['kubeconfigs'] as readonly { readonly value: string }[];
    return Buffer.from(first?.value ?? '', 'base64').toString();
  };
  const text = await credentials();
  const kubeconfig = join(sandbox.dir, 'client', 'kubeconfig');
  mkdirSync(join(sandbox.dir, 'client'));
  writeFileSync(kubeconfig, text, { mode: 0o600 });
  const access = accessOf(text);
  return {
    sandbox,
    kubeconfig,
    ask: (method, path) => exchange(access, method, path),
    async until(path, fits) {
      for (;;) {
        const { text: seen } = await exchange(access, 'GET', path);
        if (fits(seen)) return seen;
        await new Promise((resolve) => setTimeout(resolve, 30));
      }
    },
    async fault(name, parameters = {}) {
      const { status, body: made, text: said } = await sandbox.control('POST', '/faults', { name, ...parameters });
      if (status !== 201) throw new Error(said);
      return String(made['id']);
    },
  };
};

interface Item {
  readonly metadata: { readonly name: string };
  readonly spec: { readonly taints?: readonly { readonly key: string }[] };
  readonly status: {
    readonly conditions?: readonly { readonly type: string; readonly status: string; readonly message?: string }[];
    readonly containerStatuses?: readonly {
      readonly restartCount: number;
      readonly ready: boolean;
      readonly state: { readonly waiting?: { readonly reason: string } };
    }[];
  };
}

const items = (text: string): readonly Item[] => (JSON.parse(text) as { readonly items: readonly Item[] }).items;
const readiness = (item: Item) => item.status.conditions?.find(({ type }) => type === 'Ready');
const allReady = (text: string): boolean =>
  items(text).length === 4 && items(text).every((node) => readiness(node)?.status === 'True');

test('an API server that nobody reaches refuses connections, and answers at its old place afterwards', async () => {
  const { sandbox, ask, fault } = await cluster();
  expect((await ask('GET', '/version')).status).toBe(200);
  const id = await fault('api-server-unreachable');
  await expect(ask('GET', '/version')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  await sandbox.control('DELETE', `/faults/${id}`);
  await expect
    .poll(() => ask('GET', '/version').catch(() => undefined), { timeout: 20_000 })
    .toMatchObject({
      status: 200,
    });
});

test('an API server that is set to be out of reach for a time comes back by itself', async () => {
  const { ask, fault } = await cluster();
  await fault('api-server-unreachable', { for: 60 });
  await expect
    .poll(
      () =>
        ask('GET', '/version').then(
          ({ status }) => status,
          () => 0,
        ),
      { timeout: 20_000 },
    )
    .toBe(200);
});

test('a node whose container runtime is down is not ready and says why, until the fault is gone', async () => {
  const { sandbox, until, fault } = await cluster();
  await until('/api/v1/nodes', allReady);
  const id = await fault('node-not-ready');
  const seen = items(await until('/api/v1/nodes', (text) => !allReady(text)));
  const broken = seen.filter((node) => readiness(node)?.status !== 'True');
  expect(broken.map(({ metadata }) => metadata.name)).toEqual([expect.stringContaining('workloads')]);
  expect(broken.map((node) => readiness(node)?.message)).toEqual(['container runtime is down']);
  expect(broken[0]?.spec.taints).toContainEqual(expect.objectContaining({ key: 'node.kubernetes.io/not-ready' }));
  await sandbox.control('DELETE', `/faults/${id}`);
  await until('/api/v1/nodes', allReady);
});

const dns = '/api/v1/namespaces/kube-system/pods?labelSelector=k8s-app%3Dkube-dns';

test('a pod that crashes does so again and again, with ever longer pauses, until the fault is gone', async () => {
  const { sandbox, until, fault } = await cluster();
  const id = await fault('pod-crash-loop', { pod: 'coredns' });
  const restarts = (text: string): readonly number[] =>
    items(text).map(({ status }) => status.containerStatuses?.[0]?.restartCount ?? 0);
  const looping = (text: string): boolean =>
    items(text).some(({ status }) => status.containerStatuses?.[0]?.state.waiting?.reason === 'CrashLoopBackOff');
  const seen = await until(dns, looping);
  expect(Math.max(...restarts(seen))).toBeGreaterThan(0);
  await sandbox.control('DELETE', `/faults/${id}`);
  await until(dns, (text) => items(text).every((pod) => readiness(pod)?.status === 'True'));
});

test('a pod that is never ready runs, and is ready when the fault is gone', async () => {
  const { sandbox, until, fault } = await cluster();
  const ready = (text: string): boolean =>
    items(text).length > 0 && items(text).every((pod) => readiness(pod)?.status === 'True');
  await until(dns, ready);
  const id = await fault('pod-not-ready', { pod: 'coredns' });
  const seen = items(await until(dns, (text) => items(text).every((pod) => readiness(pod)?.status === 'False')));
  expect(seen.map(({ status }) => status.containerStatuses?.[0]?.state)).toEqual(
    seen.map(() => ({ running: expect.anything() as unknown })),
  );
  await sandbox.control('DELETE', `/faults/${id}`);
  await until(dns, ready);
});

test('helm reads a release that was left pending, will not go on with it, and finds none when the fault is gone', async () => {
  const { helm } = await tools();
  const { sandbox, kubeconfig, fault } = await cluster();
  const run = (...args: readonly string[]) => runTool(helm, kubeconfig, [...args, '-n', 'kube-system']);
  const id = await fault('release-pending', { release: 'tetragon', age: 3600 });
  const { stdout } = await run('list', '--pending', '-o', 'json');
  expect(JSON.parse(stdout)).toMatchObject([{ name: 'tetragon', revision: '1', status: 'pending-install' }]);
  const chart = join(sandbox.dir, 'chart');
  mkdirSync(chart);
  writeFileSync(join(chart, 'Chart.yaml'), 'apiVersion: v2\nname: tetragon\nversion: 1.0.0\n');
  const refused = await run('upgrade', '--install', 'tetragon', chart);
  expect(refused.code).toBe(1);
  expect(refused.stderr).toContain('another operation (install/upgrade/rollback) is in progress');
  await sandbox.control('DELETE', `/faults/${id}`);
  expect((await run('upgrade', '--install', 'tetragon', chart)).stderr).toBe('');
  await fault('release-pending', { release: 'tetragon', status: 'pending-rollback' });
  const history = JSON.parse((await run('history', 'tetragon', '-o', 'json')).stdout) as readonly unknown[];
  expect(history).toMatchObject([{ status: 'deployed' }, { revision: 2, status: 'pending-rollback' }]);
  await sandbox.control('DELETE', '/faults');
  expect((await run('upgrade', 'tetragon', chart)).code).toBe(0);
});
