import { expect, test } from 'vitest';
import type { Kubernetes, Manifest } from '../../src/kubernetes/kubernetes.ts';
import { nodes } from '../../src/steps/nodes.ts';
import type { ClusterOutput } from '../../src/steps/outputs.ts';
import { fakeKubernetes } from '../support/fake-kubernetes.ts';
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
  expect(await probe(node('a', true), ...crds)).toEqual({ state: 'converging', detail: '1 of 2 nodes are Ready' });
});

test('a node more than the pools count, as an upgrade brings, is waited for, too', async () => {
  expect(await probe(node('a', true), node('b', true), node('surge', false), ...crds)).toEqual({
    state: 'converging',
    detail: '2 of 3 nodes are Ready (booting)',
  });
});

test('a CRD that is not established yet is named', async () => {
  const late = [crd('ciliumnetworkpolicies.cilium.io'), crd('ciliumendpoints.cilium.io', false)];
  expect(await probe(node('a', true), node('b', true), ...late)).toEqual({
    state: 'converging',
    detail: 'waiting for ciliumendpoints.cilium.io',
  });
});
