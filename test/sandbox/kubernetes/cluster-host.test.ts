import { KubeConfig, CoreV1Api, Exec, Log, Watch, AppsV1Api } from '@kubernetes/client-node';
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { connect } from 'node:tls';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { wallClock } from '../../../src/sandbox/clock.ts';
import { createClusterHost } from '../../../src/sandbox/kubernetes/cluster-host.ts';
import { labCluster } from '../../support/sandbox-cluster.ts';
import { scratch } from '../../support/scratch.ts';
import { accessOf, configMap, noNodes, startLab } from './lab.ts';

const daemonSet = (name: string): string => `/apis/apps/v1/namespaces/kube-system/daemonsets/${name}`;

describe('a cluster', () => {
  test('names its kubeconfig entries as AKS does and its certificate as its fqdn', async () => {
    const lab = await startLab();
    const user = parse(lab.host.kubeconfig(labCluster.id, 'clusterUser')) as {
      users: [{ name: string }];
      'current-context': string;
    };
    const admin = parse(lab.host.kubeconfig(labCluster.id, 'clusterAdmin')) as {
      users: [{ name: string }];
      'current-context': string;
    };
    expect([user.users[0].name, user['current-context']]).toEqual(['clusterUser_rg_lab', 'lab']);
    expect([admin.users[0].name, admin['current-context']]).toEqual(['clusterAdmin_rg_lab', 'lab-admin']);
    const { port, ca, servername } = accessOf(readFileSync(lab.kubeconfig, 'utf8'));
    const peer = await new Promise((resolve, reject) => {
      const socket = connect({ host: '127.0.0.1', port, ca, servername }, () => {
        resolve(socket.getPeerCertificate().subjectaltname);
        socket.destroy();
      });
      socket.on('error', reject);
    });
    expect(peer).toContain(`DNS:${labCluster.fqdn}`);
  });

  test('ships what AKS ships: kube-proxy and monitoring only where the spec says so', async () => {
    const lab = await startLab();
    const status = async (name: string): Promise<number> => (await lab.ask('GET', daemonSet(name))).status;
    expect([
      await status('windows-kube-proxy-initializer'),
      await status('kube-proxy'),
      await status('ama-logs'),
    ]).toEqual([200, 404, 404]);
    await lab.host.ensure({ ...labCluster, kubeProxy: true, logAnalyticsWorkspaceId: '/w' });
    expect([await status('kube-proxy'), await status('ama-logs')]).toEqual([200, 200]);
    await lab.host.ensure(labCluster);
    expect([await status('kube-proxy'), await status('ama-logs')]).toEqual([404, 404]);
    expect((await lab.ask('GET', '/api/v1/namespaces/kube-system/services/kube-dns')).body['spec']).toMatchObject({
      clusterIP: '10.0.0.10',
    });
  });

  test('is the same after a restart: address, credentials, objects', async () => {
    const lab = await startLab();
    await lab.ask('POST', '/api/v1/namespaces/default/configmaps', configMap('kept', { x: '1' }));
    const before = lab.host.kubeconfig(labCluster.id, 'clusterUser');
    await lab.host.close();
    const again = await startLab(lab.dir);
    expect(again.host.kubeconfig(labCluster.id, 'clusterUser')).toBe(before);
    expect((await again.ask('GET', '/api/v1/namespaces/default/configmaps/kept')).body['data']).toEqual({ x: '1' });
  });

  test('that is removed leaves nothing, and one of another casing of its id is the same cluster', async () => {
    const dir = scratch();
    const host = createClusterHost({ dir, clock: wallClock(100), log: () => undefined, startNodes: noNodes });
    await host.ensure(labCluster);
    await host.ensure({ ...labCluster, id: labCluster.id.toUpperCase() });
    const [folder, ...others] = readdirSync(dir);
    expect(others).toEqual([]);
    for (const file of readdirSync(join(dir, folder ?? ''))) {
      expect(statSync(join(dir, folder ?? '', file)).mode & 0o077).toBe(0);
    }
    await host.remove(labCluster.id.toLowerCase());
    expect(readdirSync(dir)).toEqual([]);
    expect(() => host.kubeconfig(labCluster.id, 'clusterUser')).toThrow(/There is no cluster/);
    await host.remove(labCluster.id);
    await host.close();
  });
});

describe('client-node', () => {
  const configured = async (): Promise<{ config: KubeConfig; lab: Awaited<ReturnType<typeof startLab>> }> => {
    const lab = await startLab();
    const config = new KubeConfig();
    config.loadFromString(readFileSync(lab.kubeconfig, 'utf8'));
    return { config, lab };
  };

  test('lists, creates and watches', async () => {
    const { config } = await configured();
    const core = config.makeApiClient(CoreV1Api);
    const sets = await config.makeApiClient(AppsV1Api).listNamespacedDaemonSet({ namespace: 'kube-system' });
    expect(sets.items.map(({ metadata }) => metadata?.name)).toContain('cloud-node-manager');
    const seen: string[] = [];
    const controller = await new Watch(config).watch(
      '/api/v1/namespaces/default/configmaps',
      {},
      (type, object: { metadata: { name: string } }) => void seen.push(`${type} ${object.metadata.name}`),
      () => undefined,
    );
    await core.createNamespacedConfigMap({ namespace: 'default', body: { metadata: { name: 'new' } } });
    await expect.poll(() => seen, { timeout: 10_000 }).toContain('ADDED new');
    controller.abort();
  });

  test('executes in a pod and reads its log', async () => {
    const { config, lab } = await configured();
    await lab.ask('POST', '/api/v1/namespaces/default/pods', {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'p' },
      spec: { nodeName: 'n', containers: [{ name: 'c', image: 'x' }] },
    });
    const status = { containerStatuses: [{ name: 'c', state: { running: {} } }] };
    await lab.ask(
      'PATCH',
      '/api/v1/namespaces/default/pods/p/status',
      { status },
      { 'content-type': 'application/merge-patch+json' },
    );
    const [stdout, stderr] = [new PassThrough(), new PassThrough()];
    const ended = await new Promise((resolve, reject) => {
      new Exec(config).exec('default', 'p', 'c', ['false'], stdout, stderr, null, false, resolve).catch(reject);
    });
    expect(ended).toMatchObject({
      status: 'Failure',
      reason: 'NonZeroExitCode',
      details: { causes: [{ reason: 'ExitCode', message: '3' }] },
    });
    expect([String(stdout.read()), String(stderr.read())]).toEqual(['c: false\n', 'to the error stream\n']);
    const log = new PassThrough();
    await new Log(config).log('default', 'p', 'c', log, { tailLines: 1 });
    await expect.poll(() => String(log.read()), { timeout: 10_000 }).toBe('three\n');
    const path = '/api/v1/namespaces/default/pods/p/log?follow=true&tailLines=1';
    expect((await lab.lines(path, (seen) => seen.length > 1)).slice(0, 2)).toEqual(['three', 'more']);
  });
});
