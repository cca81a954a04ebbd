import { cpSync, existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { noteBodies } from '../support/arm-bodies.ts';
import { openTerminal, type Terminal } from '../wizard/terminal.ts';
import { bin, type Cloud, type Request, spawnBin, startCloud, writes } from './cloud.ts';

// One sandbox, emptied between the runs: who one is stays the same, so that ids, tags and digests may be compared as they are.

let cloud: Cloud;
const open: Terminal[] = [];
beforeAll(async () => {
  cloud = await startCloud();
});
afterEach(() => {
  for (const terminal of open.splice(0)) terminal.kill();
});
afterAll(async () => {
  await cloud.close();
});

const answers = [
  ['What shall the deployment be called?', 'prod'],
  ['How many nodes for your workloads?', '1'],
  ['Send network flows to the workspace, too?', 'y'],
  ['In which namespace shall processes', 'shop'],
  ['Install a demo application', 'y'],
] as const;
const sameByFlags = ['--name', 'prod', '--nodes', '1', '--flows', '--enforce-namespace', 'shop', '--demo'];

const folder = (name: string): string => {
  const path = join(cloud.folder, name);
  mkdirSync(path);
  return path;
};

const wizard = (cwd: string): Terminal => {
  const env = Object.fromEntries(
    Object.entries(cloud.env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
  const command = [process.execPath, bin, 'init', '--sandbox', '--sandbox-dir', cloud.sandboxDir];
  const terminal = openTerminal({ command, cwd, env, columns: 100 });
  open.push(terminal);
  return terminal;
};

const answerAll = async (terminal: Terminal): Promise<void> => {
  for (const [question, answer] of answers) {
    await terminal.shows(question);
    terminal.type(`${answer}\r`);
  }
  await terminal.shows('Begin?');
};

const empty = async (): Promise<void> => {
  noteBodies(cloud.sandboxDir);
  const ended = await spawnBin(['sandbox', 'reset', '--sandbox-dir', cloud.sandboxDir], cloud.env, cloud.folder).ended;
  expect(ended.code).toBe(0);
  expect(await cloud.resources()).toEqual([]);
  expect(writes(await cloud.requests())).toEqual([]);
};

/** What was asked of ARM, word for word; Kubernetes hears the same of the same objects, but helm's records hold times. */
const asked = async (): Promise<{ readonly arm: readonly string[]; readonly kubernetes: readonly string[] }> => {
  const of = (service: string): readonly Request[] => requests.filter((request) => request.service === service);
  const requests = writes(await cloud.requests()).filter(({ status }) => Number(status) < 300);
  return {
    arm: of('arm')
      .map(({ method, path, apiVersion, body }) => `${method} ${path} ${apiVersion ?? ''} ${JSON.stringify(body)}`)
      .sort(),
    kubernetes: [...new Set(of('kubernetes').map(({ method, path }) => `${method} ${path}`))].sort(),
  };
};

test('Ctrl-C at the last question: 130, and nobody was asked to make anything', async () => {
  await empty();
  const cwd = folder('left');
  const terminal = wizard(cwd);
  await answerAll(terminal);
  terminal.type('\u0003');
  await expect(terminal.ended).resolves.toBe(130);
  await terminal.shows('Interrupted; nothing was created.');
  expect(writes(await cloud.requests())).toEqual([]);
  expect(await cloud.resources()).toEqual([]);
  expect(existsSync(join(cwd, '.aks-ebpf-sentinel', 'journal.ndjson'))).toBe(false);
});

test('Ctrl-C at the first question: 130, and the folder is as it was', async () => {
  const cwd = folder('left-at-once');
  const terminal = wizard(cwd);
  await terminal.shows(answers[0][0]);
  terminal.type('\u0003');
  await expect(terminal.ended).resolves.toBe(130);
  expect(readdirSync(cwd)).toEqual([]);
  expect(writes(await cloud.requests())).toEqual([]);
});

test('the wizard, its flags and the file that it writes ask Azure for the same, word for word', async () => {
  await empty();
  const cwd = folder('asked');
  const terminal = wizard(cwd);
  await answerAll(terminal);
  terminal.type('\r');
  await expect(terminal.ended).resolves.toBe(0);
  await terminal.shows('19 of 19 steps ready');
  const byWizard = await asked();
  expect(byWizard.arm.length).toBeGreaterThan(20);
  expect(byWizard.kubernetes.length).toBeGreaterThan(50);
  expect(byWizard.arm.some((line) => line.includes('/managedClusters/aks-prod '))).toBe(true);

  await empty();
  const byHand = await cloud.run(['init', '--yes', ...sameByFlags], { cwd: folder('flags') });
  expect(byHand.stderr).toBe('');
  expect(byHand.code).toBe(0);
  expect(await asked()).toEqual(byWizard);

  await empty();
  const elsewhere = folder('file');
  cpSync(join(cwd, 'aks-ebpf-sentinel.yaml'), join(elsewhere, 'aks-ebpf-sentinel.yaml'));
  const byFile = await cloud.run(['init', '--yes'], { cwd: elsewhere });
  expect(byFile.stderr).toBe('');
  expect(byFile.code).toBe(0);
  expect(await asked()).toEqual(byWizard);
});
