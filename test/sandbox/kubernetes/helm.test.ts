import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { haveRealCharts, realCharts } from '../../support/real-charts.ts';
import { tools } from '../../support/tools.ts';
import { startLab, type Lab } from './lab.ts';
import { runTool, type Ran } from './run-tool.ts';

// A busy machine takes its time: helm 3 alone spends ten seconds on the real charts.
vi.setConfig({ testTimeout: 180_000 });

const { helm, helm3 } = await tools();

const run = (binary: string, lab: Lab, command: string): Promise<Ran> =>
  runTool(binary, lab.kubeconfig, command.split(' '));

/** Kind, place and version of everything a chart of this kind makes, but for helm's own records. */
const versions = async (lab: Lab): Promise<readonly string[]> => {
  const paths = [
    ...['configmaps', 'secrets', 'services', 'serviceaccounts', 'namespaces'].map((plural) => `/api/v1/${plural}`),
    ...['daemonsets', 'deployments'].map((plural) => `/apis/apps/v1/${plural}`),
    ...['roles', 'rolebindings', 'clusterroles', 'clusterrolebindings'].map(
      (plural) => `/apis/rbac.authorization.k8s.io/v1/${plural}`,
    ),
    '/apis/apiextensions.k8s.io/v1/customresourcedefinitions',
  ];
  const found: string[] = [];
  for (const path of paths) {
    const { items } = (await lab.ask('GET', path)).body as unknown as {
      items: readonly {
        readonly type?: string;
        readonly metadata: { readonly name: string; readonly namespace?: string; readonly resourceVersion: string };
      }[];
    };
    for (const { type, metadata } of items) {
      if (type !== 'helm.sh/release.v1')
        found.push(`${path} ${metadata.namespace ?? ''}/${metadata.name} ${metadata.resourceVersion}`);
    }
  }
  return found;
};

const chart = (dir: string): string => {
  const folder = join(dir, 'chart');
  mkdirSync(join(folder, 'templates'), { recursive: true });
  writeFileSync(join(folder, 'Chart.yaml'), 'apiVersion: v2\nname: small\nversion: 1.0.0\n');
  writeFileSync(join(folder, 'values.yaml'), 'text: hello\n');
  writeFileSync(
    join(folder, 'templates/all.yaml'),
    `apiVersion: v1
kind: ConfigMap
metadata: {name: small}
data: {text: {{ .Values.text | quote }}}
---
apiVersion: v1
kind: Service
metadata: {name: small}
spec: {selector: {app: small}, ports: [{port: 80}]}
`,
  );
  return folder;
};

describe.each([
  ['helm 4', helm],
  ['helm 3', helm3],
] as const)('%s', (_name, binary) => {
  test.skipIf(binary === undefined)('installs, upgrades, rolls back, lists and uninstalls', async () => {
    const lab = await startLab();
    const folder = chart(lab.dir);
    const at = (command: string): Promise<Ran> => run(binary ?? '', lab, command);
    expect(await at(`upgrade --install small ${folder} -n pets --create-namespace --wait --timeout 20s`)).toMatchObject(
      { code: 0 },
    );
    const text = async (): Promise<unknown> =>
      (await lab.ask('GET', '/api/v1/namespaces/pets/configmaps/small')).body['data'];
    expect(await text()).toEqual({ text: 'hello' });
    const before = await versions(lab);
    expect(await at(`upgrade --install small ${folder} -n pets`)).toMatchObject({ code: 0 });
    expect(await versions(lab)).toEqual(before);
    await at(`upgrade small ${folder} -n pets --set text=other`);
    expect(await text()).toEqual({ text: 'other' });
    expect(await at('rollback small 1 -n pets')).toMatchObject({ code: 0 });
    expect(await text()).toEqual({ text: 'hello' });
    const listed = JSON.parse((await at('list -A -o json')).stdout) as unknown;
    expect(listed).toMatchObject([{ name: 'small', namespace: 'pets', revision: '4', status: 'deployed' }]);
    expect(await at('uninstall small -n pets --wait')).toMatchObject({ code: 0 });
    expect((await lab.ask('GET', '/api/v1/namespaces/pets/services/small')).status).toBe(404);
  });

  test.skipIf(!haveRealCharts || binary === undefined)(
    'installs every object of the real charts, and a second time changes nothing',
    async () => {
      const lab = await startLab();
      const commands = [
        `upgrade --install cilium ${realCharts.cilium ?? ''} -n kube-system --set kubeProxyReplacement=true --set k8sServiceHost=lab.example --set k8sServicePort=443 --set hubble.relay.enabled=true --set hubble.ui.enabled=true`,
        `upgrade --install tetragon ${realCharts.tetragon ?? ''} -n kube-system --set crds.installMethod=helm`,
      ];
      for (const command of commands) expect(await run(binary ?? '', lab, command)).toMatchObject({ code: 0 });
      const before = await versions(lab);
      expect(before.filter((line) => line.includes('cilium') || line.includes('tetragon')).length).toBeGreaterThan(25);
      for (const command of commands) expect(await run(binary ?? '', lab, command)).toMatchObject({ code: 0 });
      // Established comes a moment after the first install and is no change of helm's.
      const settled = (lines: readonly string[]): readonly string[] =>
        lines.filter((line) => !line.includes('customresourcedefinitions'));
      expect(settled(await versions(lab))).toEqual(settled(before));
    },
  );
});

test.skipIf(helm3 === undefined)('helm 4 takes over a release of helm 3', async () => {
  const lab = await startLab();
  const folder = chart(lab.dir);
  await run(helm3 ?? '', lab, `upgrade --install small ${folder} -n default`);
  expect(await run(helm, lab, `upgrade small ${folder} -n default --set text=four`)).toMatchObject({ code: 0 });
  expect((await lab.ask('GET', '/api/v1/namespaces/default/configmaps/small')).body['data']).toEqual({ text: 'four' });
});
