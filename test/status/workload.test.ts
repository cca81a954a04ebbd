import { expect, test } from 'vitest';
import { grouped } from '../../src/status/finding.ts';
import { parsePod } from '../../src/status/pod.ts';
import { readNodes } from '../../src/status/nodes.ts';
import { readWorkload, workloadFindings } from '../../src/status/workload.ts';
import { fakeKubernetes, pod, workload } from '../support/fake-kubernetes.ts';

const signal = new AbortController().signal;
const ref = { kind: 'DaemonSet', namespace: 'kube-system', name: 'cilium' } as const;
const labels = { app: 'cilium' };
const read = async (...objects: Parameters<typeof fakeKubernetes>[0]) =>
  readWorkload(fakeKubernetes(objects), ref, signal);
const said = async (...objects: Parameters<typeof fakeKubernetes>[0]) =>
  workloadFindings(await read(...objects)).map(({ message, where }) => [message, ...where]);

test('one that does not exist is said so', async () => {
  expect(await said()).toEqual([['DaemonSet cilium does not exist']]);
});

test('is settled when every pod is ready, available and of the newest template', async () => {
  expect(await read(workload({ ...ref, desired: 3 }), pod({ name: 'a', labels }))).toMatchObject({
    settled: true,
    desired: 3,
    ready: 3,
    pods: [{ name: 'a' }],
  });
  expect(await said(workload({ ...ref, desired: 3 }))).toEqual([]);
});

test.each([
  ['its controller has not seen the newest spec', { generation: 2, observed: 1 }],
  ['it wants no pods at all', { desired: 0 }],
  ['one is not ready', { desired: 2, ready: 1 }],
  ['one is not available', { desired: 2, available: 1 }],
  ['one is of an older template', { desired: 2, updated: 1 }],
])('is not settled while %s', async (_why, spec) => {
  expect(await read(workload({ ...ref, ...spec }))).toMatchObject({ settled: false });
});

test.each([
  [{ desired: 0 }, 'DaemonSet cilium wants no pods: no node fits it'],
  [{ desired: 3, ready: 1 }, '2 of 3 pods of DaemonSet cilium are not ready'],
  [{ desired: 3, available: 2 }, '1 of 3 pods of DaemonSet cilium are not available'],
  [{ desired: 3, updated: 1 }, 'DaemonSet cilium is rolling out: 1 of 3 pods updated'],
])('%o is told as: %s', async (spec, message) => {
  expect(await said(workload({ ...ref, ...spec }))).toEqual([[message]]);
});

test('a crash loop, a bad image and a pod that no node takes are named with their pods', async () => {
  const waiting = (reason: string, message: string) => [
    { name: 'main', ready: false, restartCount: 5, state: { waiting: { reason, message } } },
  ];
  const lonely = {
    conditions: [
      { type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message: '0/3 nodes are available' },
    ],
    containerStatuses: [],
  };
  expect(
    await said(
      workload({ ...ref, desired: 3 }),
      pod({ name: 'a', labels, containers: waiting('CrashLoopBackOff', 'back-off 10s') }),
      pod({ name: 'b', labels, containers: waiting('ImagePullBackOff', 'no such image') }),
      pod({ name: 'c', labels, phase: 'Pending', status: lonely }),
      pod({ name: 'd', labels, containers: waiting('ContainerCreating', '') }),
    ),
  ).toEqual([
    ['container main: CrashLoopBackOff: back-off 10s', 'a'],
    ['container main: ImagePullBackOff: no such image', 'b'],
    ['pod is not scheduled: 0/3 nodes are available', 'c'],
  ]);
});

test.each([
  ['Evicted', undefined],
  ['NodeLost', undefined],
  ['DeadlineExceeded', 'DeadlineExceeded: took too long'],
])('a pod that failed by %s is told as %s', (reason, failure) => {
  const failed = pod({ name: 'a', phase: 'Failed', status: { reason, message: 'took too long' } });
  expect(parsePod(failed).failure).toBe(failure);
});

test('a container that ended with an error is told with its code and reason', () => {
  const ended = [{ name: 'init', state: { terminated: { exitCode: 137, reason: 'OOMKilled' } } }];
  expect(parsePod(pod({ name: 'a', containers: ended })).containers).toMatchObject([
    { name: 'init', running: false, restarts: 0, waiting: 'exited with code 137 (OOMKilled)' },
  ]);
});

test('an init container that did its work is no finding', () => {
  const done = {
    initContainerStatuses: [{ name: 'mount', state: { terminated: { exitCode: 0, reason: 'Completed' } } }],
  };
  expect(parsePod(pod({ name: 'a', status: done })).containers[0]).toMatchObject({ name: 'mount', waiting: undefined });
});

test('the same thing on many pods is one finding with all of them, in the order of first sight', () => {
  const finding = (component: string, message: string, where: string) => ({ component, message, where: [where] });
  expect(
    grouped([finding('a', 'x', '1'), finding('b', 'x', '2'), finding('a', 'x', '3'), finding('a', 'y', '4')]),
  ).toEqual([
    { component: 'a', message: 'x', where: ['1', '3'] },
    { component: 'b', message: 'x', where: ['2'] },
    { component: 'a', message: 'y', where: ['4'] },
  ]);
});

test("a node that is not ready says why in the kubelet's words", async () => {
  const node = (name: string, conditions: readonly object[]) => ({
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, labels: { 'kubernetes.azure.com/agentpool': 'system' } },
    status: { conditions, nodeInfo: { kernelVersion: '6.8', kubeletVersion: 'v1.35.4' } },
  });
  const seen = await readNodes(
    fakeKubernetes([
      node('a', [{ type: 'Ready', status: 'True', message: 'kubelet is posting ready status' }]),
      node('b', [{ type: 'Ready', status: 'False', message: 'cni plugin not initialized' }]),
      node('c', []),
    ]),
    signal,
  );
  expect(seen).toMatchObject([
    { name: 'a', ready: true, reason: undefined, pool: 'system', kernel: '6.8', version: 'v1.35.4' },
    { name: 'b', ready: false, reason: 'cni plugin not initialized' },
    { name: 'c', ready: false, reason: 'the kubelet has not reported yet' },
  ]);
});
