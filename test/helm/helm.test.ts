import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { withKubeconfig } from '../../src/helm/kubeconfig.ts';
import { standinFolder } from '../../src/sandbox/registry/standin-folder.ts';
import { helmAt, never } from '../support/helm.ts';
import { scratch } from '../support/scratch.ts';
import { tools } from '../support/tools.ts';

const { helm: helm4, helm3 } = await tools();
const chart = join(standinFolder(), 'cilium');

const unreachable = `
apiVersion: v1
kind: Config
clusters: [{name: c, cluster: {server: "https://127.0.0.1:1"}}]
users: [{name: u, user: {token: x}}]
contexts: [{name: c, context: {cluster: c, user: u}}]
current-context: c
`;

describe.each([
  ['helm 4', helm4, 4],
  ['helm 3', helm3, 3],
] as const)('with %s', (_name, binary, major) => {
  const helm = (folder: string) => helmAt(binary ?? '', folder);

  test.skipIf(binary === undefined)('says which helm it is', async () => {
    expect(await helm(scratch()).binary(never)).toMatchObject({ path: binary, major });
  });

  test.skipIf(binary === undefined)('tells an unreachable cluster from everything else', async () => {
    const folder = scratch();
    const release = withKubeconfig(folder, unreachable, (access) =>
      helm(folder).release(access, 'cilium', 'kube-system', never),
    );
    await expect(release).rejects.toMatchObject({ reason: 'unreachable', kind: 'transient' });
  });

  test.skipIf(binary === undefined)('finds wrong values without a cluster', async () => {
    const folder = scratch();
    const values = join(folder, 'values.yaml');
    const rendered = (text: string): Promise<string> => {
      writeFileSync(values, text);
      return helm(folder).template({
        release: 'cilium',
        namespace: 'kube-system',
        chart,
        valuesFiles: [values],
        signal: never,
      });
    };
    await expect(rendered('kubeProxyReplacement: strict')).rejects.toMatchObject({
      reason: 'template-failed',
      message: expect.stringContaining('kubeProxyReplacement must be true or false, not strict'),
    });
    await expect(rendered('kubeProxyReplacement: "true"\nhubble: {relay: {enabled: "yes"}}')).rejects.toMatchObject({
      reason: 'schema',
    });
    await expect(rendered('kubeProxyReplacement: "true"')).resolves.toContain('name: cilium-operator');
  });

  test.skipIf(binary === undefined)('tells a Kubernetes that is too old', async () => {
    const folder = scratch();
    const values = join(folder, 'values.yaml');
    writeFileSync(values, 'kubeProxyReplacement: "true"');
    const old = helm(folder).template({
      release: 'cilium',
      namespace: 'kube-system',
      chart,
      valuesFiles: [values],
      kubeVersion: '1.15.0',
      signal: never,
    });
    await expect(old).rejects.toMatchObject({ reason: 'kube-version' });
  });
});

/** A program that stands where helm would, to see how it is called. */
function fakeHelm(folder: string, script: string): string {
  const file = join(folder, 'helm');
  writeFileSync(file, `#!/bin/sh\nif [ "$1" = version ]; then printf v4.1.4; exit 0; fi\n${script}\n`);
  chmodSync(file, 0o755);
  return file;
}

test('gives helm folders of its own, the network settings of the user, and nothing else', async () => {
  const folder = scratch();
  process.env['HELM_NAMESPACE'] = 'elsewhere';
  const helm = helmAt(fakeHelm(folder, `env > ${folder}/seen; echo '[]'`), folder);
  await helm.release({ kubeconfigPath: '/k' }, 'cilium', 'kube-system', never);
  delete process.env['HELM_NAMESPACE'];
  const seen = readFileSync(join(folder, 'seen'), 'utf8');
  expect(seen).toContain(`HELM_CACHE_HOME=${folder}/state/helm/cache`);
  expect(seen).toContain(`HELM_REGISTRY_CONFIG=${folder}/.config/helm/registry/config.json`);
  expect(seen).not.toContain('HELM_NAMESPACE');
});

test('never asks helm to roll back, and always to forget the last values', async () => {
  const folder = scratch();
  const helm = helmAt(fakeHelm(folder, `echo "$@" > ${folder}/seen; echo '{}'`), folder);
  const wanted = {
    release: 'cilium',
    namespace: 'kube-system',
    chart: '/c.tgz',
    valuesFiles: ['/v.yaml'],
    timeoutMs: 600_000,
    signal: never,
  };
  await helm.upgradeInstall({ kubeconfigPath: '/k' }, { ...wanted, wait: true });
  expect(readFileSync(join(folder, 'seen'), 'utf8').trim()).toBe(
    'upgrade cilium /c.tgz --install --namespace kube-system --reset-values --values /v.yaml --timeout 600s --history-max 10 -o json --wait=watcher --kubeconfig /k',
  );
});

test('passes on what helm waits for, in words of its own', async () => {
  const folder = scratch();
  const lines = [
    'client.go:142: 2026-11-23 15:00:00 +0000 UTC m=+0.5 [debug] creating 38 resource(s)',
    'client.go:500: [debug] patch: {"data":{"ca.key":"hunter2"}}',
    'ready.go:303: [debug] DaemonSet is not ready: kube-system/cilium. 1 out of 4 expected pods are ready',
    'ready.go:303: [debug] DaemonSet is not ready: kube-system/cilium. 1 out of 4 expected pods are ready',
  ];
  const helm = helmAt(fakeHelm(folder, `cat >&2 <<'LINES'\n${lines.join('\n')}\nLINES\necho '{}'`), folder);
  const seen: string[] = [];
  const wanted = {
    release: 'cilium',
    namespace: 'kube-system',
    chart: '/c.tgz',
    valuesFiles: [],
    timeoutMs: 1000,
    wait: true,
    signal: never,
  };
  await helm.upgradeInstall({ kubeconfigPath: '/k' }, { ...wanted, progress: (detail) => seen.push(detail) });
  expect(seen).toEqual(['creating 38 objects', 'DaemonSet kube-system/cilium: 1 pods ready, helm waits for 4']);
});

test('on abort lets helm come to an orderly end', async () => {
  const folder = scratch();
  const helm = helmAt(
    fakeHelm(
      folder,
      `trap 'touch ${folder}/ended; exit 1' TERM; touch ${folder}/started; while :; do sleep 0.05; done`,
    ),
    folder,
  );
  const abort = new AbortController();
  const running = helm.history({ kubeconfigPath: '/k' }, 'cilium', 'kube-system', abort.signal);
  const ended = expect(running).rejects.toMatchObject({ reason: 'interrupted', kind: 'interrupted' });
  await expect.poll(() => existsSync(join(folder, 'started'))).toBe(true);
  abort.abort(new Error('stop'));
  await ended;
  expect(existsSync(join(folder, 'ended'))).toBe(true);
});

test.each([
  ['v3.13.2', /is version 3\.13\.2; helm 3\.14 or newer, or helm 4, is needed/],
  ['v2.17.0', /is version 2\.17\.0/],
  ['hello', /does not say its version/],
])('refuses a helm that prints %s', async (printed, message) => {
  const folder = scratch();
  const file = join(folder, 'helm');
  writeFileSync(file, `#!/bin/sh\nprintf '${printed}'\n`);
  chmodSync(file, 0o755);
  await expect(helmAt(file, folder).binary(never)).rejects.toThrow(message);
});

test('says that a named helm does not exist', async () => {
  await expect(helmAt('/nowhere/helm', scratch()).binary(never)).rejects.toMatchObject({
    reason: 'missing-binary',
    kind: 'usage',
    message: 'The helm binary /nowhere/helm does not exist or may not be executed.',
  });
});
