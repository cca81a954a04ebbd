import { expect, test } from 'vitest';
import { logTargets } from '../../../src/sandbox/attached/log-targets.ts';
import { effectiveLogSettings } from '../../../src/sandbox/kubernetes/nodes/log-agent.ts';

const defaults = effectiveLogSettings(undefined);

const pod = (namespace: string, status: object): object => ({
  metadata: { namespace, name: 'web-1', uid: 'u' },
  spec: { nodeName: 'node' },
  status,
});

const id = (text: string): string => `containerd://${text}`;
const running = { running: { startedAt: '2026-11-23T10:00:00Z' } };

test('a container is read in both streams where the API server can tell them apart, else in one', () => {
  const pods = [pod('store', { containerStatuses: [{ name: 'web', containerID: id('a'), state: running }] })];
  expect(logTargets(pods, defaults, true).map(({ key, stream, life }) => [key, stream, life])).toEqual([
    ['containerd://a/stdout', 'stdout', 'running'],
    ['containerd://a/stderr', 'stderr', 'running'],
  ]);
  expect(logTargets(pods, defaults, false)).toEqual([
    {
      key: 'containerd://a/stdout',
      namespace: 'store',
      pod: 'web-1',
      container: 'web',
      containerId: 'a',
      node: 'node',
      stream: 'stdout',
      life: 'running',
    },
  ]);
});

test('after a restart the life before is read, too', () => {
  const status = {
    name: 'web',
    containerID: id('b'),
    restartCount: 1,
    state: running,
    lastState: { terminated: { containerID: id('a'), exitCode: 1 } },
  };
  expect(
    logTargets([pod('store', { containerStatuses: [status] })], defaults, false).map(({ key, life }) => [key, life]),
  ).toEqual([
    ['containerd://a/stdout', 'previous'],
    ['containerd://b/stdout', 'running'],
  ]);
});

test.each([
  [
    'one that has ended',
    { containerID: id('a'), state: { terminated: { exitCode: 0 } } },
    [['containerd://a/stdout', 'ended']],
  ],
  [
    'one that waits to be started again',
    {
      containerID: id('a'),
      restartCount: 1,
      state: { waiting: { reason: 'CrashLoopBackOff' } },
      lastState: { terminated: { containerID: id('a') } },
    },
    [['containerd://a/stdout', 'ended']],
  ],
  ['one that never started', { state: { waiting: { reason: 'ContainerCreating' } } }, []],
])('%s', (_case, status, expected) => {
  const pods = [pod('store', { initContainerStatuses: [{ name: 'setup', ...status }] })];
  expect(logTargets(pods, defaults, false).map(({ key, life }) => [key, life])).toEqual(expected);
});

test('what the settings leave out is not read', () => {
  const pods = [pod('kube-system', { containerStatuses: [{ name: 'web', containerID: id('a'), state: running }] })];
  expect(logTargets(pods, defaults, true)).toEqual([]);
});
