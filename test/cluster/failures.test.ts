import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checkUserValues } from '../../src/doctor/user-values.ts';
import { connect } from '../../src/kubernetes/connect.ts';
import type { Kubernetes } from '../../src/kubernetes/kubernetes.ts';
import { ciliumStatus } from '../../src/status/cilium.ts';
import { haveRealCharts, realCharts } from '../support/real-charts.ts';
import { tools } from '../support/tools.ts';
import { type Lab, type LabOptions, openLab } from './lab.ts';
import { planeSkip, startPlane, type Plane } from './plane/start-plane.ts';

// What goes wrong between helm, a chart and a cluster, provoked one after the other; no two may read the same. The order is a story:
// each test leaves the cluster as the next one finds it.

const signal = new AbortController().signal;
const inSystem = '/api/v1/namespaces/kube-system';

interface Secret {
  readonly metadata: { readonly name: string; readonly labels: Readonly<Record<string, string>> };
}
interface Pod {
  readonly metadata: { readonly name: string; readonly uid: string };
  readonly status: { readonly containerStatuses: readonly { readonly name: string; readonly image: string }[] };
}

describe.skipIf(planeSkip() ?? !haveRealCharts)('on a real control plane', () => {
  let dir: string;
  let plane: Plane;
  let kubernetes: Kubernetes;
  let helm: string;
  let kubectl: string;

  const lab = (options: Partial<LabOptions> = {}): Promise<Lab> => openLab(plane, dir, { nodeCount: 2, ...options });
  const items = async <T>(path: string): Promise<readonly T[]> =>
    (await plane.api.json<{ items: readonly T[] }>('GET', path)).items;
  const podsOf = (selector: string): Promise<readonly Pod[]> =>
    items<Pod>(`${inSystem}/pods?labelSelector=${selector}`);
  const revisions = (name: string): Promise<readonly Secret[]> =>
    items<Secret>(`${inSystem}/secrets?labelSelector=owner%3Dhelm%2Cname%3D${name}`);

  /** As a person runs it, beside the product. */
  const byHand = async (
    program: string,
    args: readonly string[],
    env: Readonly<Record<string, string>> = {},
  ): Promise<string> =>
    (
      await promisify(execFile)(program, [...args], {
        env: { PATH: process.env['PATH'], HOME: dir, KUBECONFIG: plane.kubeconfig, ...env },
      })
    ).stdout;

  /** `kubectl edit` with an editor that replaces `from` by `to`: so that the API server holds what a person's edit leaves there. */
  const edit = (kind: string, name: string, from: string, to: string): Promise<string> => {
    const editor = join(dir, 'editor');
    writeFileSync(editor, `#!/bin/sh\nsed -i 's|${from}|${to}|' "$1"\n`);
    chmodSync(editor, 0o755);
    return byHand(kubectl, ['-n', 'kube-system', 'edit', kind, name], { KUBE_EDITOR: editor });
  };

  /** A helm that is killed as a machine kills it: the moment its new revision is on record. */
  const killedHelm = async (status: string, args: readonly string[]): Promise<void> => {
    const child: ChildProcess = spawn(
      helm,
      ['upgrade', '--install', 'cilium', realCharts.cilium ?? '', '-n', 'kube-system', ...args],
      {
        env: { PATH: process.env['PATH'], HOME: dir, KUBECONFIG: plane.kubeconfig },
        stdio: 'ignore',
      },
    );
    const ended = new Promise((done) => child.once('exit', done));
    await expect
      .poll(async () => (await revisions('cilium')).map(({ metadata }) => metadata.labels['status']), {
        timeout: 60_000,
        interval: 20,
      })
      .toContain(status);
    child.kill('SIGKILL');
    await ended;
    expect((await revisions('cilium')).at(-1)?.metadata.labels['status']).toBe(status);
  };

  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'plane-'));
    plane = await startPlane({ dir, form: 'byocni', nodes: { system: 1, user: 1 } });
    kubernetes = await connect(readFileSync(plane.kubeconfig, 'utf8'));
    ({ helm = '', kubectl = '' } = await tools());
  });
  afterAll(async () => {
    await plane.close();
    rmSync(dir, { recursive: true });
  });

  describe("values of the user's own", () => {
    const refused = async (cilium: string): Promise<unknown> => {
      const own = await lab({ values: { cilium } });
      return checkUserValues(own.services, { render: true }, () => undefined, signal).then(
        () => 'nothing was refused',
        (error: unknown) => error,
      );
    };

    test('of the wrong type are refused by the schema of the chart, before anything is made and by the run', async () => {
      const wrong = 'hubble: {relay: {enabled: "true"}}';
      const words = {
        kind: 'usage',
        code: 'helm-schema',
        message: expect.stringContaining("at '/hubble/relay/enabled': got string, want boolean"),
        hint: expect.stringMatching(/^Correct the named value in \S+my-cilium\.yaml\.$/),
      };
      expect(await refused(wrong)).toMatchObject(words);
      await expect((await lab({ values: { cilium: wrong } })).run('cilium')).rejects.toMatchObject(words);
      expect(await revisions('cilium')).toEqual([]);
    });

    test('that a template refuses are told in its words', async () => {
      const wrong = 'kubeProxyReplacement: strict';
      const words = {
        kind: 'usage',
        code: 'helm-template-failed',
        message: expect.stringContaining(
          'kubeProxyReplacement must be explicitly set to a valid value (true or false)',
        ),
        hint: expect.stringMatching(/^Correct the named value in \S+my-cilium\.yaml\.$/),
      };
      expect(await refused(wrong)).toMatchObject(words);
      await expect((await lab({ values: { cilium: wrong } })).run('cilium')).rejects.toMatchObject(words);
      expect(await revisions('cilium')).toEqual([]);
    });

    test('with a key that the chart does not read are refused with the nearest one that it does', async () => {
      expect(await refused('hubble: {rellay: {enabled: true}}\nenvoy: {enabeld: false}')).toMatchObject({
        kind: 'usage',
        code: 'values-file',
        message: expect.stringMatching(
          /my-cilium\.yaml has 2 keys that the chart cilium 1\.20\.0 does not read: hubble\.rellay \(did you mean hubble\.relay\?\), envoy\.enabeld \(did you mean envoy\.enabled\?\)\.$/,
        ),
      });
    });
  });

  describe('a helm that was killed', () => {
    test('over a first install leaves it pending-install: waited for first, then taken over', async () => {
      await killedHelm('pending-install', [
        '--set',
        'aksbyocni.enabled=true',
        '--set',
        'kubeProxyReplacement=true',
        '--wait',
      ]);
      const ours = await lab();
      expect(await ours.sight('cilium')).toMatchObject({
        seen: { state: 'converging', detail: 'helm is at work on the release (pending-install)' },
      });
      ours.pass(180_000);
      expect(await ours.sight('cilium')).toMatchObject({
        seen: {
          state: 'failed',
          reason: 'the release was left pending-install by a helm that is gone',
          recover: 'retry',
        },
      });
      await expect(ours.run('cilium')).resolves.toEqual({ changed: true });
      await ours.run('nodes');
      expect((await revisions('cilium')).map(({ metadata }) => metadata.labels['status'])).toEqual(['deployed']);
    });

    test('over an upgrade leaves it pending-upgrade: freed without a rollback, and no agent restarts for it', async () => {
      const agents = async () => (await podsOf('k8s-app%3Dcilium')).map(({ metadata }) => metadata.uid);
      const before = await agents();
      await killedHelm('pending-upgrade', ['--reuse-values', '--set', 'hubble.relay.replicas=1']);
      const ours = await lab();
      ours.pass(180_000);
      expect(await ours.sight('cilium')).toMatchObject({
        seen: { state: 'failed', reason: 'the release was left pending-upgrade by a helm that is gone' },
      });
      await expect(ours.run('cilium')).resolves.toEqual({ changed: true });
      expect(await agents()).toEqual(before);
    });
  });

  test('an image that cannot be pulled ends the wait with the pod, the container and the words of the kubelet', async () => {
    const ours = await lab();
    await ours.run('nodes');
    const [pod] = await podsOf('k8s-app%3Dcilium-envoy');
    const path = `${inSystem}/pods/${pod?.metadata.name ?? ''}`;
    const [container] = pod?.status.containerStatuses ?? [];
    // What a kubelet posts, through the subresource that it posts to.
    const message = `Back-off pulling image "${container?.image ?? ''}": ErrImagePull: rpc error: code = NotFound desc = failed to pull and unpack image: not found`;
    const waiting = { ...container, ready: false, state: { waiting: { reason: 'ImagePullBackOff', message } } };
    const conditions = [{ type: 'Ready', status: 'False', reason: 'ContainersNotReady' }];
    await plane.api.json('PATCH', `${path}/status`, {
      status: { phase: 'Pending', conditions, containerStatuses: [waiting] },
    });
    await expect
      .poll(() => ours.sight('cilium'), { timeout: 60_000 })
      .toMatchObject({
        seen: {
          state: 'failed',
          recover: 'manual',
          reason: expect.stringMatching(
            /^The image of container cilium-envoy in cilium-envoy-\S+ cannot be pulled \(ImagePullBackOff: .*not found\)\. Correct the image in the chart's values/,
          ),
        },
      });
    await expect(ours.run('cilium')).rejects.toMatchObject({
      kind: 'failed',
      message: expect.stringContaining('cannot be pulled'),
    });
    await plane.api.json('DELETE', path);
    await expect(ours.run('nodes')).resolves.toBeDefined();
  });

  test('a field that somebody set with kubectl edit is named with him, and the way back leads on', async () => {
    await edit('configmap', 'cilium-config', 'enable-l7-proxy: "true"', 'enable-l7-proxy: "false"');
    const other = await lab({ flags: { flows: true } });
    await expect(other.run('cilium', { consent: true })).rejects.toMatchObject({
      code: 'helm-conflict',
      message:
        'helm could not install kube-system/cilium: kubectl-edit has set .data.enable-l7-proxy of ConfigMap kube-system/cilium-config to something else, and helm does not take it away.',
      hint: expect.stringContaining('kubectl edit configmap cilium-config --namespace kube-system'),
    });
    await edit('configmap', 'cilium-config', 'enable-l7-proxy: "false"', 'enable-l7-proxy: "true"');
    await expect(other.run('cilium')).resolves.toEqual({ changed: true });
    await expect((await lab()).run('cilium', { consent: true })).resolves.toEqual({ changed: true });
  });

  test('an older chart is asked for as the downgrade that it is, and one of two minors away is refused', async () => {
    const before = await revisions('cilium');
    const older = await lab({ flags: { 'cilium-version': '1.19.6' } });
    await expect(older.run('cilium')).rejects.toMatchObject({
      kind: 'drift',
      message: expect.stringContaining('chart cilium 1.20.0 is installed, the config says cilium 1.19.6: a downgrade'),
    });
    const far = await lab({ flags: { 'cilium-version': '1.18.12', 'cilium-sha256': '0'.repeat(64) } });
    await expect(far.run('cilium', { consent: true })).rejects.toMatchObject({
      kind: 'failed',
      message: expect.stringMatching(
        /^Cilium 1\.20\.0 is installed, the config says 1\.18\.12: Cilium is only changed by one minor version/,
      ),
    });
    expect(await revisions('cilium')).toEqual(before);
  });

  describe('kube-proxy', () => {
    const proxy = (labels: Readonly<Record<string, string>>): object => ({
      apiVersion: 'apps/v1',
      kind: 'DaemonSet',
      metadata: { name: 'kube-proxy', labels },
      spec: {
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec: { containers: [{ name: 'kube-proxy', image: 'kube-proxy' }] } },
      },
    });
    const sets = '/apis/apps/v1/namespaces/kube-system/daemonsets';

    test.each([
      [
        'that AKS made is on its way out',
        { component: 'kube-proxy' },
        'converging',
        /switched off, but the DaemonSet kube-proxy is still there/,
      ],
      [
        'that AKS did not make stops the run',
        { 'k8s-app': 'kube-proxy' },
        'failed',
        /is not one of AKS.*kubectl --namespace kube-system delete daemonset kube-proxy/,
      ],
    ])('%s, and cilium status names it', async (_what, labels, state, words) => {
      await plane.api.json('POST', sets, proxy(labels));
      const sight = await (await lab()).sight('kube-proxy');
      const status = await ciliumStatus(kubernetes, { namespace: 'kube-system' }, signal);
      await plane.api.json('DELETE', `${sets}/kube-proxy`);
      expect(sight).toMatchObject({ seen: { state } });
      expect(JSON.stringify(sight)).toMatch(words);
      expect(JSON.stringify(status.errors)).toContain('the DaemonSet kube-proxy still exists');
      await expect
        .poll(async () => (await plane.api.ask('GET', `${sets}/kube-proxy`)).status, { timeout: 60_000 })
        .toBe(404);
    });
  });

  test('a node that does not join is counted, and one whose kubelet never speaks is named with the agent that it holds up', async () => {
    await (await lab()).run('nodes');
    const ours = await lab({ nodeCount: 3 });
    expect(await ours.sight('nodes')).toMatchObject({
      seen: { state: 'converging', detail: '2 of 3 nodes are Ready (1 has not joined the cluster yet)' },
    });
    const capacity = { cpu: '4', memory: '16Gi', pods: '110' };
    await plane.api.json('POST', '/api/v1/nodes', {
      apiVersion: 'v1',
      kind: 'Node',
      metadata: { name: 'aks-dead', labels: { 'kubernetes.io/os': 'linux' } },
      status: { capacity, allocatable: capacity },
    });
    await expect
      .poll(async () => JSON.stringify(await ours.sight('cilium')), { timeout: 60_000 })
      .toMatch(
        /"state":"converging","detail":"cilium 2\/3 \(cilium-\S+: (the kubelet of aks-dead has not taken it up|runs on aks-dead and is not Ready yet)\)/,
      );
  });
});
