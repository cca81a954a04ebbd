import { expect, test } from 'vitest';
import { parsePod } from '../../src/status/pod.ts';
import type { Blocked } from '../../src/status/scheduling.ts';
import { openDetail, stuckReason } from '../../src/status/stuck.ts';
import type { Workload } from '../../src/status/workload.ts';
import { pod } from '../support/fake-kubernetes.ts';

const workload = (manifest: ReturnType<typeof pod>, blocked?: Blocked): Workload => ({
  kind: 'Deployment',
  namespace: 'kube-system',
  name: 'cilium-operator',
  present: true,
  desired: 2,
  ready: 1,
  available: 1,
  updated: 2,
  settled: false,
  pods: [{ ...parsePod(manifest), ...(blocked === undefined ? {} : { blocked }) }],
});

const unscheduled = (blocked: Partial<Blocked>): Workload =>
  workload(
    pod({
      name: 'op-1',
      phase: 'Pending',
      containers: [],
      status: { conditions: [{ type: 'PodScheduled', status: 'False', message: 'as the scheduler says' }] },
    }),
    { nodes: 2, lasting: true, said: '2 nodes have a taint', ...blocked },
  );

const waiting = (reason: string, message = ''): Workload =>
  workload(
    pod({
      name: 'op-1',
      phase: 'Pending',
      containers: [{ name: 'main', ready: false, restartCount: 0, state: { waiting: { reason, message } } }],
      status: { conditions: [{ type: 'Ready', status: 'False' }] },
    }),
  );

test('a pod that no node will ever take is named with the reason', () => {
  expect(stuckReason([unscheduled({})], 2)).toBe('op-1 cannot be scheduled: 2 nodes have a taint.');
});

test('as long as nodes are on their way, or the obstacle may pass, it is waited for, and said what for', () => {
  expect(stuckReason([unscheduled({})], 3)).toBeUndefined();
  const passing = unscheduled({ lasting: false });
  expect(stuckReason([passing], 2)).toBeUndefined();
  expect(openDetail([passing])).toBe('cilium-operator 1/2 (op-1: 2 nodes have a taint)');
});

test.each([
  [
    'ImagePullBackOff',
    'Back-off pulling image "x:1": ErrImagePull: rpc error: code = NotFound desc = failed to pull and unpack image "x:1": x:1: not found',
  ],
  ['ErrImagePull', 'failed to authorize: failed to fetch oauth token: 401 Unauthorized'],
  ['InvalidImageName', 'Failed to apply default image tag "X": couldn\'t parse image name'],
])('an image that will not come is told, with the words of the kubelet: %s', (reason, message) => {
  expect(stuckReason([waiting(reason, message)], 2)).toBe(
    `The image of container main in op-1 cannot be pulled (${reason}: ${message}). Correct the image in the chart's values, or give the nodes a way to its registry.`,
  );
});

test('a registry that is only away may come back', () => {
  const away = waiting('ImagePullBackOff', 'dial tcp: lookup quay.io: i/o timeout');
  expect(stuckReason([away], 2)).toBeUndefined();
  expect(openDetail([away])).toBe(
    'cilium-operator 1/2 (op-1: ImagePullBackOff: dial tcp: lookup quay.io: i/o timeout)',
  );
});

test('a pod that nobody starts points to its node', () => {
  const left = pod({ name: 'op-1', node: 'aks-7', phase: 'Pending', containers: [], status: { conditions: [] } });
  expect(openDetail([workload(left)])).toBe('cilium-operator 1/2 (op-1: the kubelet of aks-7 has not taken it up)');
});

test('an agent that runs without being Ready is named with its node', () => {
  const agent = pod({ name: 'op-1', node: 'aks-7', status: { conditions: [{ type: 'Ready', status: 'False' }] } });
  expect(openDetail([workload(agent)])).toBe('cilium-operator 1/2 (op-1: runs on aks-7 and is not Ready yet)');
});

test('a container that is being made is no news', () => {
  expect(openDetail([waiting('ContainerCreating')])).toBe('cilium-operator 1/2');
});
