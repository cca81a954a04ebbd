import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { systemClock } from '../../src/engine/clock.ts';
import { startRealLab } from '../sandbox/attached/real-lab.ts';
import { scratch } from '../support/scratch.ts';
import { run, type Ran } from './harness.ts';

// `sandbox start --kubeconfig`: what the command line says and refuses; the sandbox itself runs as a process of its own.

let stop: (() => Promise<unknown>) | undefined;

afterEach(async () => {
  await stop?.();
  stop = undefined;
});

const sandbox =
  (cwd: string, env: Readonly<Record<string, string>> = {}) =>
  (...argv: readonly string[]): Promise<Ran> =>
    run(['sandbox', ...argv, '--sandbox-dir', join(cwd, 'box')], {
      cwd,
      clock: systemClock,
      env: { PATH: process.env['PATH'], HOME: cwd, ...env },
    });

test(
  'start says plainly which cluster is used, by flag or by variable, and keeps it',
  { timeout: 60_000 },
  async () => {
    const lab = await startRealLab();
    await lab.node('kind-control-plane');
    const cwd = scratch();
    const command = sandbox(cwd, { AKS_EBPF_SENTINEL_KUBECONFIG: lab.kubeconfig });
    stop = () => command('stop');
    const started = await command('start', '--kubernetes-service', 'kind-control-plane');
    expect(started).toMatchObject({ exitCode: 0, stderr: '' });
    expect(started.stdout).toMatch(
      /^The cluster is a real one: context lab-admin at https:\/\/127\.0\.0\.1:\d+, Kubernetes 1\.35\.4, 1 node\. What is installed goes there\.$/mu,
    );
    // A sandbox that has it already is found; one that is asked for another cluster says that it keeps its own.
    expect(await command('start', '--kubernetes-service', 'kind-control-plane')).toMatchObject({
      exitCode: 0,
      stderr: '',
    });
    const other = await startRealLab();
    const file = join(cwd, 'other');
    writeFileSync(file, readFileSync(other.kubeconfig));
    const again = await command('start', '--kubeconfig', './other', '--kubernetes-service', 'kind-control-plane');
    expect(flowing(again.stderr)).toContain('--kubeconfig ./other (it has context lab-admin) is ignored');
    const unnamed = sandbox(cwd);
    await unnamed('stop');
    expect(JSON.parse((await unnamed('start', '-o', 'json')).stdout)).toMatchObject({
      cluster: { context: 'lab-admin' },
    });
  },
);

test('what the cluster itself does not fit is said by start, too', { timeout: 60_000 }, async () => {
  const lab = await startRealLab();
  const ran = await sandbox(scratch())('start', '--kubeconfig', lab.kubeconfig);
  expect(ran.exitCode).toBe(1);
  expect(flowing(ran.stderr)).toContain('name it with --kubernetes-service HOST');
});

test('a run that starts the sandbox itself heeds the same variables', { timeout: 60_000 }, async () => {
  const lab = await startRealLab();
  await lab.node('kind-control-plane');
  const cwd = scratch();
  stop = () => sandbox(cwd)('stop');
  const env = {
    PATH: process.env['PATH'],
    HOME: cwd,
    AKS_EBPF_SENTINEL_KUBECONFIG: lab.kubeconfig,
    AKS_EBPF_SENTINEL_KUBERNETES_SERVICE: 'kind-control-plane',
  };
  const argv = ['plan', '--sandbox', '--sandbox-dir', join(cwd, 'box')];
  const planned = await run(argv, { cwd, clock: systemClock, env });
  expect(planned).toMatchObject({ exitCode: 0, stderr: '' });
  expect(JSON.parse((await sandbox(cwd)('start', '-o', 'json')).stdout)).toMatchObject({
    cluster: { context: 'lab-admin' },
  });
  // More nodes than the real cluster has is told before anything is made.
  const asked = await run(['init', ...argv.slice(1), '--yes', '--nodes', '3'], { cwd, clock: systemClock, env });
  expect(flowing(asked.stderr)).toContain('has 1 of 1 virtual machines left in uksouth; this plan needs 5 nodes');
  expect(asked.exitCode).toBe(4);
});

test('a variable that names no cluster is refused by a run, too, and no sandbox is started', async () => {
  const cwd = scratch();
  const env = { PATH: process.env['PATH'], HOME: cwd, AKS_EBPF_SENTINEL_KUBECONFIG: 'none' };
  const ran = await run(['plan', '--sandbox', '--sandbox-dir', join(cwd, 'box')], { cwd, clock: systemClock, env });
  expect(ran.exitCode).toBe(2);
  expect(flowing(ran.stderr)).toContain('cannot be read');
  expect(existsSync(join(cwd, 'box'))).toBe(false);
});

/** Words as they stand, wherever a line is broken. */
const flowing = (text: string): string => text.replaceAll(/\s+/gu, ' ');

const remote = `apiVersion: v1
kind: Config
current-context: prod
contexts: [{name: prod, context: {cluster: c, user: u}}]
clusters: [{name: c, cluster: {server: "https://20.50.1.2:443"}}]
users: [{name: u, user: {token: abc}}]
`;

test('a cluster that does not answer is refused with what there is for clusters of one’s own, not with another folder', async () => {
  const cwd = scratch();
  writeFileSync(join(cwd, 'silent'), remote.replace('20.50.1.2:443', '127.0.0.1:1'));
  const ran = await sandbox(cwd)('start', '--kubeconfig', 'silent');
  expect(ran.exitCode).toBe(1);
  expect(flowing(ran.stderr)).toContain('AKS_EBPF_SENTINEL_KUBECONFIG');
  expect(flowing(ran.stderr)).not.toContain('another folder');
});

test.each([
  ['a file that is not there', ['--kubeconfig', 'none'], 'cannot be read'],
  ['a server that is not near', ['--kubeconfig', 'remote'], '--allow-remote-cluster'],
  [
    'a host with a port',
    ['--kubeconfig', 'remote', '--kubernetes-service', 'kind:6443'],
    '--kubernetes-service is kind:6443',
  ],
  ['a host without a cluster', ['--kubernetes-service', 'kind'], 'name it with --kubeconfig FILE'],
  ['consent without a cluster', ['--allow-remote-cluster'], 'name it with --kubeconfig FILE'],
])('%s is refused before anything starts', async (_case, args, says) => {
  const cwd = scratch();
  writeFileSync(join(cwd, 'remote'), remote);
  const ran = await sandbox(cwd)('start', ...args);
  expect(ran.exitCode).toBe(2);
  expect(flowing(ran.stderr)).toContain(says);
});
