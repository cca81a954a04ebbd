import { describe, expect, test } from 'vitest';
import type { HttpAnswer } from '../../../src/sandbox/kubernetes/agents.ts';
import { DEPLOYMENTS } from '../../../src/sandbox/kubernetes/nodes/resources.ts';
import { deployment, installCilium, installTetragon } from './install.ts';
import { createWorld, pool, type World } from './world.ts';

const MINUTES = 60_000;

const installed = (
  config: {
    readonly tetragon?: Readonly<Record<string, string>>;
    readonly cilium?: Readonly<Record<string, string>>;
  } = {},
): World => {
  const world = createWorld({ pools: [pool('one', { count: 1, mode: 'System' })] });
  installCilium(world, { replicas: 1, config: config.cilium ?? {} });
  installTetragon(world, { config: config.tetragon ?? {} });
  world.clock.advance(6 * MINUTES);
  return world;
};

const get = (world: World, prefix: string, port: number, path = '/metrics'): Promise<HttpAnswer | undefined> => {
  const [pod] = world.pods(prefix);
  if (pod === undefined) throw new Error(`no pod ${prefix}`);
  return world.nodes.kubelet.http(pod, port, path);
};

const startWeb = (world: World, name: string): void => {
  world.apply(DEPLOYMENTS, deployment(name, { containers: [{ name: 'nginx', image: 'nginx:1.27' }] }));
  world.clock.advance(MINUTES);
};

/** The value of the one line that begins like this. */
const value = (answer: HttpAnswer | undefined, start: string): number | undefined => {
  const lines = (answer?.body ?? '').split('\n').filter((line) => line.startsWith(start));
  return lines.length === 1 ? Number(lines[0]?.split(' ').at(-1)) : undefined;
};

describe("a Tetragon agent's metrics", () => {
  test('count what it exports, and in what second it last did', async () => {
    const world = installed();
    expect(value(await get(world, 'tetragon', 2112), 'tetragon_events_exported_total ')).toBe(0);
    expect(value(await get(world, 'tetragon', 2112), 'tetragon_events_last_exported_timestamp ')).toBe(0);
    startWeb(world, 'web');
    const answer = await get(world, 'tetragon', 2112);
    expect(answer?.contentType).toMatch(/^text\/plain; version=0\.0\.4/);
    expect(value(answer, 'tetragon_events_exported_total ')).toBe(1);
    expect(value(answer, 'tetragon_events_exported_bytes_total ')).toBeGreaterThan(500);
    expect(value(answer, 'tetragon_events_last_exported_timestamp ')).toBeGreaterThan(
      world.clock.now() / 1000 - 2 * 60,
    );
    expect(value(answer, 'tetragon_events_total{binary="/usr/bin/nginx",namespace="default"')).toBe(1);
  });

  test('count what the export filters keep back among the events, not among the exported', async () => {
    const world = installed();
    await world.exec('cilium', 'cilium-agent', 'cilium', 'status');
    const answer = await get(world, 'tetragon', 2112);
    expect(answer?.body).toMatch(
      /tetragon_events_total\{binary="cilium",.*type="PROCESS_EXEC",workload="cilium"\} 1\n/,
    );
    expect(answer?.body).toMatch(
      /tetragon_events_total\{binary="cilium",.*type="PROCESS_EXIT",workload="cilium"\} 1\n/,
    );
    expect(value(answer, 'tetragon_events_exported_total ')).toBe(0);
  });

  test('go on where the log has been rotated', async () => {
    const world = installed();
    startWeb(world, 'web');
    for (let each = 0; each < 1100; each += 1) await world.exec('web-[a-z0-9]+', 'nginx', 'true');
    expect(value(await get(world, 'tetragon', 2112), 'tetragon_events_exported_total ')).toBe(1 + 2 * 1100);
  });

  test('count what a rate limit drops, and the limit lets more through a minute later', async () => {
    const world = installed({ tetragon: { 'export-rate-limit': '4' } });
    startWeb(world, 'web');
    world.clock.advance(MINUTES);
    for (let each = 0; each < 5; each += 1) await world.exec('web-[a-z0-9]+', 'nginx', 'true');
    const answer = await get(world, 'tetragon', 2112);
    expect(value(answer, 'tetragon_events_exported_total ')).toBe(5);
    expect(value(answer, 'tetragon_export_ratelimit_events_dropped_total ')).toBe(6);
    world.clock.advance(MINUTES);
    await world.exec('web-[a-z0-9]+', 'nginx', 'true');
    expect(value(await get(world, 'tetragon', 2112), 'tetragon_events_exported_total ')).toBe(7);
  });

  test('are on the port of its configuration, and nowhere where that is empty', async () => {
    expect(await get(installed({ tetragon: { 'metrics-server': '' } }), 'tetragon', 2112)).toBeUndefined();
    const moved = installed({ tetragon: { 'metrics-server': ':3112' } });
    expect(await get(moved, 'tetragon', 2112)).toBeUndefined();
    expect((await get(moved, 'tetragon', 3112))?.status).toBe(200);
    expect(await get(moved, 'tetragon', 3112, '/')).toMatchObject({ status: 404, body: '404 page not found\n' });
  });

  test('answer at every pod of the host network on its node, and at no other pod', async () => {
    const world = installed();
    startWeb(world, 'web');
    expect((await get(world, 'cilium', 2112))?.body).toContain('tetragon_build_info');
    expect(await get(world, 'web-[a-z0-9]+', 2112)).toBeUndefined();
  });
});

describe("Cilium's metrics", () => {
  test('are closed until prometheus-serve-addr opens them, and then tell what the agent runs with', async () => {
    expect(await get(installed(), 'cilium', 9962)).toBeUndefined();
    const answer = await get(installed({ cilium: { 'prometheus-serve-addr': ':9962' } }), 'cilium', 9962);
    expect(value(answer, 'cilium_feature_adv_connect_and_lb_kube_proxy_replacement_enabled ')).toBe(1);
    expect(value(answer, 'cilium_feature_datapath_network{mode="overlay-vxlan"}')).toBe(1);
    expect(value(answer, 'cilium_feature_adv_connect_and_lb_envoy_proxy_enabled{mode="standalone"}')).toBe(1);
    expect(answer?.body).not.toContain('transparent_encryption');
  });

  test("of the operator and of Hubble are on ports of their own where the chart's values ask for them", async () => {
    const plain = installed();
    expect(await get(plain, 'cilium-operator-[a-z0-9]+', 9963)).toBeUndefined();
    expect(await get(plain, 'cilium', 9965)).toBeUndefined();
    const world = installed({
      cilium: {
        'enable-metrics': 'true',
        'operator-prometheus-serve-addr': ':9963',
        'hubble-metrics-server': ':9965',
        'hubble-metrics': 'dns drop flow',
        'enable-gateway-api': 'true',
      },
    });
    const operator = await get(world, 'cilium-operator-[a-z0-9]+', 9963);
    expect(value(operator, 'cilium_operator_feature_adv_connect_and_lb_gateway_api_enabled ')).toBe(1);
    expect(value(operator, 'cilium_operator_feature_adv_connect_and_lb_ingress_controller_enabled ')).toBe(0);
    expect(value(await get(world, 'cilium', 9965), 'hubble_flows_processed_total')).toBeGreaterThan(0);
  });
});

describe('logs of a container that starts again and again', () => {
  test('are those of its last run, and of the one before', () => {
    const world = installed({ tetragon: { 'export-allowlist': '{"evnt_set":[]}' } });
    const [pod] = world.pods('tetragon');
    if (pod === undefined) throw new Error('no agent');
    const failures = (run: 'latest' | 'previous'): number =>
      world.nodes.kubelet.logs(pod, 'tetragon', run).filter(({ text }) => text.includes('Failed to start')).length;
    expect(world.state(pod)).toBe('CrashLoopBackOff');
    expect([failures('latest'), failures('previous')]).toEqual([1, 1]);
  });
});
