import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openTerminal, type Terminal } from '../wizard/terminal.ts';
import { bin, type Cloud, type Ended, eventsOf, startCloud, writes } from './cloud.ts';
import { clusterCreates, isDone, start } from './under-way.ts';

// A run that is left at a terminal, without one, by a CI job that is cancelled, and from another process.

let cloud: Cloud;
const open: Terminal[] = [];
beforeEach(async () => {
  // Slow enough that AKS is still at work after a question and its answer, on a slow machine, too.
  cloud = await startCloud({ speed: 20 });
});
afterEach(async () => {
  for (const terminal of open.splice(0)) terminal.kill();
  await cloud.close();
});

const terminal = (args: readonly string[], columns: number, env: Readonly<Record<string, string>> = {}): Terminal => {
  const known = Object.entries({ ...cloud.env, ...env }).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value]],
  );
  const command = [process.execPath, bin, ...args, '--sandbox', '--sandbox-dir', cloud.sandboxDir];
  const opened = openTerminal({ command, cwd: join(cloud.folder, 'work'), env: Object.fromEntries(known), columns });
  open.push(opened);
  return opened;
};

/** A config file answers the wizard's questions: the run begins by itself. */
const configured = (): void =>
  writeFileSync(join(cloud.folder, 'work', 'aks-ebpf-sentinel.yaml'), 'name: lab\nlocation: uksouth\n');

const ctrlC = '\u0003';
const json = ({ stdout }: Ended): Record<string, unknown> => JSON.parse(stdout) as Record<string, unknown>;
const clusterState = async (): Promise<string | undefined> =>
  (await cloud.resources()).find(({ type }) => /managedClusters$/i.test(type))?.provisioningState;

test('for a screen reader, at 40 columns and without colour: left running, cancelled from outside, and nothing more to cancel', async () => {
  configured();
  const run = terminal(['init', '--plain', '--no-color'], 40);
  await run.shows('Create the AKS cluster: started');
  run.type(ctrlC);
  await run.shows('You pressed Ctrl-C. AKS goes on with cluster aks-lab');
  await run.shows('What now?');
  run.type('1\r');
  await expect(run.ended).resolves.toBe(5);
  await run.shows('Azure bills, until it is removed:');
  await run.shows('Watch it with: aks-ebpf-sentinel status --watch');
  await run.shows('Cancel it with: aks-ebpf-sentinel cancel');
  expect(await clusterState()).toBe('Creating');

  const refused = await cloud.run(['cancel']);
  expect(refused.code).toBe(2);
  expect(refused.stderr).toContain('--yes');
  const cancelled = await cloud.run(['cancel', '--yes', '-o', 'json']);
  expect(cancelled.stderr).toBe('');
  expect(json(cancelled)).toMatchObject({
    ok: true,
    cancelled: true,
    cluster: { name: 'aks-lab', provisioningState: 'Canceled' },
    remains: expect.arrayContaining(['AKS cluster aks-lab with everything in it']),
    next: expect.stringContaining('aks-ebpf-sentinel init'),
    remove: expect.stringContaining('aks-ebpf-sentinel down'),
  });
  expect(cancelled.code).toBe(0);
  expect(await clusterState()).toBe('Canceled');

  const again = await cloud.run(['cancel', '-o', 'json']);
  expect(json(again)).toMatchObject({
    ok: true,
    cancelled: false,
    message: expect.stringContaining('nothing to cancel'),
  });
  expect(again.code).toBe(0);
  expect((await cloud.requests()).filter(({ path }) => path.endsWith('/abort'))).toHaveLength(1);
});

test('keep watching goes on with the very run; then cancelled at the terminal, and continued afterwards', async () => {
  configured();
  const run = terminal(['init'], 100);
  await run.shows('Create the AKS cluster working');
  // Nothing but the cluster goes on in Azure from here on.
  await run.shows('Prepare the table ContainerLogV2 done');
  run.type(ctrlC);
  await run.shows('What now?');
  const before = writes(await cloud.requests()).length;
  run.type('\u001B[B\u001B[B\r');
  // The steps are drawn again once the question is over: a Ctrl-C before that would be its second.
  await run.shows('What now? Keep watching + Register the resource providers');
  run.type(ctrlC);
  // Drawn once more: the first question has become a line.
  await run.shows('What now?\n❯ Leave it');
  run.type('\u001B[B\r');
  await expect(run.ended).resolves.toBe(130);
  await run.shows('Cancelled: AKS cluster aks-lab is Canceled.');
  await run.shows('No operation goes on in Azure.');
  expect(run.cursorShown()).toBe(true);
  expect(before).toBeGreaterThan(0);
  expect(await clusterCreates(cloud)).toBe(1);
  isDone(await start(cloud, ['init']).ended);
});

test('a second Ctrl-C ends the process at once, with the cursor back, and the next run re-attaches', async () => {
  configured();
  const run = terminal(['init'], 80);
  await run.shows('Create the AKS cluster');
  await run.shows('working');
  run.type(ctrlC);
  await run.shows('What now?');
  run.type(ctrlC);
  await expect(run.ended).resolves.toBe(130);
  expect(run.cursorShown()).toBe(true);
  isDone(await start(cloud, ['init']).ended);
  expect(await clusterCreates(cloud)).toBe(1);
});

test('cancel stops the run of another process first, and says so', async () => {
  const run = start(cloud, ['init']);
  await run.says(/"step.progress","step":"cluster"/);
  const cancelled = await cloud.run(['cancel', '--yes', '-o', 'json']);
  expect(json(cancelled)).toMatchObject({ ok: true, cancelled: true, run: { pid: run.pid, stopped: true } });
  expect(cancelled.code).toBe(0);
  const ended = await run.ended;
  expect(ended.code).toBe(5);
  expect(eventsOf(ended).find(({ type }) => type === 'run.leaving')).toMatchObject({ because: 'SIGTERM' });
  expect(eventsOf(ended).at(-1)).toMatchObject({
    // A table may still be on its way, too.
    detached: expect.arrayContaining(['cluster']),
    billed: [expect.stringContaining('(pool system)'), expect.any(String), expect.stringContaining('workspace')],
    watch: expect.stringContaining('status --watch'),
    cancel: expect.stringContaining('cancel'),
    remove: expect.stringContaining('down'),
  });
});

test('status --watch follows from a folder that knows nothing, an event for each change, until all is ready', async () => {
  const run = start(cloud, ['init']);
  await run.says(/"step.progress","step":"cluster"/);
  const elsewhere = { stateDir: join(cloud.folder, 'elsewhere') };
  const short = await cloud.run(['status', '--watch', '--wait', '1s', '--plain'], elsewhere);
  expect(short.code).toBe(8);
  expect(short.stdout).toMatch(/Create the AKS cluster: under way/);
  const watched = await cloud.run(['status', '--watch', '-o', 'json'], elsewhere);
  expect(watched.stderr).toBe('');
  expect(watched.code).toBe(0);
  const events = eventsOf(watched);
  expect(events[0]).toMatchObject({ type: 'run.started', command: 'status' });
  expect(events.at(-1)).toMatchObject({ type: 'run.ended', outcome: 'done', ready: 18, total: 18 });
  const cluster = events.filter(({ step }) => step === 'cluster').map(({ state }) => state);
  expect(cluster.at(-1)).toBe('ready');
  isDone(await run.ended);
});

test('Ctrl-C ends a watcher in order and disturbs nobody', async () => {
  const run = start(cloud, ['init']);
  await run.says(/"step.progress","step":"cluster"/);
  const watcher = terminal(['status', '--watch'], 80);
  await watcher.shows('under way');
  watcher.type(ctrlC);
  await expect(watcher.ended).resolves.toBe(130);
  await watcher.shows('No longer watching');
  expect(watcher.cursorShown()).toBe(true);
  isDone(await run.ended);
});
