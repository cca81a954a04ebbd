import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { sandboxCluster } from '../support/sandbox-cluster.ts';
import { scratch } from '../support/scratch.ts';
import { startLab } from '../sandbox/kubernetes/lab.ts';
import type { Io } from '../../src/cli/io.ts';
import { type Ran, run } from './harness.ts';

// `cilium status` and `tetragon status` of a cluster that only a kubeconfig knows: nothing here has a subscription.

interface Kubeconfig {
  clusters: { name: string; cluster: Record<string, unknown> }[];
  users: { name: string; user: Record<string, unknown> }[];
  contexts: { name: string; context: Record<string, unknown> }[];
  'current-context'?: string;
}

const labConfig = async (): Promise<Kubeconfig> =>
  parse(readFileSync((await startLab()).kubeconfig, 'utf8')) as Kubeconfig;

const written = (config: unknown): string => {
  const file = join(scratch(), 'config');
  writeFileSync(file, stringify(config));
  return file;
};

/** What is said to people, as one line: how it is wrapped is another test's. */
const status = async (flags: readonly string[], io: Partial<Io> = {}): Promise<Ran> => {
  const ran = await run(['cilium', 'status', ...flags, '-o', 'json'], io);
  return { ...ran, stderr: ran.stderr.replaceAll(/\s+/gu, ' ') };
};

/** An empty cluster has no Cilium, and says so: it was asked. */
const asked = { exitCode: 1, stderr: '', stdout: expect.stringContaining('DaemonSet cilium does not exist') };

test.each(['cilium', 'tetragon'])(
  '%s status asks the cluster of a kubeconfig, without a config and without Azure',
  async (which) => {
    const file = written(await labConfig());
    const ran = await run([which, 'status', '--kubeconfig', file]);
    expect(ran.stdout).toContain(`DaemonSet ${which} does not exist`);
    expect(ran.exitCode).toBe(1);
  },
);

test('nodes are asked for by name there, too', async () => {
  const { kubeconfig } = await sandboxCluster(scratch(), 5000);
  const ran = await status(['--kubeconfig', written(parse(kubeconfig)), '--node', 'aks-nowhere']);
  expect(ran).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('aks-nowhere is no node of the cluster') });
});

test('another context than the current one is chosen by name', async () => {
  const config = await labConfig();
  const [good] = config.contexts;
  const away = { name: 'away', cluster: { server: 'https://127.0.0.1:1' } };
  const file = written({
    ...config,
    clusters: [away, ...config.clusters],
    contexts: [{ name: 'gone', context: { cluster: 'away', user: good?.context['user'] } }, ...config.contexts],
    'current-context': 'gone',
  });
  expect(await status(['--kubeconfig', file, '--context', good?.name ?? ''])).toMatchObject(asked);
  const wrong = await status(['--kubeconfig', file, '--context', `${good?.name ?? ''}x`]);
  expect(wrong.exitCode).toBe(2);
  expect(wrong.stderr).toContain(`has no context ${good?.name ?? ''}x; did you mean ${good?.name ?? ''}?`);
  expect(wrong.stderr).toContain('Contexts: gone, ');
});

test('without a file the context is looked for where kubectl looks, the first file that has it', async () => {
  const config = await labConfig();
  const context = config.contexts[0]?.name ?? '';
  const [other, file] = [written({ ...config, contexts: [], 'current-context': 'x' }), written(config)];
  const KUBECONFIG = `/nowhere/config:${other}:${file}`;
  expect(await status(['--context', context], { env: { KUBECONFIG } })).toMatchObject(asked);
  const home = scratch();
  mkdirSync(join(home, '.kube'));
  writeFileSync(join(home, '.kube', 'config'), stringify(config));
  expect(await status(['--context', context], { home })).toMatchObject(asked);
});

test('paths in a kubeconfig are relative to its own folder', async () => {
  const config = await labConfig();
  const [cluster, user] = [config.clusters[0]?.cluster ?? {}, config.users[0]?.user ?? {}];
  const folder = scratch();
  mkdirSync(join(folder, 'pki'));
  writeFileSync(join(folder, 'pki/ca.crt'), Buffer.from(String(cluster['certificate-authority-data']), 'base64'));
  delete cluster['certificate-authority-data'];
  cluster['certificate-authority'] = 'pki/ca.crt';
  writeFileSync(join(folder, 'pki/token'), `${String(user['token'])}\n`);
  delete user['token'];
  user['tokenFile'] = './pki/token';
  writeFileSync(join(folder, 'config'), stringify(config));
  expect(await status(['--kubeconfig', join(folder, 'config')])).toMatchObject(asked);
  cluster['certificate-authority'] = 'pki/lost.crt';
  writeFileSync(join(folder, 'config'), stringify(config));
  expect(await status(['--kubeconfig', join(folder, 'config')])).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining(join(folder, 'pki/lost.crt')),
  });
});

const withPlugin = async (
  script: string,
  exec: Readonly<Record<string, unknown>> = {},
): Promise<{ file: string; token: string }> => {
  const config = await labConfig();
  const user = config.users[0];
  const token = String(user?.user['token']);
  const folder = scratch();
  if (script !== '') {
    writeFileSync(join(folder, 'plugin'), `#!/bin/sh\n${script.replace('TOKEN', token)}\n`);
    chmodSync(join(folder, 'plugin'), 0o755);
  }
  if (user !== undefined)
    user.user = { exec: { apiVersion: 'client.authentication.k8s.io/v1', command: './plugin', ...exec } };
  writeFileSync(join(folder, 'config'), stringify(config));
  return { file: join(folder, 'config'), token };
};

test('a credential plugin beside the kubeconfig is run, told what it is asked for, and believed', async () => {
  const { file } = await withPlugin(`case "$KUBERNETES_EXEC_INFO" in *ExecCredential*) ;; *) exit 1 ;; esac
echo '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"TOKEN"}}'`);
  expect(await status(['--kubeconfig', file])).toMatchObject(asked);
});

test('a credential plugin that is not there is named, with the hint of the kubeconfig', async () => {
  const installHint = 'Install kubelogin: https://aka.ms/kubelogin';
  const { file } = await withPlugin('', { command: 'kubelogin-that-nobody-has', installHint });
  const ran = await status(['--kubeconfig', file]);
  expect(ran.exitCode).toBe(3);
  expect(ran.stderr).toMatch(/signs in with the program kubelogin-that-nobody-has, which cannot be started \(ENOENT\)/);
  expect(ran.stderr).toContain(installHint);
});

test('a credential plugin that fails is quoted; one that talks nonsense is not', async () => {
  const failing = await withPlugin('echo trying >&2; echo "token expired, log in again" >&2; exit 1');
  expect(await status(['--kubeconfig', failing.file])).toMatchObject({
    exitCode: 3,
    stderr: expect.stringMatching(/plugin could not sign .* in: token expired, log in again/),
  });
  const odd = await withPlugin('echo TOKEN');
  const ran = await status(['--kubeconfig', odd.file]);
  expect(ran).toMatchObject({ exitCode: 3, stderr: expect.stringContaining('it printed no credential') });
  expect(ran.stderr + ran.stdout).not.toContain(odd.token);
});

test('a token that the cluster does not know is a matter of signing in', async () => {
  const config = await labConfig();
  if (config.users[0] !== undefined) config.users[0].user = { token: 'old' };
  expect(await status(['--kubeconfig', written(config)])).toMatchObject({ exitCode: 3 });
});

test('a server that does not answer is named with its context', async () => {
  const config = await labConfig();
  if (config.clusters[0] !== undefined) config.clusters[0].cluster['server'] = 'https://127.0.0.1:1';
  const ran = await status(['--kubeconfig', written(config)]);
  expect(ran.exitCode).toBe(1);
  expect(ran.stderr).toContain(
    `The API server https://127.0.0.1:1 (context ${config.contexts[0]?.name ?? ''}) does not answer: connect ECONNREFUSED 127.0.0.1:1.`,
  );
});

test('a certificate of another authority is called that', async () => {
  const [config, other] = [await labConfig(), await labConfig()];
  const cluster = config.clusters[0]?.cluster ?? {};
  delete cluster['certificate-authority-data'];
  expect(await status(['--kubeconfig', written(config)])).toMatchObject({
    exitCode: 1,
    stderr: expect.stringContaining('a certificate that the kubeconfig does not vouch for'),
  });
  cluster['certificate-authority-data'] = other.clusters[0]?.cluster['certificate-authority-data'];
  expect((await status(['--kubeconfig', written(config)])).stderr).toContain('does not vouch for');
});

test.each([
  ['that does not exist', undefined, /The kubeconfig \S+ does not exist/],
  ['that is something else', 'apiVersion: v1\nkind: Pod\n', /is no kubeconfig/],
  ['that is no YAML', '{', /is no kubeconfig/],
  ['without a current context', 'clusters: []\ncontexts: [{name: a, context: {}}]\n', /no current context.*--context/s],
  [
    'whose context names no cluster',
    'clusters: []\ncurrent-context: a\ncontexts: [{name: a, context: {cluster: c}}]\n',
    /no server for the context a: its cluster is c/,
  ],
])('a kubeconfig %s is refused before anything is asked', async (_what, text, words) => {
  const file = join(scratch(), 'config');
  if (text !== undefined) writeFileSync(file, text);
  const ran = await status(['--kubeconfig', file]);
  expect(ran.exitCode).toBe(2);
  expect(ran.stderr).toMatch(words);
});

test.each([['--sandbox'], ['--cloud', 'public'], ['--resource-group', 'rg-lab']])(
  'a kubeconfig and %s would name two clusters',
  async (...flags) => {
    const ran = await status(['--kubeconfig', '/nowhere', ...flags]);
    expect(ran.exitCode).toBe(2);
    expect(ran.stderr).toContain(`--kubeconfig and ${flags[0] ?? ''} name different clusters`);
  },
);
