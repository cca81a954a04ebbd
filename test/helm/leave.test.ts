import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { sweepAtOnce } from '../../src/helm/kubeconfig.ts';
import { endRunningHelms, runHelm } from '../../src/helm/run.ts';
import { scratch } from '../support/scratch.ts';

/** A helm by a shell script, which says its process id in a file. */
const helm = (script: string, graceMs = 60_000) => {
  const folder = scratch();
  const path = join(folder, 'helm');
  writeFileSync(path, `#!/bin/sh\n${script}\necho $$ > '${folder}/pid'\nwhile :; do sleep 0.1; done\n`);
  chmodSync(path, 0o755);
  const leaving = new AbortController();
  const ended = runHelm({
    path,
    args: [],
    doing: 'install kube-system/cilium',
    env: { PATH: process.env['PATH'] ?? '' },
    signal: leaving.signal,
    graceMs,
  });
  const pid = async (): Promise<number> => {
    while (!existsSync(join(folder, 'pid')) || readFileSync(join(folder, 'pid'), 'utf8') === '') await sleep(10);
    return Number(readFileSync(join(folder, 'pid'), 'utf8'));
  };
  return { folder, ended, pid, leave: () => leaving.abort(new Error('SIGTERM')) };
};

const isThere = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

test('a helm that is left is told to end, and is waited for until it has written how it ended', async () => {
  const record = join(scratch(), 'record');
  const { ended, pid, leave } = helm(`trap 'sleep 0.05; echo failed > "${record}"; exit 1' TERM`);
  const id = await pid();
  leave();
  await expect(ended).rejects.toMatchObject({ code: 'helm-interrupted' });
  expect(readFileSync(record, 'utf8')).toBe('failed\n');
  expect(isThere(id)).toBe(false);
});

test('a helm that is deaf is killed, and is no zombie', async () => {
  const { ended, pid, leave } = helm("trap '' TERM", 200);
  const id = await pid();
  leave();
  await expect(ended).rejects.toMatchObject({ code: 'helm-interrupted' });
  expect(isThere(id)).toBe(false);
});

test('a process that ends without waiting tells its helms to end, and takes its credentials along', async () => {
  const { folder, ended, pid } = helm("trap 'exit 1' TERM");
  const id = await pid();
  const outcome = expect(ended).rejects.toMatchObject({ name: 'HelmError' });
  const state = join(folder, 'state');
  mkdirSync(state);
  const left = ['kubeconfig-17-11111111-1111-4111-8111-111111111111.yaml', 'values-cilium.yaml', 'journal.ndjson'];
  for (const name of left) writeFileSync(join(state, name), '');
  endRunningHelms();
  sweepAtOnce(state);
  expect(readdirSync(state)).toEqual(['journal.ndjson']);
  await outcome;
  expect(isThere(id)).toBe(false);
});

test('a state directory that is gone has nothing to take along', () => {
  expect(() => sweepAtOnce(join(scratch(), 'gone'))).not.toThrow();
});
