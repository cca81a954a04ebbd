import { expect, test } from 'vitest';
import { loadPack } from '../../src/detections/load-pack.ts';
import { ruleId } from '../../src/detections/rule-body.ts';
import { Problem } from '../../src/errors/problem.ts';
import { functions } from '../../src/steps/functions.ts';
import { rules } from '../../src/steps/rules.ts';
import { keepBetweenTests, root, type World, world } from '../support/world.ts';

const signal = new AbortController().signal;
const pack = await loadPack(root);

/** A workspace with all of the pack in it. */
const deploy = async (flags = {}) => {
  const lab = await world(flags);
  await lab.run('rules');
  const found = await lab.run('workspace');
  const workspaceId = (found.out as { id: string }).id;
  const all = () => lab.azure.sentinel.listRules(workspaceId, signal);
  return { lab, workspaceId, all };
};

// One workspace for all: each test puts right what it broke, in whatever order they run.
keepBetweenTests();
let shared: ReturnType<typeof deploy> | undefined;
const deployed = () => (shared ??= deploy());
const armId = (workspaceId: string, slug: string): string =>
  `${workspaceId}/providers/Microsoft.SecurityInsights/alertRules/${ruleId(workspaceId, slug)}`;
const puts = async (lab: World, type: string) =>
  (await lab.azure.requests({ method: 'PUT', type })).filter(({ status }) => Number(status) < 300);

test('every rule of the pack is there once, under an id that is the same on every machine', async () => {
  const { lab, workspaceId, all } = await deployed();
  const ids = (await all()).map((rule) => rule.ruleId.toLowerCase());
  expect(ids).toEqual(expect.arrayContaining(pack.rules.map(({ slug }) => ruleId(workspaceId, slug))));
  const before = await puts(lab, 'alertRules');
  await expect((await lab.elsewhere()).run('rules')).resolves.toMatchObject({ changed: false });
  expect(await puts(lab, 'alertRules')).toHaveLength(before.length);
});

test('a rule over a table that the workspace does not know yet is tried again until it is taken', async () => {
  const lab = await world();
  await lab.run('functions');
  const { out } = await lab.run('workspace');
  const before = await puts(lab, 'tables');
  const sentinel = {
    ...lab.azure.sentinel,
    putRule: async () => {
      throw new Problem('The query refers to something unknown: One of the tables does not exist', {
        kind: 'failed',
        code: 'BadRequest',
      });
    },
  };
  const refused = rules.apply({
    ...lab.services,
    azure: { ...lab.azure, sentinel },
    out: { workspace: out, 'log-table': {}, sentinel: {}, functions: {} } as never,
    seen: { state: 'absent' },
    token: undefined,
    save: () => undefined,
    signal,
    progress: () => undefined,
    warn: () => undefined,
  });
  // A conflict is what the engine waits out by looking again.
  await expect(refused).rejects.toMatchObject({
    kind: 'conflict',
    message: expect.stringMatching(/does not know what the rule/),
  });
  // Looking alone does not make the table known; its plan, said again, does.
  expect((await puts(lab, 'tables')).length).toBeGreaterThan(before.length);
});

test('a rule that somebody switched off stays off', async () => {
  const { lab, workspaceId, all } = await deployed();
  const [first] = pack.rules;
  const id = armId(workspaceId, first?.slug ?? '');
  await lab.sandbox.sabotage({ kind: 'arm-property', id, path: 'properties.enabled', value: false });
  await expect(lab.run('rules')).resolves.toMatchObject({ changed: false });
  await lab.sandbox.sabotage({ kind: 'arm-property', id, path: 'properties.query', value: 'ContainerLogV2' });
  await lab.run('rules', { consent: true });
  const rule = (await all()).find(({ ruleId: each }) => each === ruleId(workspaceId, first?.slug ?? ''));
  expect(rule?.properties).toMatchObject({ enabled: false });
  expect(rule?.properties['query']).not.toBe('ContainerLogV2');
  await lab.sandbox.sabotage({ kind: 'arm-property', id, path: 'properties.enabled', value: true });
});

test('a rule that somebody changed is drift by its name: left alone without consent, put right with it', async () => {
  const { lab, workspaceId } = await deployed();
  const [first] = pack.rules;
  await lab.sandbox.sabotage({
    kind: 'arm-property',
    id: armId(workspaceId, first?.slug ?? ''),
    path: 'properties.severity',
    value: 'Informational',
  });
  await expect(lab.run('rules')).rejects.toMatchObject({
    kind: 'drift',
    message: expect.stringContaining(`rule "${first?.name ?? ''}" was changed`),
  });
  const before = await puts(lab, 'alertRules');
  await lab.run('rules', { consent: true });
  expect((await puts(lab, 'alertRules')).length).toBe(before.length + 1);
});

test('a rule that somebody deleted is made again, and only that one', async () => {
  const { lab, workspaceId } = await deployed();
  const [first] = pack.rules;
  await lab.azure.sentinel.deleteRule(workspaceId, ruleId(workspaceId, first?.slug ?? ''), signal);
  const before = await puts(lab, 'alertRules');
  await expect(lab.run('rules')).resolves.toMatchObject({ changed: true });
  expect((await puts(lab, 'alertRules')).slice(before.length).map(({ path }) => path.split('/').at(-1))).toEqual([
    ruleId(workspaceId, first?.slug ?? ''),
  ]);
});

test('a function that somebody changed is drift, and is saved over with the etag that was seen', async () => {
  const { lab, workspaceId } = await deployed();
  const [first] = await puts(lab, 'savedSearches');
  const id = first?.path ?? '';
  await lab.sandbox.sabotage({ kind: 'arm-property', id, path: 'properties.query', value: 'print 1' });
  await expect(lab.run('functions')).rejects.toMatchObject({
    kind: 'drift',
    message: expect.stringMatching(/function \w+ has another text/),
  });
  const seen = await lab.azure.savedSearches.find(workspaceId, id.split('/').at(-1) ?? '', signal);
  await lab.run('functions', { consent: true });
  const last = (await puts(lab, 'savedSearches')).at(-1);
  expect(last?.path).toBe(id);
  expect(last?.body?.['etag']).toBe(seen?.etag);
});

test('first time functions carry no etag, and each is saved after those that it calls', async () => {
  const lab = await world();
  await lab.run('functions');
  const saved = await puts(lab, 'savedSearches');
  expect(saved.map(({ body }) => (body as { properties: { functionAlias: string } }).properties.functionAlias)).toEqual(
    pack.functions.map(({ alias }) => alias),
  );
  expect(saved.every(({ body }) => body?.['etag'] === undefined || body['etag'] === '*')).toBe(true);
});

test('Sentinel is switched on once, and stays after down', async () => {
  const { lab } = await deployed();
  const [onboarding, ...more] = await puts(lab, 'onboardingStates');
  expect(more).toEqual([]);
  expect(onboarding?.body).toMatchObject({ properties: { customerManagedKey: false } });
  expect((await lab.removals()).map(({ id }) => id)).not.toContain('sentinel');
});

test('down takes the pack out of a workspace that was brought along, and leaves the rest of it', async () => {
  const host = await world();
  const { out } = await host.run('workspace');
  const { lab, workspaceId, all } = await deploy({ 'workspace-id': (out as { id: string }).id });
  expect((await all()).length).toBeGreaterThanOrEqual(pack.rules.length);
  await lab.down();
  const ours = new Set(pack.rules.map(({ slug }) => ruleId(workspaceId, slug)));
  expect((await all()).filter((rule) => ours.has(rule.ruleId.toLowerCase()))).toEqual([]);
  expect(await host.azure.resources('workspaces')).toHaveLength(1);
});

test('down finds what was put into a workspace of others by its id alone, whatever else is gone', async () => {
  const { lab, workspaceId } = await deployed();
  const guest = { ...lab.services.config, workspace: { ...lab.services.config.workspace, id: workspaceId } };
  const context = { out: {}, signal, progress: () => undefined, warn: () => undefined };
  for (const step of [functions, rules]) {
    await expect(step.removal?.({ ...lab.services, config: guest, ...context })).resolves.toMatchObject({
      what: expect.stringContaining('in the workspace'),
    });
  }
});
