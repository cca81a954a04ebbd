import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openTerminal } from '../wizard/terminal.ts';
import { type Colleague, colleague } from './arm.ts';
import { bin, type Cloud, type Ended, eventsOf, type Request, startCloud, writes } from './cloud.ts';

// One deployment and what becomes of it: each test begins where the one before it ended.

const group = '/resourceGroups/rg-ebpf-sentinel';
const clusterPath = `${group}/providers/Microsoft.ContainerService/managedClusters/aks-ebpf-sentinel?api-version=2026-03-02-preview`;
const workspacePath = `${group}/providers/Microsoft.OperationalInsights/workspaces/log-ebpf-sentinel?api-version=2025-07-01`;

let cloud: Cloud;
let them: Colleague;
let second: string;
beforeAll(async () => {
  cloud = await startCloud();
  second = join(cloud.folder, 'second');
  isDone(await init());
  them = await colleague(cloud);
});
afterAll(() => cloud.close());

const init = (flags: readonly string[] = [], stateDir?: string): Promise<Ended> =>
  cloud.run(['init', '--yes', '--output', 'ndjson', ...flags], stateDir === undefined ? {} : { stateDir });

const isDone = (ended: Ended): void => {
  expect(ended.stderr).toBe('');
  expect(eventsOf(ended).at(-1)).toMatchObject({ type: 'run.ended', outcome: 'done' });
  expect(ended.code).toBe(0);
};

const changeOf = (ended: Ended) => eventsOf(ended).find(({ type }) => type === 'config.changed');

const writesDuring = async (act: () => Promise<unknown>): Promise<readonly Request[]> => {
  const before = (await cloud.requests()).length;
  await act();
  return writes((await cloud.requests()).slice(before));
};

const clusterNow = async () => (await them.ask('GET', clusterPath)).body;
const nodesNow = async (): Promise<unknown> => {
  const { properties } = (await clusterNow()) as {
    properties: { agentPoolProfiles: { name: string; count: number }[] };
  };
  return properties.agentPoolProfiles.find(({ name }) => name === 'workloads')?.count;
};

const nodes = (before: number, after: number) => ({
  known: true,
  settings: [{ setting: 'cluster.workloadPool.count', before, after, effect: 'in-place' }],
});

/** Stops with 6 and the sentence, and Azure hears of no change. */
const isRefused = async (flags: readonly string[], sentence: RegExp, stateDir?: string): Promise<Ended> => {
  let ended: Ended | undefined;
  const written = await writesDuring(async () => (ended = await init(flags, stateDir)));
  expect(written).toEqual([]);
  if (ended === undefined) throw new Error('unreachable');
  expect(`${ended.stdout}${ended.stderr}`).toMatch(sentence);
  expect(ended.code).toBe(6);
  return ended;
};

test('another number of nodes is shown, and without anybody to ask it ends with 6 and not one write', async () => {
  const ended = await isRefused(
    ['--nodes', '3'],
    /config changed since the last run: cluster.workloadPool.count: 2 -> 3/,
  );
  expect(changeOf(ended)).toMatchObject(nodes(2, 3));
  expect(`${ended.stdout}${ended.stderr}`).toContain('--accept-changes');
});

test('plan shows it, too', async () => {
  const { stdout } = await cloud.run(['plan', '--nodes', '3', '-o', 'json']);
  expect(JSON.parse(stdout)).toMatchObject({ configChange: nodes(2, 3) });
  const text = await cloud.run(['plan', '--nodes', '3']);
  expect(text.stdout).toContain('cluster.workloadPool.count: 2 -> 3 (changes in place)');
  expect(JSON.parse((await cloud.run(['plan', '-o', 'json'])).stdout)).not.toHaveProperty('configChange');
});

test('a plan where no run was makes no journal', async () => {
  const elsewhere = join(cloud.folder, 'plan-only');
  await cloud.run(['plan', '-o', 'json'], { stateDir: elsewhere });
  expect(existsSync(join(elsewhere, 'journal.ndjson'))).toBe(false);
});

test('--yes and --fix-drift are no consent to it', async () => {
  expect((await isRefused(['--nodes', '3', '--fix-drift'], /config changed/)).code).toBe(6);
});

test('what cannot be changed of a cluster that stands is refused, whatever is accepted', async () => {
  const ended = await isRefused(
    ['--pod-cidr', '10.100.0.0/16', '--accept-changes'],
    /cluster.podCidr: 10.244.0.0\/16 -> 10.100.0.0\/16/,
  );
  expect(changeOf(ended)).toMatchObject({ settings: [{ setting: 'cluster.podCidr', effect: 'recreate' }] });
});

test('another name is another deployment, and that is asked for', async () => {
  const ended = await isRefused(['--name', 'second'], /name: ebpf-sentinel -> second/);
  const settings = changeOf(ended)?.['settings'] as readonly { setting: string; effect: string }[];
  expect(settings.filter(({ effect }) => effect === 'beside').map(({ setting }) => setting)).toEqual([
    'name',
    'resourceGroup',
    'cluster.name',
    'workspace.name',
  ]);
});

test('from a machine without a journal the tag tells that it changed, and what stands tells what', async () => {
  const ended = await isRefused(['--nodes', '3'], /config changed/, second);
  expect(changeOf(ended)).toMatchObject(nodes(2, 3));
});

test('accepted there, it is brought about, with one request for the cluster', async () => {
  let ended: Ended | undefined;
  const written = await writesDuring(async () => (ended = await init(['--nodes', '3', '--accept-changes'], second)));
  if (ended !== undefined) isDone(ended);
  expect(await nodesNow()).toBe(3);
  expect(written.filter(({ method, path }) => method === 'PUT' && /managedClusters\/[^/]+$/i.test(path))).toHaveLength(
    1,
  );
});

test('what another machine changed is seen by the first one, whose own journal still has the config of before', async () => {
  const ended = await isRefused([], /config changed/);
  expect(changeOf(ended)).toMatchObject(nodes(3, 2));
});

test('with the config that stands nothing is asked and nothing is written, from both machines', async () => {
  for (const stateDir of [undefined, second])
    expect(await writesDuring(async () => isDone(await init(['--nodes', '3'], stateDir)))).toEqual([]);
});

test('a change of the config is no consent to undo what somebody did by hand', async () => {
  const seen = await clusterNow();
  const properties = structuredClone(seen['properties']) as { agentPoolProfiles: { name: string; count: number }[] };
  for (const pool of properties.agentPoolProfiles) if (pool.name === 'workloads') pool.count = 5;
  await them.make(clusterPath, { ...seen, properties });
  const ended = await init(['--nodes', '3', '--retention-days', '120', '--accept-changes']);
  expect(ended.code).toBe(6);
  expect(`${ended.stdout}${ended.stderr}`).toMatch(/workloads has 5 nodes, the config says 3/);
  expect(await nodesNow()).toBe(5);
});

test('what was accepted and not finished need not be accepted again, and --fix-drift puts the rest right', async () => {
  isDone(await init(['--nodes', '3', '--retention-days', '120', '--fix-drift']));
  expect(await nodesNow()).toBe(3);
  expect((await them.ask('GET', workspacePath)).body).toMatchObject({ properties: { retentionInDays: 120 } });
});

test('a change in the config file is one, and switches reach the releases without --fix-drift', async () => {
  const file = join(cloud.folder, 'work', 'aks-ebpf-sentinel.yaml');
  writeFileSync(
    file,
    'cluster:\n  workloadPool:\n    count: 3\nworkspace:\n  retentionDays: 120\nlogs:\n  flows: true\n',
  );
  const refused = await cloud.run(['init', '--yes']);
  expect(refused.code).toBe(6);
  expect(`${refused.stdout}${refused.stderr}`).toContain('logs.flows: false -> true (changes in place)');
  isDone(await init(['--accept-changes']));
  expect(await writesDuring(async () => isDone(await init()))).toEqual([]);
});

test('at a terminal it is a question', async () => {
  const cwd = join(cloud.folder, 'terminal');
  mkdirSync(cwd);
  writeFileSync(
    join(cwd, 'aks-ebpf-sentinel.yaml'),
    'cluster:\n  workloadPool:\n    count: 4\nworkspace:\n  retentionDays: 120\nlogs:\n  flows: true\n',
  );
  const env = Object.fromEntries(
    Object.entries(cloud.env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
  const command = [process.execPath, bin, 'init', '--sandbox', '--sandbox-dir', cloud.sandboxDir];
  const no = openTerminal({ command, cwd, env, columns: 120 });
  await no.shows('Go on with the changed config?');
  expect(no.text()).toContain('cluster.workloadPool.count: 3 -> 4');
  no.type('n\r');
  expect(await no.ended).toBe(6);
  expect(await nodesNow()).toBe(3);
  const yes = openTerminal({ command, cwd, env, columns: 120 });
  await yes.shows('Go on with the changed config?');
  yes.type('y\r');
  expect(await yes.ended).toBe(0);
  expect(await nodesNow()).toBe(4);
});

test('the journal holds the settings of each run, and nothing that is secret', () => {
  const text = readFileSync(join(cloud.folder, 'work', '.aks-ebpf-sentinel', 'journal.ndjson'), 'utf8');
  const started = text
    .split('\n')
    .filter((line) => line.includes('run.started'))
    .map((line) => JSON.parse(line) as { v: number; settings: Record<string, unknown> });
  expect(started[0]).toMatchObject({ v: 2, settings: { 'cluster.workloadPool.count': 2, 'workspace.id': null } });
  expect(text).not.toContain(cloud.published['clientSecret'] ?? 'none');
});
