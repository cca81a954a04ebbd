import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Cloud, eventsOf, startCloud } from './cloud.ts';
import { isDone, start } from './under-way.ts';

// A run that ends while its helm is at work.

let cloud: Cloud;
beforeEach(async () => {
  cloud = await startCloud({ speed: 300 });
});
afterEach(() => cloud.close());

/** The real helm behind a script that writes down its process id before it becomes helm. */
const notedHelm = (): { readonly path: string; readonly pids: () => readonly number[] } => {
  const folder = join(cloud.folder, 'noted');
  mkdirSync(folder);
  const [path, list] = [join(folder, 'helm'), join(folder, 'pids')];
  writeFileSync(list, '');
  writeFileSync(
    path,
    `#!/bin/sh\ncase " $* " in *" upgrade "*) echo $$ >> '${list}';; esac\nexec '${cloud.env['HELM'] ?? ''}' "$@"\n`,
  );
  chmodSync(path, 0o755);
  return { path, pids: () => readFileSync(list, 'utf8').split('\n').filter(Boolean).map(Number) };
};

const alive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

test.each(['SIGTERM', 'SIGINT'] as const)(
  '%s while helm installs: helm ends first, no credential stays, the next run finishes',
  async (signal) => {
    const helm = notedHelm();
    const stateDir = join(cloud.folder, 'state-dir');
    const run = start(cloud, ['init', '--helm', helm.path], { stateDir });
    await run.says(/helm upgrade --install cilium/);
    while (helm.pids().length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
    process.kill(run.pid, signal);
    const ended = await run.ended;
    expect(ended.code).toBe(130);
    expect(eventsOf(ended).at(-1)).toMatchObject({ outcome: 'interrupted', detached: [] });
    expect(helm.pids().filter(alive)).toEqual([]);
    expect(readdirSync(stateDir).filter((name) => /^(kubeconfig|values)-/.test(name))).toEqual([]);
    isDone(await start(cloud, ['init'], { stateDir }).ended);
  },
);

test('kill -9 while helm installs: helm goes on by itself, and the next run sweeps up and finishes', async () => {
  const helm = notedHelm();
  const stateDir = join(cloud.folder, 'state-dir');
  const run = start(cloud, ['init', '--helm', helm.path], { stateDir });
  await run.says(/helm upgrade --install cilium/);
  while (helm.pids().length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
  process.kill(run.pid, 'SIGKILL');
  await run.ended;
  isDone(await start(cloud, ['init'], { stateDir }).ended);
  expect(readdirSync(stateDir).filter((name) => /^(kubeconfig|values)-/.test(name))).toEqual([]);
});
