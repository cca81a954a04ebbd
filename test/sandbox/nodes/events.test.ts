import { describe, expect, test } from 'vitest';
import { textAt } from '../../../src/sandbox/kubernetes/nodes/fields.ts';
import { CONFIG_MAPS, DEPLOYMENTS, NODES } from '../../../src/sandbox/kubernetes/nodes/resources.ts';
import { CILIUM_CONFIG, deployment, installCilium, installTetragon } from './install.ts';
import { type World, clusterSpec, createWorld, pool, systemPool } from './world.ts';

const MINUTES = 60_000;

interface Line {
  readonly process_exec?: { readonly process: Record<string, unknown> };
  readonly process_exit?: { readonly process: Record<string, unknown>; readonly status?: number };
  readonly node_name: string;
}

/** One node, so that its agent sees everything. */
const watchedWorld = (config: Readonly<Record<string, string>> = {}): World => {
  const world = createWorld({ pools: [pool('one', { count: 1, mode: 'System' })] });
  installCilium(world, { replicas: 1 });
  installTetragon(world, { config });
  world.clock.advance(6 * MINUTES);
  world.apply(
    DEPLOYMENTS,
    deployment('web', {
      containers: [{ name: 'nginx', image: 'nginx:1.27', command: ['nginx', '-g', 'daemon off;'] }],
    }),
  );
  world.clock.advance(MINUTES);
  return world;
};

const exported = (world: World): readonly Line[] =>
  world
    .log('tetragon', 'export-stdout')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Line);

describe('exported events', () => {
  test('tell of a container that starts, with its pod, workload and arguments', () => {
    const [line] = exported(watchedWorld());
    expect(line?.process_exec?.process).toMatchObject({
      binary: 'nginx',
      arguments: '-g "daemon off;"',
      in_init_tree: true,
      pod: {
        namespace: 'default',
        workload: 'web',
        workload_kind: 'Deployment',
        pod_labels: { app: 'web' },
        container: { name: 'nginx' },
      },
    });
    expect(line?.node_name).toMatch(/^aks-one-/);
  });

  test('tell of a command run from outside, its end and that it does not descend from the container', async () => {
    const world = watchedWorld();
    const before = exported(world).length;
    const result = await world.exec('web-[a-z0-9]+', 'nginx', 'sh', '-c', 'id; false');
    expect(result.exitCode).toBe(1);
    expect(result.stdout).toContain('uid=0(root)');
    const after = exported(world).slice(before);
    expect(after.map((line) => [line.process_exec?.process['binary'] ?? '', line.process_exit?.status ?? 0])).toEqual([
      ['sh', 0],
      ['id', 0],
      ['', 0],
      ['false', 0],
      ['', 1],
      ['', 1],
    ]);
    expect(after.every((line) => (line.process_exec ?? line.process_exit)?.process['in_init_tree'] === false)).toBe(
      true,
    );
  });

  test("leave out kube-system by the chart's deny list, and what the allow list does not name", () => {
    expect(exported(watchedWorld()).every((line) => JSON.stringify(line).includes('"namespace":"default"'))).toBe(true);
    expect(exported(watchedWorld({ 'export-allowlist': '{"event_set":["PROCESS_EXIT"]}' }))).toEqual([]);
    const open = exported(watchedWorld({ 'export-denylist': '' }));
    expect(open.length).toBeGreaterThanOrEqual(exported(watchedWorld()).length);
  });

  test('are redacted, trimmed and given credentials as the configuration says', async () => {
    const world = watchedWorld({
      'enable-process-cred': 'true',
      'enable-process-ns': 'true',
      'field-filters': '{"fields":"process.auid,process.pod.pod_labels","action":"EXCLUDE"}',
      'redaction-filters': '{"redact":["(?i)--password(?:\\\\s+|=)(\\\\S+)"]}',
    });
    await world.exec('web-[a-z0-9]+', 'nginx', 'echo', '--Password=hunter2', 'hello');
    const process = exported(world).at(-2)?.process_exec?.process;
    expect(process).toMatchObject({
      binary: 'echo',
      arguments: '--Password=***** hello',
      process_credentials: { uid: 0 },
      ns: { user: { is_host: true } },
    });
    expect(process).not.toHaveProperty('auid');
    expect(process?.['pod']).not.toHaveProperty('pod_labels');
  });

  test.each([
    ['export-allowlist', '{"evnt_set":["PROCESS_EXEC"]}', 'proto: unknown field'],
    ['export-denylist', '{"namespace":["kube-system"]', 'syntax error'],
    ['redaction-filters', '{"redact":["(unclosed"]}', 'error parsing regexp'],
  ])('stop for want of an agent whose %s is malformed', (key, value, words) => {
    const world = watchedWorld({ [key]: value });
    expect(world.pods('tetragon').map(world.state)).toEqual(['CrashLoopBackOff']);
    expect(world.log('tetragon', 'tetragon')).toContain(words);
  });

  test('are what tetra getevents shows, and counted in the metrics', async () => {
    const world = watchedWorld();
    const { stdout } = await world.exec('tetragon', 'tetragon', 'tetra', 'getevents', '-o', 'json');
    expect(stdout.trim().split('\n')).toHaveLength(exported(world).length);
    const metrics = await world.exec('tetragon', 'tetragon', 'wget', '-qO-', 'http://localhost:2112/metrics');
    expect(metrics.stdout).toContain(`tetragon_events_exported_total ${exported(world).length}`);
    expect(metrics.stdout).toContain('tetragon_tracingpolicy_loaded{state="load_error"} 0');
  });
});

describe('flows on the stdout of an agent', () => {
  const flows = (config: Readonly<Record<string, string>>): readonly Record<string, unknown>[] => {
    const world = createWorld({ pools: [pool('one', { count: 1, mode: 'System' })] });
    installCilium(world, { replicas: 1, config });
    world.clock.advance(5 * MINUTES);
    world.apply(DEPLOYMENTS, deployment('web', { containers: [{ name: 'nginx', image: 'nginx:1.27' }] }));
    world.clock.advance(MINUTES);
    const lines = world
      .log('cilium', 'cilium-agent')
      .split('\n')
      .filter((line) => line.startsWith('{'));
    return lines.map((line) => (JSON.parse(line) as { flow: Record<string, unknown> }).flow);
  };

  test('are only there where an exporter writes to stdout, by its filters and field mask', () => {
    expect(flows({})).toEqual([]);
    const mine = { 'hubble-export-file-path': 'stdout', 'hubble-export-allowlist': '{"source_pod":["default/"]}' };
    expect(flows(mine)).toMatchObject([
      {
        verdict: 'FORWARDED',
        source: { workloads: [{ name: 'web', kind: 'Deployment' }] },
        traffic_direction: 'EGRESS',
      },
    ]);
    expect(Object.keys(flows({ ...mine, 'hubble-export-fieldmask': 'time verdict' })[0] ?? {})).toEqual([
      'time',
      'verdict',
    ]);
    expect(flows({ ...mine, 'hubble-export-denylist': '{"event_type":[{"type":5}]}' })).toEqual([]);
  });

  test('end with the agent where the field mask names what flow.proto does not know', () => {
    const world = createWorld();
    installCilium(world, {
      config: { 'hubble-export-file-path': 'stdout', 'hubble-export-fieldmask': 'time verdikt' },
    });
    world.clock.advance(5 * MINUTES);
    expect(world.pods('cilium').map(world.state)).toContain('CrashLoopBackOff');
    expect(world.log('cilium', 'cilium-agent')).toContain('verdikt');
    expect(world.readyNodes()).toBe(0);
  });
});

test("Cilium's agents say once in their logs what of their ConfigMap is not live", () => {
  const world = createWorld();
  installCilium(world, { config: { 'enable-drift-checker': 'true' } });
  world.clock.advance(5 * MINUTES);
  world.apply(CONFIG_MAPS, {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'cilium-config', namespace: 'kube-system' },
    data: { ...CILIUM_CONFIG, 'enable-drift-checker': 'true', 'enable-wireguard': 'true' },
  });
  world.clock.advance(10 * MINUTES);
  const mismatches = world
    .log('cilium', 'cilium-agent')
    .split('\n')
    .filter((line) => line.includes('Mismatch found'));
  expect(mismatches).toHaveLength(1);
  expect(mismatches[0]).toContain('key=enable-wireguard actual="" expectedValue="true"');
});

test('an upgrade gives the nodes their new image one by one, and they become ready again', () => {
  const world = createWorld({ kubernetesVersion: '1.34.10' });
  installCilium(world);
  world.clock.advance(5 * MINUTES);
  expect(world.readyNodes()).toBe(4);
  world.nodes.update(clusterSpec({ pools: [systemPool(), pool('user')], kubernetesVersion: '1.35.4' }));
  let least = 4;
  for (let minute = 0; minute < 30; minute += 1) {
    world.clock.advance(MINUTES);
    least = Math.min(least, world.readyNodes());
  }
  expect(least).toBe(3);
  expect(world.readyNodes()).toBe(4);
  expect(
    world.store.list(NODES).map((node) => textAt(node, 'status', 'nodeInfo', 'kernelVersion')?.split('-')[0]),
  ).toEqual(['6.8.0', '6.8.0', '6.8.0', '6.8.0']);
});
