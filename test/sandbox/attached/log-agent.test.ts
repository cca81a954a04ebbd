import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { scratch } from '../../support/scratch.ts';
import { world, type World } from '../world.ts';
import { makeLogPath, pools, workspaceQueries } from './log-path.ts';
import { startRealLab, type RealLab } from './real-lab.ts';

const settings = readFileSync(join(import.meta.dirname, '../../../templates/log-settings.toml'), 'utf8');
const configMapPath = '/api/v1/namespaces/kube-system/configmaps/container-azm-ms-agentconfig';

const configure = async (lab: RealLab, text: string): Promise<void> => {
  const object = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'container-azm-ms-agentconfig' },
    data: { 'schema-version': 'v1', 'config-version': 'ver1', 'log-data-collection-settings': text },
  };
  const made = await lab.ask('POST', '/api/v1/namespaces/kube-system/configmaps', object);
  if (made.status === 409) await lab.ask('PUT', configMapPath, object);
};

const attached = (lab: RealLab, dir = scratch()): Promise<World> =>
  world({ dir, attach: { kubeconfig: lab.kubeconfig, kubernetesService: 'kind-control-plane', remote: false } });

const labWithTetragon = async (): Promise<RealLab> => {
  const lab = await startRealLab();
  await lab.node('kind-control-plane', { labels: { 'node-role.kubernetes.io/control-plane': '' } });
  await lab.node('kind-worker');
  await lab.pod('kube-system', 'tetragon-4vfl9', ['tetragon', 'export-stdout']);
  await lab.pod('kube-system', 'coredns-7d764-9xk2p', ['coredns']);
  return lab;
};

const execution = (binary: string): string =>
  JSON.stringify({
    process_exec: { process: { binary, pid: 7 } },
    node_name: 'kind-worker',
    time: '2026-11-23T10:00:00Z',
  });

const binaries =
  'ContainerLogV2 | where ContainerName == "export-stdout" | project Binary = tostring(LogMessage.process_exec.process.binary)';
const texts = 'ContainerLogV2 | project PodNamespace, PodName, ContainerName, Text = tostring(LogMessage)';

/** Says a line until it can have been read, and waits for its row. */
const arrives = async (lab: RealLab, path: Awaited<ReturnType<typeof makeLogPath>>, binary: string): Promise<void> => {
  lab.say('tetragon-4vfl9', 'export-stdout', execution(binary));
  await path.rows(binaries, (rows) => rows.some(([found]) => found === binary));
};

test(
  'a line of a container becomes a row of ContainerLogV2, and each hop that is broken keeps it out',
  { timeout: 120_000 },
  async () => {
    const lab = await labWithTetragon();
    const sandbox = await attached(lab);
    const path = await makeLogPath(sandbox, pools(1, 1));
    // Without settings the agent leaves kube-system out.
    await path.agent(undefined, 0);
    lab.say('tetragon-4vfl9', 'export-stdout', execution('/before-settings'));
    await configure(lab, settings);
    // The agent reads all containers of a chosen pod, and nothing else of kube-system.
    await path.agent(undefined, 2);
    await arrives(lab, path, '/usr/bin/first');

    await sandbox.request('DELETE', path.association);
    await path.agent(/no association/u, 0);
    lab.say('tetragon-4vfl9', 'export-stdout', execution('/without-association'));
    await path.associate();
    await path.agent(undefined, 2);
    await arrives(lab, path, '/usr/bin/second');

    await path.putRule(['Microsoft-KubeEvents']);
    await path.agent(/no data source ContainerInsights with the stream/u, 0);
    lab.say('tetragon-4vfl9', 'export-stdout', execution('/without-stream'));
    await path.putRule(['Microsoft-ContainerInsights-Group-Default']);
    await path.agent(undefined, 2);
    await arrives(lab, path, '/usr/bin/third');

    await configure(lab, '[log_collection_settings.stdout]\n enabled = maybe');
    await path.agent(undefined, 0);
    lab.say('tetragon-4vfl9', 'export-stdout', execution('/with-broken-settings'));
    await configure(lab, settings);
    await path.agent(undefined, 2);
    await arrives(lab, path, '/usr/bin/fourth');

    await configure(lab, settings.replace('"v2"', '"v1"'));
    await path.agent(/asks for ContainerLog$/u, 0);
    await configure(lab, settings);
    await path.agent(undefined, 2);

    expect((await path.query(binaries)).flat()).toEqual([
      '/usr/bin/first',
      '/usr/bin/second',
      '/usr/bin/third',
      '/usr/bin/fourth',
    ]);
    const [row] = await path.query(
      'ContainerLogV2 | where LogMessage has "/usr/bin/first" | project Computer, PodNamespace, PodName, ContainerId, LogSource, _ResourceId, Kind = gettype(LogMessage), Late = ingestion_time() >= TimeGenerated',
    );
    expect(row).toEqual([
      'kind-worker',
      'kube-system',
      'tetragon-4vfl9',
      'tetragon-4vfl9-export-stdout',
      'stdout',
      `${sandbox.subscription}/resourcegroups/rg/providers/microsoft.containerservice/managedclusters/lab`,
      'dictionary',
      true,
    ]);
  },
);

test('lines come once and all, over a restart of the sandbox and with shared times', { timeout: 120_000 }, async () => {
  const lab = await labWithTetragon();
  const dir = scratch();
  const first = await attached(lab, dir);
  const path = await makeLogPath(first, pools(1, 1));
  await configure(lab, settings);
  await path.agent(undefined, 2);
  const now = Date.now();
  for (const text of ['a', 'b', 'c']) lab.say('tetragon-4vfl9', 'export-stdout', text, now);
  await path.rows(texts, (rows) => rows.length === 3);
  await first.stop();
  lab.say('tetragon-4vfl9', 'export-stdout', 'd', now);
  lab.say('tetragon-4vfl9', 'export-stdout', 'e', now + 1);
  const second = await world({ dir });
  const queries = await workspaceQueries(second);
  const messages = 'ContainerLogV2 | project tostring(LogMessage)';
  await queries.rows(messages, (found) => found.length >= 5);
  lab.say('tetragon-4vfl9', 'export-stdout', 'f');
  const all = await queries.rows(messages, (found) => found.length >= 6);
  expect(all.flat()).toEqual(['a', 'b', 'c', 'd', 'e', 'f']);
});

test(
  'a line longer than the runtime keeps comes in parts, unless the agent puts them together',
  { timeout: 120_000 },
  async () => {
    const lab = await labWithTetragon();
    const sandbox = await attached(lab);
    const path = await makeLogPath(sandbox, pools(1, 1));
    await configure(lab, settings.replace(/\[log_collection_settings.enable_multiline_logs\][\s\S]*$/u, ''));
    await path.agent(undefined, 2);
    const long = execution('x'.repeat(20_000));
    lab.say('tetragon-4vfl9', 'export-stdout', long);
    const lengths = 'ContainerLogV2 | project Kind = gettype(LogMessage), Length = strlen(tostring(LogMessage))';
    const parts = await path.rows(lengths, (rows) => rows.length > 0);
    expect(parts).toEqual([
      ['string', 16_384],
      ['string', long.length - 16_384],
    ]);
    await configure(lab, settings);
    // The agent takes up a change of its settings late: this line is for it to be seen to have done so.
    for (;;) {
      lab.say('tetragon-4vfl9', 'export-stdout', execution('y'.repeat(20_000)));
      const whole = await path.query('ContainerLogV2 | where gettype(LogMessage) == "dictionary" | count');
      if (whole[0]?.[0] !== 0) break;
      await new Promise((resolve) => setTimeout(resolve, 300));
    }
  },
);
