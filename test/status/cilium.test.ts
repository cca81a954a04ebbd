import { expect, test } from 'vitest';
import { Problem } from '../../src/errors/problem.ts';
import type { Manifest } from '../../src/kubernetes/kubernetes.ts';
import { ciliumStatus } from '../../src/status/cilium.ts';
import { type Answer, fakeKubernetes, pod, workload } from '../support/fake-kubernetes.ts';

const signal = new AbortController().signal;
const agentLabels = { 'k8s-app': 'cilium' };

const healthy = {
  cilium: { state: 'Ok', msg: '1.20.0 (v1.20.0-abc)' },
  kubernetes: { state: 'Ok', msg: '1.35' },
  'kube-proxy-replacement': { mode: 'True' },
  encryption: { mode: 'Disabled' },
  routing: { 'tunnel-protocol': 'vxlan' },
  hubble: { state: 'Ok', observer: { 'seen-flows': 1234 } },
  controllers: [{ name: 'sync', status: { 'consecutive-failure-count': 0 } }],
};

const base: readonly Manifest[] = [
  workload({ kind: 'DaemonSet', name: 'cilium', labels: agentLabels, desired: 2 }),
  workload({ kind: 'Deployment', name: 'cilium-operator' }),
  pod({ name: 'cilium-a', labels: agentLabels, hostNetwork: true, node: 'node-1', images: ['cilium:1.20'] }),
  pod({ name: 'cilium-b', labels: agentLabels, hostNetwork: true, node: 'node-2', images: ['cilium:1.20'] }),
];

/** Agents answer what their name says, and what all say otherwise. */
const status = (more: readonly Manifest[] = [], answers: Readonly<Record<string, Answer>> = {}) =>
  ciliumStatus(
    fakeKubernetes([...base, ...more], ({ pod: name }) => answers[name] ?? JSON.stringify(healthy)),
    { namespace: 'kube-system' },
    signal,
  );
const endpoint = (namespace: string, name: string): Manifest => ({
  apiVersion: 'cilium.io/v2',
  kind: 'CiliumEndpoint',
  metadata: { name, namespace },
});

test('a healthy Cilium is ok, with what its agents say of themselves', async () => {
  expect(await status()).toMatchObject({
    ok: true,
    errors: [],
    warnings: [],
    version: '1.20.0',
    kubeProxyReplaced: true,
    kubeProxyPresent: false,
    images: { 'cilium:1.20': 2 },
    agents: [
      { pod: 'cilium-a', state: 'ok', tunnel: 'vxlan', encryption: 'Disabled', hubbleFlows: 1234 },
      { pod: 'cilium-b', state: 'ok' },
    ],
  });
});

test('a cluster without Cilium names what is missing, and nothing is replaced', async () => {
  const seen = await ciliumStatus(fakeKubernetes([]), { namespace: 'kube-system' }, signal);
  expect(seen).toMatchObject({ ok: false, kubeProxyReplaced: false, agents: [] });
  expect(seen.errors.map(({ message }) => message)).toEqual([
    'DaemonSet cilium does not exist',
    'Deployment cilium-operator does not exist',
  ]);
});

test('parts that the chart leaves out are no error, and those that are there count', async () => {
  const seen = await status([workload({ kind: 'Deployment', name: 'hubble-relay', ready: 0 })]);
  expect(seen.errors).toEqual([
    { component: 'hubble-relay', message: '1 of 1 pods of Deployment hubble-relay are not ready', where: [] },
  ]);
});

test('a kube-proxy that is still there is an error, whatever the agents say', async () => {
  expect(await status([workload({ kind: 'DaemonSet', name: 'kube-proxy' })])).toMatchObject({
    ok: false,
    kubeProxyPresent: true,
    kubeProxyReplaced: false,
    errors: [{ component: 'kube-proxy replacement', message: 'the DaemonSet kube-proxy still exists' }],
  });
});

test('windows-kube-proxy-initializer is no kube-proxy', async () => {
  const seen = await status([workload({ kind: 'DaemonSet', name: 'windows-kube-proxy-initializer', desired: 0 })]);
  expect(seen).toMatchObject({ ok: true, kubeProxyPresent: false });
});

test('replacement that is off on one agent is off', async () => {
  const off = JSON.stringify({ ...healthy, 'kube-proxy-replacement': { mode: 'False' } });
  expect(await status([], { 'cilium-b': off })).toMatchObject({
    ok: false,
    kubeProxyReplaced: false,
    errors: [{ message: 'the agent reports False instead of True', where: ['cilium-b'] }],
  });
});

test.each<[string, Answer, string]>([
  ['refuses the exec', new Problem('exec refused', { kind: 'transient', code: 'x' }), 'exec refused'],
  ['answers no JSON', 'not json', 'cilium-dbg status answered no JSON'],
  [
    'ends with an error',
    { stdout: '', stderr: 'dial unix: no such file\nmore', exitCode: 1 },
    'dial unix: no such file',
  ],
  ['ends without a word', { stdout: '', stderr: '', exitCode: 2 }, 'cilium-dbg status exited with 2'],
])('an agent that %s is unreachable, and the others still have their say', async (_how, answer, why) => {
  expect(await status([], { 'cilium-a': answer })).toMatchObject({
    ok: false,
    kubeProxyReplaced: false,
    errors: [{ component: 'cilium', message: `the agent does not answer: ${why}`, where: ['cilium-a'] }],
    agents: [{ state: 'unreachable' }, { state: 'ok' }],
  });
});

test('a bug of ours is not taken for a mute agent', async () => {
  await expect(status([], { 'cilium-a': new TypeError('bug') })).rejects.toThrow('bug');
});

test('the same failure on two agents is one finding with both', async () => {
  const failing = JSON.stringify({
    ...healthy,
    kubernetes: { state: 'Failure', msg: 'no route to host' },
    controllers: [{ name: 'sync', status: { 'consecutive-failure-count': 3, 'last-failure-msg': 'timeout' } }],
  });
  const seen = await status([], { 'cilium-a': failing, 'cilium-b': failing });
  expect(seen.errors).toEqual([
    { component: 'cilium', message: 'Kubernetes: no route to host', where: ['cilium-a', 'cilium-b'] },
    { component: 'cilium', message: 'controller sync is failing: timeout', where: ['cilium-a', 'cilium-b'] },
  ]);
});

test('an agent that is not Ok and does not say why is an error all the same', async () => {
  const vague = JSON.stringify({ ...healthy, cilium: { state: 'Disabled' } });
  expect(await status([], { 'cilium-a': vague })).toMatchObject({
    ok: false,
    errors: [{ message: 'the agent says Disabled of itself', where: ['cilium-a'] }],
  });
});

test('a pod on the network without a CiliumEndpoint of its own is unmanaged; host pods and ended ones are not counted', async () => {
  const seen = await status([
    pod({ name: 'cart', namespace: 'shop' }),
    pod({ name: 'front', namespace: 'shop' }),
    pod({ name: 'front', namespace: 'other' }),
    pod({ name: 'job', namespace: 'shop', phase: 'Succeeded' }),
    pod({ name: 'host', namespace: 'shop', hostNetwork: true }),
    endpoint('shop', 'front'),
    endpoint('shop', 'long-gone'),
  ]);
  expect(seen.endpoints).toEqual({ pods: 3, managed: 1, unmanaged: ['shop/cart', 'other/front'] });
  expect(seen.warnings).toEqual([
    expect.objectContaining({ component: 'endpoints', where: ['shop/cart', 'other/front'] }),
  ]);
  expect(seen.ok).toBe(true);
});
