import { describe, expect, test } from 'vitest';
import { numberAt, listAt } from '../../../src/sandbox/kubernetes/nodes/fields.ts';
import { effectiveLogSettings, isCollected } from '../../../src/sandbox/kubernetes/nodes/log-agent.ts';
import { CONFIG_MAPS } from '../../../src/sandbox/kubernetes/nodes/resources.ts';
import type { KubeObject } from '../../../src/sandbox/kubernetes/objects.ts';
import { installCilium } from './install.ts';
import { createWorld } from './world.ts';

const MINUTES = 60_000;

const configMap = (toml: string, version = 'v1'): KubeObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'container-azm-ms-agentconfig', namespace: 'kube-system' },
  data: { 'schema-version': version, 'config-version': 'ver1', 'log-data-collection-settings': toml },
});

const TETRAGON_ONLY = `
[log_collection_settings.stdout]
  enabled = true
  exclude_namespaces = ["gatekeeper-system"]
  collect_system_pod_logs = ["kube-system:tetragon"]
[log_collection_settings.stderr]
  enabled = true
  exclude_namespaces = ["kube-system", "gatekeeper-system"]
[log_collection_settings.enable_multiline_logs]
  enabled = "true"
`;

const tetragon = { namespace: 'kube-system', name: 'tetragon-4vfl9' };
const coredns = { namespace: 'kube-system', name: 'coredns-jfqfd55dq-drdk6' };
const shop = { namespace: 'pets', name: 'store-front-6c8f-x2x4z' };

describe('the log agent', () => {
  test('without a ConfigMap reads everything but kube-system and gatekeeper-system', () => {
    const settings = effectiveLogSettings(undefined);
    expect(isCollected(settings, 'stdout', tetragon)).toBe(false);
    expect(isCollected(settings, 'stdout', shop)).toBe(true);
    expect(settings.errors).toEqual([]);
  });

  test('a stream with an `enabled` of its own and no list of namespaces excludes none', () => {
    const bare = '[log_collection_settings.stderr]\n  enabled = true\n';
    const settings = effectiveLogSettings(configMap(bare));
    expect(isCollected(settings, 'stderr', coredns)).toBe(true);
    expect(isCollected(settings, 'stdout', coredns)).toBe(false);
    const silent = effectiveLogSettings(configMap('[log_collection_settings.stderr]\n  exclude_namespaces = []\n'));
    expect(isCollected(silent, 'stderr', coredns)).toBe(false);
  });

  test('reads only the named controllers of a system namespace', () => {
    const settings = effectiveLogSettings(configMap(TETRAGON_ONLY));
    expect(isCollected(settings, 'stdout', tetragon)).toBe(true);
    expect(isCollected(settings, 'stdout', coredns)).toBe(false);
    expect(isCollected(settings, 'stdout', shop)).toBe(true);
    expect(isCollected(settings, 'stderr', tetragon)).toBe(false);
    expect(settings.multiline).toBe(true);
  });

  test.each([
    ['tetragon-operator-nrf885ht5-6nrph', 'kube-system:tetragon', false],
    ['tetragon-rthooks-abcde', 'kube-system:tetragon', true],
    ['cilium-envoy-2jbvz', 'kube-system:cilium', true],
    ['cilium-ghl78', 'kube-system:cilium', true],
    ['hubble-relay-8ctgf4dmf-b5mqt', 'kube-system:hubble-relay', true],
  ])('guesses whether %s belongs to %s: %s', (name, entry, expected) => {
    const settings = effectiveLogSettings(
      configMap(
        `[log_collection_settings.stdout]\nenabled = true\nexclude_namespaces = []\ncollect_system_pod_logs = ["${entry}"]`,
      ),
    );
    expect(isCollected(settings, 'stdout', { namespace: 'kube-system', name })).toBe(expected);
  });

  test('ignores a controller whose namespace is excluded, also as part of a longer name', () => {
    const settings = effectiveLogSettings(
      configMap(
        `[log_collection_settings.stdout]\nenabled = true\nexclude_namespaces = ["my-kube-system-copy"]\ncollect_system_pod_logs = ["kube-system:tetragon", "pets:shop"]`,
      ),
    );
    expect(settings.stdout.systemPods).toEqual([]);
    expect(settings.errors).toHaveLength(2);
  });

  test.each([
    [
      'malformed TOML',
      configMap('[log_collection_settings.stdout\nenabled = true'),
      'Exception while parsing config map',
    ],
    ['another schema version', configMap(TETRAGON_ONLY, 'v2'), 'unsupported/missing config schema version'],
  ])('falls back to its defaults for %s, and says so', (_name, object, words) => {
    const settings = effectiveLogSettings(object);
    expect(isCollected(settings, 'stdout', tetragon)).toBe(false);
    expect(settings.errors.join()).toContain(words);
  });

  test('restarts its containers minutes after the ConfigMap changed, and prints what it could not read', () => {
    const world = createWorld({ logAnalyticsWorkspaceId: '/subscriptions/5b0c/workspaces/w' });
    installCilium(world);
    world.clock.advance(5 * MINUTES);
    const restarts = (): readonly number[] =>
      world
        .pods('ama-logs')
        .map((pod) => numberAt(listAt(pod, 'status', 'containerStatuses')[0], 'restartCount') ?? -1);
    expect(restarts()).toEqual([0, 0, 0, 0]);
    world.apply(CONFIG_MAPS, configMap('[broken'));
    world.clock.advance(30_000);
    expect(restarts()).toEqual([0, 0, 0, 0]);
    world.clock.advance(4 * MINUTES);
    expect(restarts()).toEqual([1, 1, 1, 1]);
    expect(world.log('ama-logs', 'ama-logs')).toContain('config::error::Exception while parsing config map');
    expect(world.pods('ama-logs').map(world.state)).toEqual(['Ready', 'Ready', 'Ready', 'Ready']);
  });
});
