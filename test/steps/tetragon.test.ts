import { expect, test } from 'vitest';
import type { Manifest } from '../../src/kubernetes/kubernetes.ts';
import { keepBetweenTests, world, type World } from '../support/world.ts';

// One cluster for all: each test puts right what it broke, in whatever order they run.
keepBetweenTests();
const signal = new AbortController().signal;

let shared: Promise<World> | undefined;
const installed = (): Promise<World> =>
  (shared ??= (async () => {
    const lab = await world();
    await lab.run('tracing-policies');
    return lab;
  })());

const patch = (lab: World, path: string, change: unknown) =>
  lab.sandbox.sabotage({ kind: 'kubernetes-patch', cluster: lab.clusterId, path, patch: change });
const policy = { apiVersion: 'cilium.io/v1alpha1', kind: 'TracingPolicy', name: 'file-integrity' };
const settings = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  namespace: 'kube-system',
  name: 'container-azm-ms-agentconfig',
};
const settingsPath = '/api/v1/namespaces/kube-system/configmaps/container-azm-ms-agentconfig';
const textOf = (configMap: Manifest | undefined): string =>
  (configMap?.['data'] as Record<string, string> | undefined)?.['log-data-collection-settings'] ?? '';

test('Tetragon counts when every agent answers, and a second run changes nothing', async () => {
  const lab = await installed();
  await expect(lab.run('tetragon')).resolves.toMatchObject({ changed: false });
});

test('the tracing policies are seen enabled by every agent', async () => {
  const lab = await installed();
  await expect(lab.run('tracing-policies')).resolves.toMatchObject({ changed: false });
  const { tetragonStatus } = await import('../../src/status/tetragon.ts');
  const status = await tetragonStatus(await lab.kubernetes(), { namespace: 'kube-system' }, signal);
  expect(status.errors).toEqual([]);
  expect(status.policies.length).toBeGreaterThan(5);
  expect(status.policies.every(({ enabled, agents }) => enabled === agents && agents === 2)).toBe(true);
});

test('a policy that somebody deleted is put back', async () => {
  const lab = await installed();
  const kubernetes = await lab.kubernetes();
  await kubernetes.delete(policy, signal);
  expect(await lab.sight('tracing-policies')).toMatchObject({ seen: { state: 'absent' } });
  await expect(lab.run('tracing-policies')).resolves.toMatchObject({ changed: true });
  expect(await kubernetes.get(policy, signal)).toBeDefined();
});

test('a policy that somebody changed is drift: left alone without consent, put right with it', async () => {
  const lab = await installed();
  await patch(lab, '/apis/cilium.io/v1alpha1/tracingpolicies/file-integrity', { spec: { kprobes: [] } });
  await expect(lab.run('tracing-policies')).rejects.toMatchObject({
    kind: 'drift',
    message: expect.stringContaining('tracing policy file-integrity has another spec'),
  });
  await expect(lab.run('tracing-policies', { consent: true })).resolves.toMatchObject({ changed: true });
  const seen = await (await lab.kubernetes()).get(policy, signal);
  expect(seen?.['spec']).toMatchObject({ kprobes: expect.arrayContaining([expect.anything()]) });
});

test('the log settings are applied as the text that the agent reads', async () => {
  const lab = await installed();
  await lab.run('log-settings', { consent: true });
  const seen = await (await lab.kubernetes()).get(settings, signal);
  expect(seen?.['data']).toMatchObject({ 'schema-version': 'v1', 'config-version': 'ver1' });
  expect(textOf(seen)).toContain('collect_system_pod_logs = ["kube-system:tetragon"]');
  await expect(lab.run('log-settings')).resolves.toMatchObject({ changed: false });
});

test("somebody's own settings that let the same events out are left as they are", async () => {
  const lab = await installed();
  await lab.run('log-settings', { consent: true });
  const theirs =
    '[log_collection_settings]\nschema = { containerlog_schema_version = "v2" }\nenable_multiline_logs = { enabled = "true" }\nstdout = { enabled = true, exclude_namespaces = ["chatty"], collect_system_pod_logs = ["kube-system:tetragon"] }\nstderr = { enabled = false }\n';
  await patch(lab, settingsPath, { data: { 'log-data-collection-settings': theirs } });
  await expect(lab.run('log-settings')).resolves.toMatchObject({ changed: false });
  expect(textOf(await (await lab.kubernetes()).get(settings, signal))).toBe(theirs);
});

test.each([
  ['malformed settings', { 'log-data-collection-settings': '[log_collection_settings.stdout' }, /no valid TOML/],
  ['a schema version that the agent refuses', { 'schema-version': 'v2' }, /takes only v1/],
])('%s are drift, and put right with consent', async (_what, data, words) => {
  const lab = await installed();
  await lab.run('log-settings', { consent: true });
  await patch(lab, settingsPath, { data });
  await expect(lab.run('log-settings')).rejects.toMatchObject({ kind: 'drift', message: expect.stringMatching(words) });
  await expect(lab.run('log-settings', { consent: true })).resolves.toMatchObject({ changed: true });
});

test('enforcement goes into its namespace, which is made where it is missing', async () => {
  const lab = await installed();
  const strict = await lab.elsewhere({ 'enforce-namespace': 'shop' });
  await expect(strict.run('tracing-policies')).resolves.toMatchObject({ changed: true });
  const kubernetes = await lab.kubernetes();
  expect(await kubernetes.get({ apiVersion: 'v1', kind: 'Namespace', name: 'shop' }, signal)).toMatchObject({
    metadata: { labels: { 'app.kubernetes.io/managed-by': 'aks-ebpf-sentinel' } },
  });
  const namespaced = await kubernetes.list(
    { apiVersion: 'cilium.io/v1alpha1', kind: 'TracingPolicyNamespaced' },
    signal,
  );
  expect(namespaced.map(({ metadata }) => metadata.namespace)).toContain('shop');
});

test('a policy that the agents refuse fails the run in their own words', async () => {
  const lab = await installed();
  const config = '/api/v1/namespaces/kube-system/configmaps/tetragon-config';
  const restart = async (filter: string): Promise<void> => {
    await patch(lab, config, { data: { 'enable-policy-filter': filter } });
    const template = { metadata: { annotations: { filter } } };
    await patch(lab, '/apis/apps/v1/namespaces/kube-system/daemonsets/tetragon', { spec: { template } });
    await lab.run('tetragon', { consent: true });
  };
  await restart('false');
  const strict = await lab.elsewhere({ 'enforce-namespace': 'bank' });
  await expect(strict.run('tracing-policies')).rejects.toMatchObject({
    kind: 'failed',
    message: expect.stringMatching(/Tetragon on \S+ refuses the tracing policy .*policyfilter is disabled/),
  });
  await restart('true');
  await expect(strict.run('tracing-policies')).resolves.toMatchObject({ changed: false });
});

test('the demo shop is a stand-in where the real one is not cached, says so, and opens no door to the internet', async () => {
  const lab = await installed();
  const { events } = await lab.run('demo-app');
  expect(events).toContainEqual(expect.objectContaining({ type: 'warning', code: 'demo-stand-in' }));
  const kubernetes = await lab.kubernetes();
  const services = await kubernetes.list({ apiVersion: 'v1', kind: 'Service', namespace: 'pets' }, signal);
  expect(services.length).toBeGreaterThan(0);
  for (const service of services) expect(service['spec']).not.toMatchObject({ type: 'LoadBalancer' });
  await expect(lab.run('demo-app')).resolves.toMatchObject({ changed: false });
});

test('an agent that keeps dying is reported with its name, and nobody waits for it', async () => {
  const lab = await installed();
  const config = { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'kube-system', name: 'tetragon-config' };
  const kubernetes = await lab.kubernetes();
  const allowed = ((await kubernetes.get(config, signal))?.['data'] as Record<string, string> | undefined)?.[
    'export-allowlist'
  ];
  const restart = async (list: string | undefined): Promise<void> => {
    await patch(lab, '/api/v1/namespaces/kube-system/configmaps/tetragon-config', {
      data: { 'export-allowlist': list ?? null },
    });
    const template = { metadata: { annotations: { allowed: list ?? 'default' } } };
    await patch(lab, '/apis/apps/v1/namespaces/kube-system/daemonsets/tetragon', { spec: { template } });
  };
  await restart('{"event_set":["NO_SUCH_EVENT"]}');
  const seen = await lab.run('tetragon').catch((error: unknown) => error);
  await restart(allowed);
  await lab.run('tetragon', { consent: true });
  expect(seen, String(seen)).toMatchObject({
    kind: 'failed',
    message: expect.stringMatching(
      /container tetragon of tetragon-\S+ keeps failing: CrashLoopBackOff.*invalid value for enum field event_set/,
    ),
  });
});
