import { expect, test } from 'vitest';
import { Problem } from '../../src/errors/problem.ts';
import type { ExecTarget, Kubernetes } from '../../src/kubernetes/kubernetes.ts';
import type { ContainerState, Pod } from '../../src/status/pod.ts';
import { crashLoop } from '../../src/steps/helm-release.ts';
import { fakeKubernetes } from '../support/fake-kubernetes.ts';

const { signal } = new AbortController();
const saying = (log: string | Error, asked: ExecTarget[] = []): Kubernetes => ({
  ...fakeKubernetes([]),
  async podLog(target) {
    asked.push(target);
    if (log instanceof Error) throw log;
    return log;
  },
});
const container = (change: Partial<ContainerState> = {}): ContainerState => ({
  name: 'config',
  running: false,
  ready: false,
  restarts: 5,
  waiting: 'CrashLoopBackOff: back-off 40s',
  ...change,
});
const pods = (...containers: readonly ContainerState[]): readonly Pick<Pod, 'name' | 'namespace' | 'containers'>[] => [
  { name: 'cilium-x', namespace: 'kube-system', containers },
];

test('a container that keeps dying is quoted with the last line of its log', async () => {
  const asked: ExecTarget[] = [];
  const said = await crashLoop(
    saying('Running\nError: Build config failed: dial tcp: lookup https: no such host\n\n', asked),
    pods(container({ name: 'ok', running: true, waiting: undefined }), container()),
    signal,
  );
  expect(said).toBe(
    'container config of cilium-x keeps failing: CrashLoopBackOff: back-off 40s; its last line of log: Error: Build config failed: dial tcp: lookup https: no such host',
  );
  expect(asked).toEqual([{ namespace: 'kube-system', pod: 'cilium-x', container: 'config', previous: true }]);
});

test.each([
  ['is empty', '\n'],
  ['cannot be read', new Problem('gone', { kind: 'transient', code: 'x' })],
])('a container whose log %s is reported all the same', async (_how, log) => {
  expect(await crashLoop(saying(log), pods(container()), signal)).toBe(
    'container config of cilium-x keeps failing: CrashLoopBackOff: back-off 40s',
  );
});

test('a few restarts are the order in which things start, and nobody reads logs for them', async () => {
  const asked: ExecTarget[] = [];
  const kubernetes = saying('x', asked);
  expect(await crashLoop(kubernetes, pods(container({ restarts: 3 })), signal)).toBeUndefined();
  expect(await crashLoop(kubernetes, pods(container({ waiting: 'ErrImagePull: no' })), signal)).toBeUndefined();
  expect(asked).toEqual([]);
});
