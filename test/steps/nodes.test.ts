import { expect, test } from 'vitest';
import type { Kubernetes, Manifest } from '../../src/kubernetes/kubernetes.ts';
import { nodes } from '../../src/steps/nodes.ts';
import type { ClusterOutput } from '../../src/steps/outputs.ts';
import { fakeKubernetes, pod } from '../support/fake-kubernetes.ts';
import { world } from '../support/world.ts';

const signal = new AbortController().signal;

test("without a CNI the nodes are not Ready, and the reason is the kubelet's own", async () => {
  const lab = await world();
  const { out } = await lab.run('cluster');
  await lab.run('kube-proxy');
  const context = {
    ...lab.services,
    out: {
      cluster: out as ClusterOutput,
      'cluster-access': { kubernetes: await lab.kubernetes(), kubeconfig: '' },
      cilium: {},
    },
    signal,
    progress: () => undefined,
    warn: () => undefined,
  };
  await expect
    .poll(() => nodes.probe(context), { timeout: 10_000 })
    .toMatchObject({
      state: 'converging',
      detail: expect.stringMatching(/^0 of 2 nodes are Ready \(.*cni plugin not initialized/),
    });
});

const node = (name: string, ready: boolean): Manifest => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name },
  status: { conditions: [{ type: 'Ready', status: ready ? 'True' : 'False', message: 'booting' }] },
});
const crd = (name: string, established = true): Manifest => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name },
  status: { conditions: [{ type: 'Established', status: established ? 'True' : 'False' }] },
});
const crds = [crd('ciliumnetworkpolicies.cilium.io'), crd('ciliumendpoints.cilium.io')];

/** What the step sees of a cluster whose pools count two nodes. */
const probe = async (...objects: readonly Manifest[]) => {
  const lab = await world();
  const kubernetes: Kubernetes = fakeKubernetes(objects);
  return nodes.probe({
    ...lab.services,
    out: {
      cluster: { nodeCount: 2 } as ClusterOutput,
      'cluster-access': { kubernetes, kubeconfig: '' },
      cilium: {},
    },
    signal,
    progress: () => undefined,
    warn: () => undefined,
  });
};

test('all nodes Ready and the CRDs established is ready', async () => {
  expect(await probe(node('a', true), node('b', true), ...crds)).toMatchObject({ state: 'ready' });
});

test('a node that has not joined yet is waited for', async () => {
  expect(await probe(node('a', true), ...crds)).toEqual({
    state: 'converging',
    detail: '1 of 2 nodes are Ready (1 has not joined the cluster yet)',
  });
});

test('a node more than the pools count, as an upgrade brings, is waited for, too', async () => {
  expect(await probe(node('a', true), node('b', true), node('surge', false), ...crds)).toEqual({
    state: 'converging',
    detail: '2 of 3 nodes are Ready (surge: booting; no Cilium agent runs on it)',
  });
});

test('a CRD that is not established yet is named', async () => {
  const late = [crd('ciliumnetworkpolicies.cilium.io'), crd('ciliumendpoints.cilium.io', false)];
  expect(await probe(node('a', true), node('b', true), ...late)).toEqual({
    state: 'converging',
    detail: 'waiting for ciliumendpoints.cilium.io',
  });
});

test('CRDs that are missing though the operator has long been running were taken away, and the cure is named', async () => {
  const operator = (since: number): Manifest => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'op', namespace: 'kube-system', labels: { 'io.cilium/app': 'operator' } },
    status: {
      phase: 'Running',
      conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: new Date(since).toISOString() }],
    },
  });
  const all = [node('a', true), node('b', true)];
  expect(await probe(...all, operator(Date.now()))).toMatchObject({ state: 'converging' });
  expect(await probe(...all, operator(Date.now() - 120_000))).toMatchObject({
    state: 'failed',
    recover: 'manual',
    reason: expect.stringMatching(/^ciliumnetworkpolicies\.cilium\.io and .*somebody deleted them.*rollout restart/),
  });
});

test('the agent on a node that is not Ready tells a dead machine from a missing network', async () => {
  const agent = pod({ name: 'cilium-x', node: 'b', labels: { 'k8s-app': 'cilium' } });
  expect(await probe(node('a', true), node('b', false), agent, ...crds)).toEqual({
    state: 'converging',
    detail: '1 of 2 nodes are Ready (b: booting; its Cilium agent cilium-x is Ready)',
  });
});
