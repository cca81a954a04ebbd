import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { ciliumValues, tetragonValues, writeValues, type Values } from '../../../src/helm/values.ts';
import { standinFolder } from '../../../src/sandbox/registry/standin-folder.ts';
import { helmAt, never } from '../../support/helm.ts';
import { realCharts } from '../../support/real-charts.ts';
import { scratch } from '../../support/scratch.ts';
import { tools } from '../../support/tools.ts';

const { helm: helm4, helm3 } = await tools();

interface Rendered {
  kind: string;
  metadata: { name: string; namespace?: string };
  data?: Record<string, string>;
  spec?: { template?: { spec: PodSpec }; ports?: unknown; selector?: unknown; clusterIP?: string; replicas?: number };
}

interface PodSpec {
  hostNetwork?: boolean;
  priorityClassName?: string | null;
  serviceAccountName?: string;
  nodeSelector?: unknown;
  tolerations?: unknown;
  affinity?: { podAffinity?: unknown };
  initContainers?: Container[] | null;
  containers: Container[];
}

interface Container {
  name: string;
  image: string;
  env?: { name: string; value?: string }[];
  ports?: unknown;
}

async function render(name: string, chart: string, values: Values, binary = helm4): Promise<Rendered[]> {
  const folder = scratch();
  const valuesFiles = [await writeValues(folder, name, values)];
  const text = await helmAt(binary, folder).template({
    release: name,
    namespace: 'kube-system',
    chart,
    valuesFiles,
    kubeVersion: '1.35.4',
    signal: never,
  });
  return parseAllDocuments(text).flatMap((document) => {
    const value = document.toJS() as Rendered | null;
    return value === null ? [] : [value];
  });
}

const standin = (name: string): string => join(standinFolder(), name);
const cluster = {
  clusterName: 'aks-lab',
  fqdn: 'lab-1a2b3c4d.hcp.uksouth.azmk8s.io',
  podCidr: '10.244.0.0/16',
  nodeCount: 4,
};

const id = ({ kind, metadata }: Rendered): string => `${kind} ${metadata.namespace ?? '-'}/${metadata.name}`;

/** What others look at in an object: not its prose, not its volumes. */
function outline(object: Rendered): unknown {
  const pod = object.spec?.template?.spec;
  const container = ({ name, image, env = [], ports }: Container): unknown => ({
    name,
    image,
    ports: ports ?? [],
    host: env.filter((entry) => entry.name.startsWith('KUBERNETES_SERVICE')),
  });
  const isConfig = ['cilium-config', 'tetragon-config', 'tetragon-operator-config'].includes(object.metadata.name);
  return {
    id: id(object),
    keys: Object.keys(object.data ?? {}).sort(),
    config: isConfig
      ? Object.entries(object.data ?? {})
          .map(([key, value]) => `${key}=${value.trim()}`)
          .sort()
      : [],
    ports: object.kind === 'Service' ? object.spec?.ports : undefined,
    clusterIP: object.spec?.clusterIP,
    replicas: object.spec?.replicas,
    pod: pod && {
      hostNetwork: pod.hostNetwork ?? false,
      priority: pod.priorityClassName ?? null,
      account: pod.serviceAccountName,
      tolerations: pod.tolerations ?? [],
      near: pod.affinity?.podAffinity,
      init: (pod.initContainers ?? []).map(({ name, image }) => ({ name, image })),
      containers: pod.containers.map(container),
    },
  };
}

describe.skipIf(realCharts.cilium === undefined || realCharts.tetragon === undefined)('beside the real charts', () => {
  const cases: [string, string, () => Promise<Values>][] = [
    ['cilium', 'with our values', () => ciliumValues({ ...cluster, flows: false })],
    ['cilium', 'with flows', () => ciliumValues({ ...cluster, flows: true })],
    ['cilium', 'on one node', () => ciliumValues({ ...cluster, nodeCount: 1, flows: false })],
    [
      'cilium',
      'without relay and UI',
      () =>
        ciliumValues({
          ...cluster,
          flows: false,
          extra: { hubble: { relay: { enabled: false }, ui: { enabled: false } } },
        }),
    ],
    [
      'cilium',
      'without Hubble',
      () =>
        ciliumValues({
          ...cluster,
          flows: false,
          extra: { hubble: { enabled: false, relay: { enabled: false }, ui: { enabled: false } } },
        }),
    ],
    [
      'cilium',
      "with the chart's own operator tolerations",
      async () => ({ kubeProxyReplacement: 'true', aksbyocni: { enabled: true } }),
    ],
    [
      'cilium',
      'with kube-proxy left on and an unknown IPAM',
      async () => ({ kubeProxyReplacement: false, aksbyocni: { enabled: true }, ipam: { mode: 'kubernetes' } }),
    ],
    ['tetragon', 'with our values', () => tetragonValues({ clusterName: 'aks-lab' })],
    ['tetragon', 'with no values', async () => ({})],
    ['tetragon', 'without export', async () => ({ export: { mode: '' } })],
  ];
  test.each(cases)('the stand-in of %s makes the same objects %s', async (name, _case, values) => {
    const real = realCharts[name as 'cilium' | 'tetragon'] ?? '';
    const [theirs, ours] = [
      await render(name, real, await values()),
      await render(name, standin(name), await values()),
    ];
    const sorted = (objects: Rendered[]): unknown[] => objects.sort((a, b) => id(a).localeCompare(id(b))).map(outline);
    expect(sorted(ours)).toEqual(sorted(theirs));
  });

  test.each([
    ['wrong types', { hubble: { relay: { enabled: 'true' } } }],
    ['operator replicas as text', { operator: { replicas: '2' } }],
    ['kubeProxyReplacement strict', { kubeProxyReplacement: 'strict' }],
    ['native routing on AKS', { routingMode: 'native' }],
    ['UI without relay', { hubble: { relay: { enabled: false } } }],
    ['a cluster name with capitals', { cluster: { name: 'AKS' } }],
  ])('both refuse %s', async (_what, extra) => {
    const values = await ciliumValues({ ...cluster, flows: false, extra });
    for (const chart of [realCharts.cilium ?? '', standin('cilium')]) {
      await expect(render('cilium', chart, values)).rejects.toMatchObject({
        reason: expect.stringMatching(/schema|template-failed/),
      });
    }
  });
});

test.skipIf(helm3 === undefined)('helm 3 and helm 4 render the stand-ins alike', async () => {
  for (const [name, values] of [
    ['cilium', await ciliumValues({ ...cluster, flows: true })],
    ['tetragon', await tetragonValues({ clusterName: 'x' })],
  ] as const) {
    const [three, four] = [await render(name, standin(name), values, helm3), await render(name, standin(name), values)];
    expect(three.map(outline)).toEqual(four.map(outline));
  }
});

test('a change of values shows in the pods, so that they restart', async () => {
  const pods = async (podCidr: string): Promise<string> =>
    JSON.stringify(
      (await render('cilium', standin('cilium'), await ciliumValues({ ...cluster, podCidr, flows: false }))).filter(
        ({ metadata }) => metadata.name === 'cilium-operator',
      ),
    );
  expect(await pods('10.244.0.0/16')).not.toBe(await pods('10.245.0.0/16'));
});
