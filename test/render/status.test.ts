import { expect, test } from 'vitest';
import { ciliumStatusText } from '../../src/render/cilium-status.ts';
import type { Page } from '../../src/render/page.ts';
import { planText, type PlanStep } from '../../src/render/plan.ts';
import { statusText } from '../../src/render/status.ts';
import { tetragonStatusText } from '../../src/render/tetragon-status.ts';
import type { CiliumStatus } from '../../src/status/cilium.ts';
import type { TetragonStatus } from '../../src/status/tetragon.ts';
import type { Workload } from '../../src/status/workload.ts';

const workload = (kind: Workload['kind'], name: string, ready: number, desired: number): Workload => ({
  kind,
  namespace: 'kube-system',
  name,
  present: desired > 0,
  desired,
  ready,
  available: ready,
  updated: desired,
  settled: desired > 0 && ready === desired,
  pods: [],
});

const cilium: CiliumStatus = {
  ok: false,
  errors: [
    { component: 'cilium', message: '1 of 2 pods of DaemonSet cilium are not ready', where: [] },
    {
      component: 'kube-proxy replacement',
      message: 'the agent reports False instead of True',
      where: ['cilium-a', 'cilium-b', 'cilium-c', 'cilium-d', 'cilium-e'],
    },
  ],
  warnings: [
    { component: 'endpoints', message: 'pods are on the network without a CiliumEndpoint', where: ['pets/web-1'] },
  ],
  version: '1.20.0',
  workloads: [workload('DaemonSet', 'cilium', 1, 2), workload('Deployment', 'cilium-operator', 0, 0)],
  agents: [
    {
      pod: 'cilium-a',
      node: 'aks-system-0',
      state: 'ok',
      message: undefined,
      version: '1.20.0',
      kubeProxyReplacement: 'True',
      encryption: undefined,
      tunnel: undefined,
      hubbleFlows: undefined,
      failures: [],
    },
    {
      pod: 'cilium-b',
      node: 'aks-workloads-0',
      state: 'unreachable',
      message: 'exec failed',
      version: undefined,
      kubeProxyReplacement: undefined,
      encryption: undefined,
      tunnel: undefined,
      hubbleFlows: undefined,
      failures: [],
    },
  ],
  kubeProxyReplaced: false,
  kubeProxyPresent: true,
  endpoints: { pods: 10, managed: 9, unmanaged: ['pets/web-1'] },
  images: { 'quay.io/cilium/cilium:v1.20.0': 2 },
};

const tetragon: TetragonStatus = {
  ok: false,
  errors: [
    { component: 'tracing policy file-integrity', message: 'is load_error: unknown hook', where: ['aks-workloads-0'] },
  ],
  warnings: [],
  workloads: [workload('DaemonSet', 'tetragon', 2, 2), workload('Deployment', 'tetragon-operator', 1, 1)],
  agents: [
    { pod: 'tetragon-a', node: 'aks-system-0', unreachable: undefined, policies: [], exporting: true },
    { pod: 'tetragon-b', node: 'aks-workloads-0', unreachable: 'exec failed', policies: [], exporting: false },
  ],
  policies: [
    {
      kind: 'TracingPolicy',
      name: 'file-integrity',
      namespace: undefined,
      enabled: 1,
      agents: 2,
      mode: 'monitor_only',
      problems: [{ node: 'aks-workloads-0', state: 'load_error', error: 'unknown hook' }],
    },
  ],
  images: { 'quay.io/cilium/tetragon:v1.7.0': 2 },
};

const expected = { p50Ms: 90_000, p90Ms: 240_000 };
const steps: readonly PlanStep[] = [
  { id: 'cluster', title: 'Create the AKS cluster', needs: [], expected, state: 'ready', diff: [] },
  {
    id: 'workspace',
    title: 'Create the Log Analytics workspace',
    needs: ['cluster'],
    expected,
    state: 'drifted',
    diff: ['retention is 30 days, the config says 90'],
  },
  {
    id: 'cilium',
    title: 'Install Cilium',
    needs: ['cluster'],
    expected,
    state: 'failed',
    diff: [],
    detail: 'helm was killed',
  },
  {
    id: 'rules',
    title: 'Deploy the detections',
    needs: ['workspace'],
    expected,
    state: 'unknown',
    diff: [],
    problem: {
      kind: 'permission',
      code: 'AuthorizationFailed',
      message: 'A permission is missing.',
      hint: 'Ask for it.',
    },
  },
  { id: 'nodes', title: 'Wait for the nodes', needs: ['cilium'], expected, state: 'blocked', diff: [] },
  { id: 'association', title: 'Associate', needs: [], expected, state: 'converging', diff: [], detail: 'Creating' },
];

const pages: readonly (readonly [name: string, page: Page])[] = [
  ['120-color', { columns: 120, color: true, unicode: true, live: false }],
  ['80-color', { columns: 80, color: true, unicode: true, live: false }],
  ['80-plain', { columns: 80, color: false, unicode: true, live: false }],
  ['40-color', { columns: 40, color: true, unicode: true, live: false }],
  ['40-plain', { columns: 40, color: false, unicode: true, live: false }],
  ['80-ascii', { columns: 80, color: false, unicode: false, live: false }],
];

const texts: Readonly<Record<string, (page: Page) => string>> = {
  plan: (page) => planText({ steps }, page),
  status: (page) =>
    statusText(
      {
        ok: false,
        errors: [
          {
            component: 'workspace',
            message: 'differs from the config: retention is 30 days, the config says 90',
            where: [],
          },
          { component: 'cilium', message: 'failed: helm was killed', where: [] },
          ...tetragon.errors,
        ],
        warnings: cilium.warnings,
        steps,
        nodes: [
          {
            name: 'aks-system-0',
            ready: true,
            reason: undefined,
            pool: 'system',
            kernel: undefined,
            version: 'v1.36.3',
          },
        ],
        cilium,
        tetragon,
      },
      page,
    ),
  'cilium-status': (page) => ciliumStatusText(cilium, page),
  'tetragon-status': (page) => tetragonStatusText(tetragon, page),
};

for (const [what, text] of Object.entries(texts)) {
  test.each(pages)(`${what} at %s`, async (name, page) => {
    await expect(`${text(page)}\n`).toMatchFileSnapshot(`../goldens/${what}-${name}.txt`);
  });

  test.each(pages.filter(([, page]) => !page.color))(
    `no line of ${what} is wider than the page at %s`,
    (_name, page) => {
      // Names of images stay whole, so that they can be copied.
      const lines = text(page)
        .split('\n')
        .filter((line) => !line.includes('quay.io'));
      expect(lines.filter((line) => line.length > page.columns)).toEqual([]);
    },
  );
}

test('a finding names three places and counts the others', () => {
  expect(ciliumStatusText(cilium, { columns: 120, color: false, unicode: true, live: false })).toContain(
    'instead of True (cilium-a, cilium-b, cilium-c and 2 more)',
  );
});
