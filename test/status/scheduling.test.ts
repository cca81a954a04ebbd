import { expect, test } from 'vitest';
import type { Manifest } from '../../src/kubernetes/kubernetes.ts';
import { explain, type Placed } from '../../src/status/scheduling.ts';

// The scheduler's sentences are those of a kube-scheduler 1.35 and, where taints are named in them, of 1.30.

const tail =
  ' no new claims to deallocate, preemption: 0/2 nodes are available: 2 Preemption is not helpful for scheduling.';

const node = (name: string, mode: string, taints: readonly object[] = []): Manifest => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name, labels: { mode } },
  spec: { taints },
});
const addons = { key: 'CriticalAddonsOnly', value: 'true', effect: 'NoSchedule' };
const notReady = { key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' };
const preferred = { key: 'spot', effect: 'PreferNoSchedule' };

const pod = (spec: object = {}, uid = 'new'): Manifest => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: `cilium-operator-${uid}`, uid },
  spec,
});
const operator = (pods: readonly Manifest[], desired = 2): Placed => ({
  kind: 'Deployment',
  name: 'cilium-operator',
  desired,
  pods,
});

test('the taint that the scheduler no longer names is found on the nodes, with the key of the values that it is about', () => {
  const subject = pod({ tolerations: [{ key: 'node.kubernetes.io/not-ready', operator: 'Exists' }] });
  const nodes = [node('a', 'system', [addons, notReady, preferred])];
  const verdict = explain(
    `0/1 nodes are available: 1 node(s) had untolerated taint(s).${tail}`,
    subject,
    operator([subject]),
    nodes,
  );
  expect(verdict).toEqual({
    nodes: 1,
    lasting: true,
    said: "1 node has the taint CriticalAddonsOnly=true:NoSchedule, which cilium-operator does not tolerate. Add the toleration to operator.tolerations of the chart's values, or add nodes without that taint",
  });
});

test('the older sentence comes to the same', () => {
  const subject = pod();
  const message =
    '0/1 nodes are available: 1 node(s) had untolerated taint {CriticalAddonsOnly: true}. preemption: 0/1 nodes are available: 1 Preemption is not helpful for scheduling.';
  expect(explain(message, subject, operator([subject]), [node('a', 'system', [addons])])).toMatchObject({
    lasting: true,
    said: expect.stringContaining('CriticalAddonsOnly=true:NoSchedule'),
  });
});

test.each([
  ['cilium-operator', true, 'which brings the network that they wait for'],
  ['hubble-relay', false, 'which waits for the network like any other pod'],
])('nodes without a network keep %s away for good: %s, %s', (name, lasting) => {
  const subject = pod();
  const nodes = [node('a', 'user', [notReady])];
  const of: Placed = { kind: 'Deployment', name, desired: 1, pods: [subject] };
  const verdict = explain(`0/1 nodes are available: 1 node(s) had untolerated taint(s).${tail}`, subject, of, nodes);
  expect(verdict).toMatchObject({ lasting, said: expect.stringContaining('node.kubernetes.io/not-ready:NoSchedule') });
});

test('two that may not share a node, by ports or by anti-affinity, are told by the replicas', () => {
  const [placed, subject] = [pod({ nodeName: 'a' }, 'old'), pod()];
  for (const reason of [
    "node(s) didn't have free ports for the requested pod ports",
    "node(s) didn't match pod anti-affinity rules",
  ]) {
    const verdict = explain(`0/1 nodes are available: 1 ${reason}.${tail}`, subject, operator([placed, subject]), [
      node('a', 'system'),
    ]);
    expect(verdict).toMatchObject({
      lasting: true,
      said: "1 node runs another cilium-operator already, and two may not share a node. It asks for 2 replicas: set operator.replicas of the chart's values to the number of nodes that take one, or add nodes",
    });
  }
});

test('while old pods are being replaced, they make room', () => {
  const [one, two, subject] = [pod({ nodeName: 'a' }, 'one'), pod({ nodeName: 'b' }, 'two'), pod()];
  const message = `0/2 nodes are available: 2 node(s) didn't have free ports for the requested pod ports.${tail}`;
  expect(explain(message, subject, operator([one, two, subject]), [node('a', 's'), node('b', 's')])).toMatchObject({
    lasting: false,
  });
});

test('a port that somebody else has is not taken for a second replica', () => {
  const subject = pod();
  const message = `0/1 nodes are available: 1 node(s) didn't have free ports for the requested pod ports.${tail}`;
  expect(explain(message, subject, operator([subject], 1), [node('a', 'system')])).toMatchObject({
    lasting: false,
    said: expect.stringContaining('another pod has a port of the node'),
  });
});

test('several obstacles are told together, and one that may pass lets hope', () => {
  const subject = pod({ nodeSelector: { mode: 'system' } });
  const nodes = [node('a', 'system', [addons]), node('b', 'user')];
  const both = "1 node(s) didn't match Pod's node affinity/selector, 1 node(s) had untolerated taint(s)";
  expect(explain(`0/2 nodes are available: ${both}.${tail}`, subject, operator([subject]), nodes)).toMatchObject({
    nodes: 2,
    lasting: true,
    said: expect.stringMatching(
      /^1 node is not what it asks for \(mode=system\); 1 node has the taint CriticalAddonsOnly/,
    ),
  });
  const full = `0/2 nodes are available: 1 Insufficient cpu, 1 node(s) had untolerated taint(s).${tail}`;
  expect(explain(full, subject, operator([subject]), nodes)).toMatchObject({
    lasting: false,
    said: expect.stringMatching(/^1 node is too full for it \(cpu\); 1 node has/),
  });
});

test("that the other nodes are not its own is no obstacle to a DaemonSet's pod", () => {
  const subject = pod();
  const message = `0/2 nodes are available: 1 Insufficient memory, 1 node(s) didn't match Pod's node affinity/selector, 2 node(s) didn't satisfy plugin(s) [NodeAffinity].${tail}`;
  const of: Placed = { kind: 'DaemonSet', name: 'cilium', desired: 2, pods: [subject] };
  expect(explain(message, subject, of, [])?.said).toBe(
    '1 node is too full for it (memory). Add nodes, or choose larger ones',
  );
});

test.each(['no nodes available to schedule pods', 'running PreBind plugin "VolumeBinding": timed out'])(
  '%s is no verdict over the nodes',
  (message) => {
    const subject = pod();
    expect(explain(message, subject, operator([subject]), [])).toBeUndefined();
  },
);
