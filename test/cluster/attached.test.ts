import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadPack } from '../../src/detections/load-pack.ts';
import { savedSearchBody, savedSearchId } from '../../src/detections/saved-search.ts';
import {
  clusterOf,
  clusterVersion,
  groupOf,
  makeLogPath,
  pools,
  workspaceQueries,
} from '../sandbox/attached/log-path.ts';
import { world } from '../sandbox/world.ts';
import { planeSkip, startPlane, type Plane } from './plane/start-plane.ts';

// The sandbox's Azure in front of a real API server: what a container there writes is a row in the workspace, if every hop lets it through.

const root = join(import.meta.dirname, '../..');
const settings = readFileSync(join(root, 'templates/log-settings.toml'), 'utf8');
const recording = readFileSync(join(root, 'kql/tests/recordings/miner.ndjson'), 'utf8')
  .split('\n')
  .find((line) => line.startsWith('{"process_exec"') && line.includes(`"binary":"/tmp/xmrig"`)) as string;

describe.skipIf(planeSkip())('a real control plane behind the sandbox', () => {
  let dir: string;
  let plane: Plane;
  const said: { readonly time: string; readonly text: string }[] = [];

  const say = (text: string): void => {
    said.push({ time: new Date().toISOString().replace('Z', '000000Z'), text });
  };

  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'plane-'));
    plane = await startPlane({ dir, form: 'plain', nodes: { system: 1, user: 2 } });
    plane.answer({ log: (_pod, container) => (container === 'export-stdout' ? said : ['the agent itself']) });
    await daemonSet(plane);
  });
  afterAll(async () => {
    await plane.close();
    rmSync(dir, { recursive: true });
  });

  test('a line of export-stdout is a row that the pack reads, and none comes where a hop is broken', async () => {
    const sandbox = await world({
      dir: join(dir, 'sandbox'),
      attach: { kubeconfig: plane.kubeconfig, kubernetesService: 'plane.internal', remote: true },
    });
    expect(sandbox.published.cluster).toMatchObject({ kubernetesVersion: '1.35.4', nodes: 3 });
    const path = await makeLogPath(sandbox, pools(1, 2));
    const { functions } = await loadPack(root);
    for (const fn of functions) {
      const body = { properties: savedSearchBody(fn) };
      const saved = `${groupOf(sandbox)}/providers/Microsoft.OperationalInsights/workspaces/log-lab/savedSearches/${savedSearchId(fn)}`;
      const put = await sandbox.request('PUT', `${saved}?api-version=2025-07-01`, { body });
      expect([put.status, put.text.slice(0, 300)]).toEqual([200, expect.any(String)]);
    }
    await path.agent(undefined, 0);
    await applySettings(plane, settings);
    // One pod of Tetragon's on each node, two containers each.
    await path.agent(undefined, 6);
    say('the agent started');
    say(recording);
    const processes = 'TetragonProcesses | summarize Rows = count() by Binary';
    expect(await path.rows(processes, (found) => found.length > 0 && found[0]?.[1] === 3)).toEqual([['/tmp/xmrig', 3]]);
    const containers = 'ContainerLogV2 | summarize Rows = count() by ContainerName, PodNamespace, LogSource';
    expect(await path.query(containers)).toEqual([['export-stdout', 'kube-system', 'stdout', 6]]);

    const broken: readonly (readonly [
      hop: string,
      breaks: () => Promise<unknown>,
      mends: () => Promise<unknown>,
      says: RegExp,
    ])[] = [
      ['association', () => sandbox.request('DELETE', path.association), () => path.associate(), /no association/u],
      [
        'stream',
        () => path.putRule(['Microsoft-KubeEvents']),
        () => path.putRule(['Microsoft-ContainerLogV2']),
        /no data source ContainerInsights with the stream/u,
      ],
    ];
    for (const [hop, breaks, mends, says] of broken) {
      await breaks();
      await path.agent(says, 0);
      say(`without ${hop}`);
      await mends();
      await path.agent(undefined, 6);
      say(`with ${hop}`);
      await path.rows(`ContainerLogV2 | where tostring(LogMessage) == "with ${hop}"`, (found) => found.length === 3);
    }
    await applySettings(
      plane,
      settings.replace('exclude_namespaces = ["gatekeeper-system"]', 'exclude_namespaces = ["kube-system"]'),
    );
    await path.agent(undefined, 0);
    say('without settings');
    await applySettings(plane, settings);
    await path.agent(undefined, 6);
    say('with settings');
    await path.rows('ContainerLogV2 | where tostring(LogMessage) == "with settings"', (found) => found.length === 3);
    const told = await path.query(
      'ContainerLogV2 | where gettype(LogMessage) == "string" | distinct tostring(LogMessage)',
    );
    expect(told.flat().sort()).toEqual(['the agent started', 'with association', 'with settings', 'with stream']);
  });

  test('a pod that comes later is read from its beginning, and rows outlive it', async () => {
    const sandbox = await world({ dir: join(dir, 'sandbox') });
    const pod = '/api/v1/namespaces/kube-system/pods/tetragon-later';
    const queries = await workspaceQueries(sandbox);
    const rows = 'ContainerLogV2 | where PodName == "tetragon-later" | summarize by tostring(LogMessage)';
    await plane.api.json('POST', '/api/v1/namespaces/kube-system/pods', {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'tetragon-later' },
      spec: { containers: [{ name: 'speaker', image: 'image' }] },
    });
    await queries.rows(rows, (found) => found.length === 1);
    await plane.api.json('DELETE', pod);
    expect(await queries.query(rows)).toEqual([['the agent itself']]);
  });

  test('the deletion of the managed cluster gives the nodes back, and leaves the rest', async () => {
    const sandbox = await world({ dir: join(dir, 'sandbox') });
    const labelled = async (): Promise<string[]> => {
      const { items } = await plane.api.json<Nodes>('GET', '/api/v1/nodes');
      return items.map(({ metadata }) => metadata.labels['kubernetes.azure.com/agentpool'] ?? '');
    };
    expect((await labelled()).sort()).toEqual(['system', 'workloads', 'workloads']);
    const cluster = `${clusterOf(sandbox)}?${clusterVersion}`;
    await sandbox.request('DELETE', cluster);
    await sandbox.until(cluster, ({ status }) => status === 404);
    expect((await labelled()).sort()).toEqual(['systempool', 'userpool', 'userpool']);
    const { items } = await plane.api.json<{ items: readonly unknown[] }>('GET', '/apis/apps/v1/daemonsets');
    expect(items).toHaveLength(1);
  });
});

interface Nodes {
  readonly items: readonly { readonly metadata: { readonly labels: Readonly<Record<string, string>> } }[];
}

const daemonSet = async (plane: Plane): Promise<void> => {
  const labels = { app: 'tetragon' };
  await plane.api.json('POST', '/apis/apps/v1/namespaces/kube-system/daemonsets', {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name: 'tetragon' },
    spec: {
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          tolerations: [{ operator: 'Exists' }],
          containers: [
            { name: 'tetragon', image: 'image' },
            { name: 'export-stdout', image: 'image' },
          ],
        },
      },
    },
  });
};

const applySettings = async (plane: Plane, text: string): Promise<void> => {
  const configMaps = '/api/v1/namespaces/kube-system/configmaps';
  const name = 'container-azm-ms-agentconfig';
  const object = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name },
    data: { 'schema-version': 'v1', 'config-version': 'ver1', 'log-data-collection-settings': text },
  };
  const made = await plane.api.ask('POST', configMaps, object);
  if (made.status === 409) await plane.api.json('PUT', `${configMaps}/${name}`, object);
};
