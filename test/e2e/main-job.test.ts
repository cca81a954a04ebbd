import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Cloud, type Ended, eventsOf, type Request, startCloud, writes } from './cloud.ts';

let cloud: Cloud;
let first: Ended;

beforeAll(async () => {
  cloud = await startCloud();
  first = await cloud.run(['init', '--yes', '--output', 'ndjson']);
});
afterAll(() => cloud.close());

const json = async <T>(args: readonly string[]): Promise<T> =>
  JSON.parse((await cloud.run([...args, '-o', 'json'])).stdout) as T;
const put = async (pattern: RegExp): Promise<readonly Request[]> =>
  (await cloud.requests()).filter(
    ({ method, path, status }) => method === 'PUT' && pattern.test(path) && Number(status) < 300,
  );

describe('init in an empty subscription', () => {
  test('makes every step ready and ends with 0', () => {
    expect(first.stderr).toBe('');
    expect(first.code).toBe(0);
    const events = eventsOf(first);
    const planned = events.find(({ type }) => type === 'run.started')?.['steps'] as { id: string }[];
    const done = events.filter(({ type }) => type === 'step.done').map(({ step }) => step);
    expect(planned.map(({ id }) => id).sort()).toEqual([...done].sort());
    expect(planned).toHaveLength(18);
    expect(events.at(-1)).toMatchObject({ type: 'run.ended', outcome: 'done', exitCode: 0 });
  });

  test('a second run changes nothing: not one write', async () => {
    const before = (await cloud.requests()).length;
    const second = await cloud.run(['init', '--yes', '--output', 'ndjson']);
    expect(second.code).toBe(0);
    expect(eventsOf(second).filter(({ type, changed }) => type === 'step.done' && changed === true)).toEqual([]);
    expect(writes((await cloud.requests()).slice(before))).toEqual([]);
  });

  test('a run from an empty folder with no journal changes nothing either', async () => {
    const before = (await cloud.requests()).length;
    const elsewhere = await cloud.run(['init', '--yes', '--output', 'ndjson'], {
      stateDir: `${cloud.folder}/elsewhere`,
    });
    expect(elsewhere.code).toBe(0);
    expect(writes((await cloud.requests()).slice(before))).toEqual([]);
  });

  test('status, cilium status and tetragon status are well and say so by their exit code', async () => {
    for (const command of [['status'], ['cilium', 'status'], ['tetragon', 'status']]) {
      const ended = await cloud.run([...command, '-o', 'json']);
      expect(JSON.parse(ended.stdout)).toMatchObject({ ok: true, errors: [] });
      expect(ended.code).toBe(0);
    }
  });

  test('the agents themselves report the replacement of kube-proxy and every policy', async () => {
    const cilium = await json<{ kubeProxyReplaced: boolean; agents: unknown[] }>(['cilium', 'status']);
    expect(cilium).toMatchObject({ kubeProxyReplaced: true, kubeProxyPresent: false });
    expect(cilium.agents).toHaveLength(4);
    const tetragon = await json<{ policies: { enabled: number; agents: number }[] }>(['tetragon', 'status']);
    expect(tetragon.policies.length).toBeGreaterThan(5);
    expect(tetragon.policies.every(({ enabled, agents }) => enabled === 4 && agents === 4)).toBe(true);
  });
});

describe('on the wire', () => {
  test('one PUT makes the cluster: both pools, no CNI, no kube-proxy, on a preview api-version', async () => {
    const puts = await put(/managedClusters\/[^/]+$/i);
    expect(puts).toHaveLength(1);
    expect(puts[0]?.apiVersion).toMatch(/-preview$/);
    const body = puts[0]?.body as { properties: Record<string, unknown> };
    expect(body.properties['networkProfile']).toMatchObject({
      networkPlugin: 'none',
      podCidr: '10.244.0.0/16',
      kubeProxyConfig: { enabled: false },
    });
    expect(body.properties['agentPoolProfiles']).toMatchObject([
      { mode: 'System', nodeTaints: ['CriticalAddonsOnly=true:NoSchedule'] },
      { mode: 'User' },
    ]);
    expect(body.properties['addonProfiles']).toMatchObject({
      omsagent: { enabled: true, config: { useAADAuth: 'true' } },
    });
  });

  test('onboarding carries customerManagedKey', async () => {
    const [onboarding] = await put(/onboardingStates\/default$/i);
    expect(onboarding?.body).toMatchObject({ properties: { customerManagedKey: false } });
  });

  test('rules carry only T#### techniques, and a suppression even where it is off', async () => {
    const rules = await put(/alertRules\//i);
    expect(rules.length).toBeGreaterThanOrEqual(12);
    for (const { body } of rules) {
      const { properties } = body as { properties: { techniques: string[]; suppressionDuration: string } };
      expect(properties.techniques.every((technique) => /^T\d{4}$/.test(technique))).toBe(true);
      expect(properties.suppressionDuration).toMatch(/^PT/);
    }
  });

  test('a saved search that somebody changed is put right with the etag that was seen', async () => {
    const [saved] = await put(/savedSearches\//i);
    await cloud.sabotage({
      kind: 'arm-property',
      id: saved?.path ?? '',
      path: 'properties.query',
      value: 'print "changed"',
    });
    const refused = await cloud.run(['init', '--yes']);
    expect(refused.code).toBe(6);
    const before = (await cloud.requests()).length;
    const fixed = await cloud.run(['init', '--yes', '--fix-drift']);
    expect(fixed.code).toBe(0);
    const again = writes((await cloud.requests()).slice(before));
    expect(again).toHaveLength(1);
    expect(again[0]?.body).toMatchObject({ etag: expect.stringMatching(/.+/) });
  });
});

describe('down', () => {
  test('removes what is ours, in reverse, and leaves the subscription as it was', async () => {
    const ended = await cloud.run(['down', '--yes', '--workspace-data', 'purge', '--output', 'ndjson']);
    expect(ended.code).toBe(0);
    expect(await cloud.resources()).toEqual([]);
    const order = eventsOf(ended)
      .filter(({ type }) => type === 'step.done')
      .map(({ step }) => step);
    expect(order.indexOf('association')).toBeLessThan(order.indexOf('cluster'));
    expect(order.indexOf('cluster')).toBeLessThan(order.indexOf('resource-group'));
  });

  test('finds nothing the second time', async () => {
    const ended = await cloud.run(['down', '--yes']);
    expect(ended.code).toBe(0);
    expect(`${ended.stdout}${ended.stderr}`).toContain('nothing of this deployment to remove');
  });
});
