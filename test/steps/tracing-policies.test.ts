import { expect, test } from 'vitest';
import { loadPolicies } from '../../src/detections/policies.ts';
import type { Observed } from '../../src/engine/step.ts';
import type { Kubernetes, Manifest } from '../../src/kubernetes/kubernetes.ts';
import type { Services } from '../../src/steps/services.ts';
import { tracingPolicies } from '../../src/steps/tracing-policies.ts';
import { fakeKubernetes } from '../support/fake-kubernetes.ts';
import { root } from '../support/world.ts';

const serviceCidr = '10.0.0.0/16';
const policies = await loadPolicies(root, { serviceCidr });

/** The step over a cluster that holds these policies; `applied` notes what was written. */
const over = (there: readonly Manifest[]) => {
  const applied: string[] = [];
  const kubernetes: Kubernetes = {
    ...fakeKubernetes(there),
    apply: async ({ metadata }) => void applied.push(metadata.name),
  };
  const config = { enforcement: {}, cluster: { serviceCidr } };
  const context = {
    ...({ assets: root, config } as unknown as Services),
    out: { 'cluster-access': { kubernetes, kubeconfig: '' }, tetragon: {} },
    signal: new AbortController().signal,
    progress: () => undefined,
    warn: () => undefined,
  };
  const apply = (seen: Observed<unknown>) =>
    tracingPolicies.apply({ ...context, seen, token: undefined, save: () => undefined });
  return { applied, probe: () => tracingPolicies.probe(context), apply };
};

test('one that somebody changed is drift, also where others are missing', async () => {
  const [first, second] = policies;
  if (first === undefined || second === undefined) throw new Error('the package has no policies');
  const lab = over([{ ...first, spec: { kprobes: [] } }]);
  await expect(lab.probe()).resolves.toMatchObject({
    state: 'drifted',
    diff: [expect.stringContaining(first.metadata.name)],
  });
  await lab.apply({ state: 'absent' });
  expect(lab.applied).not.toContain(first.metadata.name);
  expect(lab.applied).toContain(second.metadata.name);
  await lab.apply({ state: 'drifted', diff: [] });
  expect(lab.applied).toContain(first.metadata.name);
});

test('what is missing is absent and not drift', async () => {
  await expect(over([]).probe()).resolves.toMatchObject({ state: 'absent' });
});
