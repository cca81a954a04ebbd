import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { uninstallArguments, upgradeArguments } from '../../src/helm/arguments.ts';
import type { Helm, UpgradeInstall } from '../../src/helm/helm.ts';
import { withKubeconfig, type Access } from '../../src/helm/kubeconfig.ts';
import type { ReleaseSecrets } from '../../src/helm/mend.ts';
import { differences } from '../../src/helm/values-differences.ts';
import { ciliumValues, tetragonValues, writeValues, type Values } from '../../src/helm/values.ts';
import type { Kubernetes } from '../../src/kubernetes/kubernetes.ts';
import { packChart } from '../../src/sandbox/registry/pack.ts';
import { standinFolder } from '../../src/sandbox/registry/standin-folder.ts';
import { helmAt, never } from '../support/helm.ts';
import { realCharts } from '../support/real-charts.ts';
import { labCluster, sandboxCluster } from '../support/sandbox-cluster.ts';
import { scratch } from '../support/scratch.ts';
import { tools } from '../support/tools.ts';

const { helm: helm4, helm3 } = await tools();
const namespace = 'kube-system';

// Helm 3 looks at its pods every two seconds, and the machine may have other work.
vi.setConfig({ testTimeout: 90_000 });

interface World {
  readonly folder: string;
  readonly helm: Helm;
  readonly kubeconfig: string;
  readonly kubernetes: Kubernetes;
  readonly wanted: (release: string, values: Values, chart?: string) => Promise<UpgradeInstall>;
}

async function world(binary: string | undefined, speed: number): Promise<World> {
  const folder = scratch();
  const cluster = await sandboxCluster(join(folder, 'cluster'), speed);
  const helm = helmAt(binary ?? '', folder, Date.now);
  return {
    folder,
    helm,
    ...cluster,
    async wanted(release, values, chart) {
      const file = join(folder, `${release}.tgz`);
      if (chart === undefined) writeFileSync(file, await packChart(join(standinFolder(), release), release));
      const valuesFiles = [await writeValues(folder, release, values)];
      return { release, namespace, chart: chart ?? file, valuesFiles, timeoutMs: 60_000, wait: true, signal: never };
    },
  };
}

const cluster = { clusterName: 'lab', fqdn: labCluster.fqdn, podCidr: '10.244.0.0/16', nodeCount: 3, flows: true };

const secretsOf = (kubernetes: Kubernetes): ReleaseSecrets => ({
  async find(space, name, signal) {
    const seen = await kubernetes.get({ apiVersion: 'v1', kind: 'Secret', namespace: space, name }, signal);
    return seen === undefined ? undefined : { uid: seen.metadata.uid ?? '', labels: seen.metadata.labels ?? {} };
  },
  remove: (space, name, _seen, signal) =>
    kubernetes.delete({ apiVersion: 'v1', kind: 'Secret', namespace: space, name }, signal),
});

/** Starts helm and kills it without a chance to clean up, as soon as its record says `status`. */
async function kill(
  binary: string,
  { helm, folder }: World,
  access: Access,
  args: readonly string[],
  release: string,
  status: string,
): Promise<void> {
  const env = { PATH: process.env['PATH'], HOME: folder };
  const child = spawn(binary, [...args, '--kubeconfig', access.kubeconfigPath], { env, stdio: 'ignore' });
  const ended = once(child, 'exit');
  await expect
    .poll(async () => (await helm.release(access, release, namespace, never))?.status ?? 'none', { timeout: 20_000 })
    .toContain(status);
  child.kill('SIGKILL');
  await ended;
}

async function killedInstall(binary: string, the: World, access: Access, wanted: UpgradeInstall): Promise<void> {
  const { major } = await the.helm.binary(never);
  await kill(binary, the, access, upgradeArguments(major, wanted), wanted.release, 'pending-');
}

describe.each([
  ['helm 4', helm4],
  ['helm 3', helm3],
])('%s on a cluster of the sandbox', (_name, binary) => {
  test.skipIf(binary === undefined)(
    'installs both charts, finds its own values again, upgrades and uninstalls',
    async () => {
      const { folder, helm, kubeconfig, kubernetes, wanted } = await world(binary, 200);
      const [cilium, tetragon] = [await ciliumValues(cluster), await tetragonValues({ clusterName: 'lab' })];
      await withKubeconfig(folder, kubeconfig, async (access) => {
        expect(await helm.release(access, 'cilium', namespace, never)).toBeUndefined();
        expect(await helm.history(access, 'cilium', namespace, never)).toEqual([]);
        await helm.upgradeInstall(access, await wanted('cilium', cilium));
        await helm.upgradeInstall(access, { ...(await wanted('tetragon', tetragon)), wait: false });
        const release = await helm.release(access, 'cilium', namespace, never);
        expect(release).toMatchObject({
          revision: 1,
          status: 'deployed',
          chart: 'cilium',
          version: '1.20.0-standin.1',
          appVersion: '1.20.0',
        });
        expect(differences(cilium, release?.values ?? {})).toEqual([]);

        const certificates = { apiVersion: 'v1', kind: 'Secret', namespace, name: 'hubble-server-certs' };
        const before = (await kubernetes.get(certificates, never))?.['data'];
        expect(before).toHaveProperty(['tls.crt']);
        const without = await ciliumValues({ ...cluster, flows: false });
        await helm.upgradeInstall(access, { ...(await wanted('cilium', without)), wait: false });
        const upgraded = await helm.release(access, 'cilium', namespace, never);
        expect(upgraded?.revision).toBe(2);
        expect(differences(without, upgraded?.values ?? {})).toEqual([]);
        expect((await kubernetes.get(certificates, never))?.['data']).toEqual(before);

        await helm.uninstall(access, { release: 'cilium', namespace, timeoutMs: 30_000, signal: never });
        await helm.uninstall(access, { release: 'cilium', namespace, timeoutMs: 30_000, signal: never });
        expect(await helm.release(access, 'cilium', namespace, never)).toBeUndefined();
      });
    },
  );

  test.skipIf(binary === undefined)(
    'a killed first install is freed without touching its objects, and the next install adopts them',
    async () => {
      const the = await world(binary, 1);
      const { folder, helm, kubeconfig, kubernetes, wanted } = the;
      await withKubeconfig(folder, kubeconfig, async (access) => {
        const options = await wanted('tetragon', await tetragonValues({ clusterName: 'lab' }));
        await killedInstall(binary ?? '', the, access, options);
        await expect(helm.upgradeInstall(access, { ...options, wait: false })).rejects.toMatchObject({
          reason: 'in-progress',
          kind: 'conflict',
        });

        const mending = { ...options, secrets: secretsOf(kubernetes), isGone: () => false };
        await expect(helm.mendPending(access, mending)).rejects.toMatchObject({ reason: 'in-progress' });
        expect(await helm.mendPending(access, { ...mending, isGone: () => true })).toEqual({
          mended: true,
          removed: 1,
          newest: undefined,
        });
        const kept = await kubernetes.get(
          { apiVersion: 'v1', kind: 'ConfigMap', namespace, name: 'tetragon-config' },
          never,
        );
        expect(kept?.metadata.name).toBe('tetragon-config');

        await helm.upgradeInstall(access, { ...options, wait: false });
        expect(await helm.release(access, 'tetragon', namespace, never)).toMatchObject({
          revision: 1,
          status: 'deployed',
        });
        expect(await helm.mendPending(access, mending)).toEqual({ mended: false });
      });
    },
  );

  test.skipIf(binary === undefined)(
    'a killed upgrade leaves the revision before it as the one that counts',
    async () => {
      const the = await world(binary, 1);
      const { folder, helm, kubeconfig, kubernetes, wanted } = the;
      await withKubeconfig(folder, kubeconfig, async (access) => {
        const options = await wanted('tetragon', await tetragonValues({ clusterName: 'lab' }));
        const pids: number[] = [];
        const marked = { labels: { whose: 'ours' }, onStart: (pid: number) => void pids.push(pid) };
        await helm.upgradeInstall(access, { ...options, ...marked, wait: false });
        const first = await secretsOf(kubernetes).find(namespace, 'sh.helm.release.v1.tetragon.v1', never);
        expect([first?.labels['whose'], pids.length]).toEqual(['ours', 1]);
        await killedInstall(binary ?? '', the, access, options);
        const mended = await helm.mendPending(access, {
          ...options,
          secrets: secretsOf(kubernetes),
          isGone: () => true,
        });
        expect(mended).toEqual({ mended: true, removed: 2, newest: 1 });
        await helm.upgradeInstall(access, { ...options, wait: false });
        expect(await helm.history(access, 'tetragon', namespace, never)).toMatchObject([
          { status: 'superseded' },
          { revision: 2, status: 'deployed' },
        ]);
      });
    },
  );

  test.skipIf(binary === undefined)('a killed uninstall is taken back by the next install', async () => {
    const the = await world(binary, 1);
    const { folder, helm, kubeconfig, kubernetes, wanted } = the;
    await withKubeconfig(folder, kubeconfig, async (access) => {
      const options = await wanted('tetragon', await tetragonValues({ clusterName: 'lab' }));
      await helm.upgradeInstall(access, { ...options, wait: false });
      // A finalizer holds one object, and with it helm.
      const held = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'tetragon-config', namespace } };
      await kubernetes.apply({ ...held, metadata: { ...held.metadata, finalizers: ['test/hold'] } }, {}, never);
      const wait = (await helm.binary(never)).major === 3 ? '--wait' : '--wait=watcher';
      await kill(binary ?? '', the, access, [...uninstallArguments(options), wait], 'tetragon', 'uninstalling');
      await kubernetes.apply(held, {}, never);
      await helm.mendPending(access, { ...options, secrets: secretsOf(kubernetes), isGone: () => true });
      await helm.upgradeInstall(access, { ...options, wait: false });
      expect(await helm.release(access, 'tetragon', namespace, never)).toMatchObject({ status: 'deployed' });
      const agent = await kubernetes.get(
        { apiVersion: 'apps/v1', kind: 'DaemonSet', namespace, name: 'tetragon' },
        never,
      );
      expect(agent?.metadata.name).toBe('tetragon');
    });
  });

  test.skipIf(binary === undefined)(
    'an interrupted install is marked failed by helm itself and needs no mending',
    async () => {
      const { folder, helm, kubeconfig, wanted } = await world(binary, 1);
      await withKubeconfig(folder, kubeconfig, async (access) => {
        const options = await wanted('tetragon', await tetragonValues({ clusterName: 'lab' }));
        const abort = new AbortController();
        const installing = expect(
          helm.upgradeInstall(access, { ...options, signal: abort.signal }),
        ).rejects.toMatchObject({ reason: 'interrupted' });
        await expect
          .poll(async () => (await helm.release(access, 'tetragon', namespace, never))?.status, { timeout: 20_000 })
          .toBe('pending-install');
        abort.abort();
        await installing;
        expect((await helm.release(access, 'tetragon', namespace, never))?.status).toBe('failed');
        await helm.upgradeInstall(access, { ...options, wait: false });
        expect(await helm.release(access, 'tetragon', namespace, never)).toMatchObject({
          revision: 2,
          status: 'deployed',
        });
      });
    },
  );

  test.skipIf(binary === undefined)('tells a wait that took too long', async () => {
    const { folder, helm, kubeconfig, wanted } = await world(binary, 1);
    await withKubeconfig(folder, kubeconfig, async (access) => {
      const options = await wanted('tetragon', await tetragonValues({ clusterName: 'lab' }));
      await expect(helm.upgradeInstall(access, { ...options, timeoutMs: 2000 })).rejects.toMatchObject({
        reason: 'timeout',
      });
    });
  });
});

test.skipIf(realCharts.cilium === undefined || realCharts.tetragon === undefined)(
  'the real charts install on a tainted system pool, every object accepted',
  async () => {
    const { folder, helm, kubeconfig, kubernetes, wanted } = await world(helm4, 200);
    await withKubeconfig(folder, kubeconfig, async (access) => {
      await helm.upgradeInstall(access, await wanted('cilium', await ciliumValues(cluster), realCharts.cilium));
      await helm.upgradeInstall(
        access,
        await wanted('tetragon', await tetragonValues({ clusterName: 'lab' }), realCharts.tetragon),
      );
      const operator = await kubernetes.get(
        { apiVersion: 'apps/v1', kind: 'Deployment', namespace, name: 'tetragon-operator' },
        never,
      );
      expect(operator?.['status']).toMatchObject({ readyReplicas: 1 });
    });
  },
);
