import { expect, test } from 'vitest';
import { Problem } from '../../src/errors/problem.ts';
import type { Manifest } from '../../src/kubernetes/kubernetes.ts';
import { tetragonStatus } from '../../src/status/tetragon.ts';
import { type Answer, fakeKubernetes, pod, workload } from '../support/fake-kubernetes.ts';

const signal = new AbortController().signal;
const labels = { app: 'tetragon' };
const running = (name: string) => ({ name, ready: true, restartCount: 0, state: { running: {} } });
const agent = (name: string, node: string, containers = [running('tetragon'), running('export-stdout')]): Manifest =>
  pod({ name, node, labels, containers });
const policy = (name: string, namespace?: string): Manifest => ({
  apiVersion: 'cilium.io/v1alpha1',
  kind: namespace === undefined ? 'TracingPolicy' : 'TracingPolicyNamespaced',
  metadata: { name, ...(namespace === undefined ? {} : { namespace }) },
});
const loaded = (...policies: readonly object[]): string => JSON.stringify({ policies });
const enabled = { name: 'files', state: 'TP_STATE_ENABLED', mode: 'TP_MODE_MONITOR', kernel_memory_bytes: '4096' };

const base: readonly Manifest[] = [
  workload({ kind: 'DaemonSet', name: 'tetragon', desired: 2 }),
  workload({ kind: 'Deployment', name: 'tetragon-operator' }),
];
const agents = [agent('tetragon-a', 'node-1'), agent('tetragon-b', 'node-2')];
const status = (
  objects: readonly Manifest[],
  answers: Readonly<Record<string, Answer>> = {},
  options: { readonly node?: string } = {},
) =>
  tetragonStatus(
    fakeKubernetes([...base, ...objects], ({ pod: name }) => answers[name] ?? loaded(enabled)),
    { namespace: 'kube-system', ...options },
    signal,
  );

test('a policy that every agent has enabled is ok, with its mode', async () => {
  expect(await status([...agents, policy('files')])).toMatchObject({
    ok: true,
    errors: [],
    warnings: [],
    policies: [{ name: 'files', enabled: 2, agents: 2, mode: 'monitor', problems: [] }],
    agents: [{ exporting: true, policies: [{ state: 'enabled', kernelMemoryBytes: 4096 }] }, {}],
  });
});

test("a policy that one node could not load is an error with that node and the agent's own words", async () => {
  const refused = loaded({ name: 'files', state: 'TP_STATE_LOAD_ERROR', error: 'policyfilter is disabled' });
  expect(await status([...agents, policy('files')], { 'tetragon-b': refused })).toMatchObject({
    ok: false,
    errors: [
      {
        component: 'tracing policy files',
        message: 'is load_error: policyfilter is disabled',
        where: ['node-2'],
      },
    ],
    policies: [{ enabled: 1, agents: 2 }],
  });
});

test('a policy that no agent has heard of is not loaded, on every node', async () => {
  const answers = { 'tetragon-a': loaded(), 'tetragon-b': '' };
  expect((await status([...agents, policy('files')], answers)).errors).toEqual([
    { component: 'tracing policy files', message: 'is not loaded', where: ['node-1', 'node-2'] },
  ]);
});

test('a namespaced policy is told apart from one of the same name without a namespace', async () => {
  const mine = loaded(enabled, { ...enabled, namespace: 'shop', state: 'TP_STATE_DISABLED' });
  const answers = { 'tetragon-a': mine, 'tetragon-b': mine };
  const seen = await status([...agents, policy('files'), policy('files', 'shop')], answers);
  expect(seen.policies).toMatchObject([
    { kind: 'TracingPolicy', namespace: undefined, enabled: 2 },
    { kind: 'TracingPolicyNamespaced', namespace: 'shop', enabled: 0 },
  ]);
});

test.each<[string, Answer, string]>([
  ['refuses the exec', new Problem('exec refused', { kind: 'transient', code: 'x' }), 'exec refused'],
  ['answers no JSON', '<html>', 'tetra tracingpolicy list answered no JSON'],
  ['cannot be reached by tetra', { stdout: '', stderr: 'connection refused\n', exitCode: 1 }, 'connection refused'],
  ['ends without a word', { stdout: '', stderr: '', exitCode: 2 }, 'tetra exited with 2'],
])('an agent that %s is mute, and does not count among those that answered', async (_how, answer, why) => {
  expect(await status([...agents, policy('files')], { 'tetragon-a': answer })).toMatchObject({
    ok: false,
    errors: [{ message: `the agent does not answer: ${why}`, where: ['tetragon-a'] }],
    policies: [{ enabled: 1, agents: 1 }],
  });
});

test('an agent whose export container does not run lets no event out, and that is an error', async () => {
  const silent = agent('tetragon-a', 'node-1', [running('tetragon')]);
  expect((await status([silent])).errors).toEqual([
    {
      component: 'tetragon',
      message: 'container export-stdout does not run: no event leaves this node',
      where: ['tetragon-a'],
    },
  ]);
});

test('a policy that agents hold and the cluster does not know is a warning with their nodes', async () => {
  const seen = await status(agents);
  expect(seen).toMatchObject({ ok: true });
  expect(seen.warnings).toEqual([
    {
      component: 'tracing policy files',
      message: 'is loaded, but no such object exists in the cluster',
      where: ['node-1', 'node-2'],
    },
  ]);
});

test('one node can be asked alone', async () => {
  const seen = await status([...agents, policy('files')], {}, { node: 'node-2' });
  expect(seen.agents.map(({ node }) => node)).toEqual(['node-2']);
});

test('pods that do not run are not asked', async () => {
  const pending = pod({ name: 'tetragon-c', labels, phase: 'Pending', containers: [] });
  expect((await status([...agents, pending])).agents).toHaveLength(2);
});
