import { describe, expect, test } from 'vitest';
import {
  CRDS,
  DAEMON_SETS,
  TRACING_POLICIES,
  TRACING_POLICIES_NAMESPACED,
} from '../../../src/sandbox/kubernetes/nodes/resources.ts';
import type { KubeObject } from '../../../src/sandbox/kubernetes/objects.ts';
import { installCilium, installTetragon } from './install.ts';
import { createWorld, pool, systemPool } from './world.ts';

const MINUTES = 60_000;

const policy = (name: string, spec: Record<string, unknown>, namespace?: string): KubeObject => ({
  apiVersion: 'cilium.io/v1alpha1',
  kind: namespace === undefined ? 'TracingPolicy' : 'TracingPolicyNamespaced',
  metadata: { name, ...(namespace === undefined ? {} : { namespace }) },
  spec,
});

const kprobe = (call: string, more: Record<string, unknown> = {}): Record<string, unknown> => ({
  kprobes: [{ call, syscall: false, args: [{ index: 0, type: 'file' }], ...more }],
});

const selecting = (selector: object) => kprobe('security_file_permission', { selectors: [selector] });

interface Listed {
  readonly name: string;
  readonly state: string;
  readonly error?: string;
  readonly mode: string;
}

const protectedWorld = (change: Parameters<typeof createWorld>[0] = {}): ReturnType<typeof createWorld> => {
  const world = createWorld(change);
  installCilium(world);
  installTetragon(world);
  world.clock.advance(5 * MINUTES);
  return world;
};

const listed = async (world: ReturnType<typeof createWorld>): Promise<readonly Listed[]> => {
  const { stdout } = await world.exec('tetragon', 'tetragon', 'tetra', 'tracingpolicy', 'list', '-o', 'json');
  return (JSON.parse(stdout) as { policies?: Listed[] }).policies ?? [];
};

describe('Tetragon', () => {
  test('has its CRDs from the running operator, with a schema that names its keys', () => {
    const world = protectedWorld();
    expect(world.store.get(CRDS, undefined, 'tracingpolicies.cilium.io')?.['spec']).toMatchObject({
      scope: 'Cluster',
      names: { kind: 'TracingPolicy', shortNames: ['tgtp'] },
    });
    expect(world.pods('tetragon').map(world.state)).toEqual(['Ready', 'Ready', 'Ready', 'Ready']);
  });

  test('leaves alone CRDs that are there before its operator', () => {
    const world = createWorld();
    const names = { kind: 'TracingPolicy', plural: 'tracingpolicies' };
    world.apply(CRDS, {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: 'tracingpolicies.cilium.io', labels: { by: 'helm' } },
      spec: { group: 'cilium.io', scope: 'Cluster', names, versions: [] },
    });
    installCilium(world);
    installTetragon(world);
    world.clock.advance(5 * MINUTES);
    expect(world.store.get(CRDS, undefined, 'tracingpolicies.cilium.io')?.metadata.labels).toEqual({ by: 'helm' });
    expect(world.store.get(CRDS, undefined, 'tracingpoliciesnamespaced.cilium.io')).toBeDefined();
  });

  test('is Ready without sensors where the operator does not tolerate the only, tainted pool', async () => {
    const world = createWorld({ pools: [systemPool()] });
    installCilium(world);
    installTetragon(world, { operatorTolerations: [] });
    world.clock.advance(10 * MINUTES);
    expect(world.pods('tetragon-operator-[a-z0-9]+').map(world.state)).toEqual(['Pending']);
    expect(world.store.get(DAEMON_SETS, 'kube-system', 'tetragon')?.['status']).toMatchObject({ numberReady: 2 });
    expect(world.store.get(CRDS, undefined, 'tracingpolicies.cilium.io')).toBeUndefined();
    const status = await world.exec('tetragon', 'tetragon', 'tetra', 'status');
    expect(status).toMatchObject({ exitCode: 0 });
    expect(status.stdout).toContain('status error');
  });

  test('crash-loops where nothing translates the service address of the API server', () => {
    const world = createWorld();
    installCilium(world, { config: { 'kube-proxy-replacement': 'false' } });
    installTetragon(world);
    world.clock.advance(10 * MINUTES);
    expect(world.pods('tetragon').map(world.state)).toContain('CrashLoopBackOff');
  });

  test('answers status and version', async () => {
    const world = protectedWorld();
    expect((await world.exec('tetragon', 'tetragon', 'tetra', 'status')).stdout).toBe('Health Status: running\n');
    expect((await world.exec('tetragon', 'tetragon', 'tetra', 'version')).stdout).toBe('CLI version: v1.7.0\n');
  });
});

describe('a tracing policy', () => {
  test('is loading for seconds, then enabled, on every node', async () => {
    const world = protectedWorld();
    world.apply(TRACING_POLICIES, policy('fim', kprobe('security_file_permission')));
    world.clock.advance(500);
    expect(await listed(world)).toMatchObject([{ id: '1', name: 'fim', state: 'TP_STATE_LOADING' }]);
    world.clock.advance(10_000);
    expect(await listed(world)).toMatchObject([
      {
        name: 'fim',
        state: 'TP_STATE_ENABLED',
        enabled: true,
        sensors: ['generic_kprobe'],
        mode: 'TP_MODE_MONITOR_ONLY',
      },
    ]);
    const table = (await world.exec('tetragon', 'tetragon', 'tetra', 'tp', 'list')).stdout.split('\n');
    expect(table[0]?.split(/\s+/)).toEqual([
      'ID',
      'NAME',
      'STATE',
      'FILTERID',
      'NAMESPACE',
      'SENSORS',
      'KERNELMEMORY',
      'MODE',
      'NPOST',
      'NENFORCE',
      'NMONITOR',
    ]);
    expect(table[1]).toContain('(global)');
  });

  test.each<[string, KubeObject, string]>([
    [
      'returnArgAction Post, the form of the lab',
      policy(
        'lab',
        kprobe('security_file_permission', {
          return: true,
          returnArg: { index: 0, type: 'int' },
          returnArgAction: 'Post',
        }),
      ),
      "ReturnArgAction type 'Post' unsupported; omit returnArgAction or use 'TrackSock'/'UntrackSock'",
    ],
    [
      'a hook that this kernel lacks',
      policy('map', kprobe('security_bpf_map_create')),
      'call "security_bpf_map_create": not found',
    ],
    ['a misspelt hook', policy('typo', kprobe('security_file_permision')), 'call "security_file_permision": not found'],
    [
      'more than four values to compare',
      policy('values', {
        kprobes: [
          {
            call: 'tcp_connect',
            syscall: false,
            args: [{ index: 0, type: 'int' }],
            selectors: [{ matchArgs: [{ index: 0, operator: 'Equal', values: ['1', '2', '3', '4', '5'] }] }],
          },
        ],
      }),
      'selector does not support more than 4 values: consider using InMap or NotInMap operators',
    ],
    [
      'the same function twice beside kprobe_multi',
      policy('twice', {
        kprobes: [
          { call: 'tcp_connect', syscall: false },
          { call: 'tcp_connect', syscall: false },
        ],
      }),
      "can't have multiple instances of same symbol 'tcp_connect' with kprobe_multi, use --disable-kprobe-multi option",
    ],
    [
      'a system call that there is not',
      policy('nocall', { kprobes: [{ call: 'sys_opne' }] }),
      'syscall "sys_opne" (or "__x64_sys_opne") not found',
    ],
    [
      'six selectors',
      policy('six', kprobe('security_file_permission', { selectors: [{}, {}, {}, {}, {}, {}] })),
      'no more than 5 selectors supported (6 provided)',
    ],
    [
      'Override beside kprobe_multi',
      policy(
        'deny',
        kprobe('security_socket_connect', { selectors: [{ matchActions: [{ action: 'Override', argError: -1 }] }] }),
      ),
      "can't override 'security_socket_connect' function with kprobe_multi, use --disable-kprobe-multi option",
    ],
    [
      'Override on a syscall',
      policy('sys', {
        kprobes: [
          { call: 'sys_mount', syscall: true, selectors: [{ matchActions: [{ action: 'Override', argError: -1 }] }] },
        ],
      }),
      'override action not supported on syscalls, bpf_override_return helper not available',
    ],
    [
      'Override on any other function',
      policy('tcp', kprobe('tcp_connect', { selectors: [{ matchActions: [{ action: 'Override', argError: -1 }] }] })),
      'override action can be used only with syscalls and security_ hooks',
    ],
    [
      'a destination port of a sockaddr',
      policy('port', {
        kprobes: [
          {
            call: 'security_socket_connect',
            syscall: false,
            args: [{ index: 1, type: 'sockaddr' }],
            selectors: [{ matchArgs: [{ index: 1, operator: 'DPort', values: ['443'] }] }],
          },
        ],
      }),
      'sockaddr only supports [not]saddr, [not]sport[priv], and family',
    ],
    [
      'an argument that the hook does not list',
      policy('index', selecting({ matchArgs: [{ index: 1, operator: 'Equal', values: ['1'] }] })),
      'argFilter for unknown index',
    ],
    [
      'a place that the list of arguments does not have',
      policy('place', selecting({ matchArgs: [{ args: [2], operator: 'Equal', values: ['1'] }] })),
      'wrong ArgSelector.Arg value 2, max(1)',
    ],
    [
      'a port of a file',
      policy('file', selecting({ matchArgs: [{ index: 0, operator: 'SPort', values: ['443'] }] })),
      'sock/socket/skb/sockaddr operators specified for non-sock/socket/skb/sockaddr type',
    ],
    [
      'a prefix of 257 characters',
      policy('long', selecting({ matchArgs: [{ index: 0, operator: 'Prefix', values: ['x'.repeat(257)] }] })),
      'string is longer than 256 characters',
    ],
    [
      'a binary whose end has 128 characters',
      policy('end', selecting({ matchBinaries: [{ operator: 'Postfix', values: ['x'.repeat(128)] }] })),
      'string is longer than 127 characters',
    ],
    [
      'four actions',
      policy('acts', selecting({ matchActions: Array.from({ length: 4 }, () => ({ action: 'Post' })) })),
      'only 3 actions are support for selector (current number of values is 4)',
    ],
    ['a dot in its name', policy('my.policy', kprobe('security_file_permission')), 'operation not permitted'],
    ['LSM hooks, for want of bpf among the modules', policy('lsm', { lsmhooks: [{ hook: 'file_open' }] }), 'bpf LSM'],
  ])('is accepted by the API and refused by the agents for %s', async (_name, object, words) => {
    const world = protectedWorld();
    world.apply(TRACING_POLICIES, object);
    world.clock.advance(20_000);
    const [seen] = await listed(world);
    expect(seen).toMatchObject({ state: 'TP_STATE_LOAD_ERROR' });
    expect(seen?.error).toContain(`policy handler 'tracing' failed loading policy '${object.metadata.name}': `);
    expect(seen?.error).toContain(words);
    expect(world.log('tetragon', 'tetragon')).toContain('adding tracing policy failed');
  });

  test('with a hook that may be missing loads everywhere', async () => {
    const world = protectedWorld();
    world.apply(TRACING_POLICIES, policy('map', kprobe('security_bpf_map_create', { ignore: { callNotFound: true } })));
    world.clock.advance(20_000);
    expect(await listed(world)).toMatchObject([{ state: 'TP_STATE_ENABLED' }]);
  });

  test('on a Kubernetes before 1.35 meets the older kernel of Ubuntu 22.04', async () => {
    const truncate = policy('truncate', kprobe('security_file_truncate'));
    const override = policy(
      'override',
      kprobe('security_socket_connect', { selectors: [{ matchActions: [{ action: 'Override' }] }] }),
    );
    const older = protectedWorld({ kubernetesVersion: '1.34.10' });
    older.apply(TRACING_POLICIES, truncate, override);
    older.clock.advance(20_000);
    expect((await listed(older)).map((one) => [one.name, one.state])).toEqual([
      ['override', 'TP_STATE_ENABLED'],
      ['truncate', 'TP_STATE_LOAD_ERROR'],
    ]);
  });

  test.each(['podSelector', 'hostSelector'])('with a %s needs the policy filter', async (selector) => {
    const world = createWorld();
    installCilium(world);
    installTetragon(world, { config: { 'enable-policy-filter': 'false' } });
    world.clock.advance(5 * MINUTES);
    world.apply(TRACING_POLICIES, policy('filtered', { ...kprobe('security_file_permission'), [selector]: {} }));
    world.clock.advance(20_000);
    expect((await listed(world))[0]?.error).toContain('policyfilter is disabled');
  });

  test('of a namespace enforces there, and dry where an option says monitor', async () => {
    const world = protectedWorld();
    const kill = kprobe('security_file_permission', { selectors: [{ matchActions: [{ action: 'Sigkill' }] }] });
    world.apply(TRACING_POLICIES_NAMESPACED, policy('kill', kill, 'default'));
    world.apply(TRACING_POLICIES, policy('dry', { ...kill, options: [{ name: 'policy-mode', value: 'monitor' }] }));
    world.clock.advance(20_000);
    const modes = Object.fromEntries((await listed(world)).map((one) => [one.name, one.mode]));
    expect(modes).toEqual({ kill: 'TP_MODE_ENFORCE', dry: 'TP_MODE_MONITOR' });
  });

  test('that was changed is loaded anew', async () => {
    const world = protectedWorld({ pools: [pool('one', { count: 1, mode: 'System' })] });
    world.apply(TRACING_POLICIES, policy('fim', kprobe('nowhere')));
    world.clock.advance(20_000);
    expect(await listed(world)).toMatchObject([{ state: 'TP_STATE_LOAD_ERROR' }]);
    world.apply(TRACING_POLICIES, policy('fim', kprobe('security_file_permission')));
    world.clock.advance(20_000);
    expect(await listed(world)).toMatchObject([{ state: 'TP_STATE_ENABLED' }]);
  });
});
