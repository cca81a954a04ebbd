import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { connect } from '../../src/kubernetes/connect.ts';
import { type Cloud, eventsOf, helm, spawnBin, writes } from './cloud.ts';
import { clusterCreates, goesOn, isDone, speed, start, withCloud } from './under-way.ts';

// What the world does to a run that is under way.

/** Azure, its sign-in, the registry and the API server go away together, without a word, and come back as they were. */
const blackout = async (cloud: Cloud, ms: number): Promise<void> => {
  const sandbox = ['--sandbox-dir', cloud.sandboxDir, '-o', 'json'];
  const status = await spawnBin(['sandbox', 'status', ...sandbox], cloud.env, cloud.folder).ended;
  const { pid } = JSON.parse(status.stdout) as { readonly pid: number };
  process.kill(pid, 'SIGKILL');
  await sleep(ms);
  const again = await spawnBin(['sandbox', 'start', ...sandbox, '--speed', String(speed)], cloud.env, cloud.folder)
    .ended;
  expect(again.code).toBe(0);
  const { arm, control } = JSON.parse(again.stdout) as Readonly<Record<string, string>>;
  expect({ arm, control }).toEqual({ arm: cloud.published['arm'], control: cloud.published['control'] });
};

test('a network that is lost three times, and back each time: the run goes on by itself and makes nothing twice', () =>
  withCloud(async (cloud) => {
    const run = start(cloud, ['init']);
    for (const step of ['cluster', 'cilium', 'tetragon']) {
      await run.says(new RegExp(`"step.started","step":"${step}"`));
      // Long enough for every try of the SDKs to be used up.
      await blackout(cloud, 4000);
    }
    isDone(await run.ended);
    expect(await clusterCreates(cloud)).toBe(1);
    const before = (await cloud.requests()).length;
    await goesOn(cloud);
    expect(writes((await cloud.requests()).slice(before))).toEqual([]);
  }));

test('a secret that expires on the way: 3, in words, and on with the next one', () =>
  withCloud(async (cloud) => {
    const run = start(cloud, ['init']);
    await run.says(/"step.progress","step":"cluster"/);
    await cloud.fault({ name: 'invalid-client' });
    await cloud.fault({ name: 'token-expired' });
    const ended = await run.ended;
    expect(ended.code).toBe(3);
    const failed = eventsOf(ended).find(({ type }) => type === 'step.failed');
    expect(failed).toMatchObject({ problem: { kind: 'sign-in', message: expect.stringMatching(/secret/i) } });
    expect(eventsOf(ended).at(-1)).toMatchObject({ outcome: 'failed', exitCode: 3 });
    expect(`${ended.stdout}${ended.stderr}`).not.toContain(cloud.published['clientSecret']);
    await cloud.clearFaults();
    await goesOn(cloud);
  }));

/** Statuses of helm's records of a release, oldest first. */
const revisions = async (cloud: Cloud, release: string): Promise<readonly (string | undefined)[]> => {
  const file = join(cloud.folder, 'kubeconfig');
  expect((await cloud.run(['kubeconfig', '--file', file])).code).toBe(0);
  const kubernetes = await connect(readFileSync(file, 'utf8'));
  const query = {
    apiVersion: 'v1',
    kind: 'Secret',
    namespace: 'kube-system',
    labelSelector: `owner=helm,name=${release}`,
  };
  return (await kubernetes.list(query, AbortSignal.timeout(10_000))).map(({ metadata }) => metadata.labels?.['status']);
};

test('helm and the run killed together leave a pending release, and the next run frees it', () =>
  withCloud(async (cloud) => {
    // Helm has a process group of its own: who it is, it has to say itself.
    const [told, wrapped] = [join(cloud.folder, 'helm-pids'), join(cloud.folder, 'helm.sh')];
    writeFileSync(wrapped, `#!/bin/sh\necho $$ >>'${told}'\nexec '${helm}' "$@"\n`, { mode: 0o755 });
    const run = start(cloud, ['init'], { env: { HELM: wrapped } });
    await run.says(/"step.started","step":"cilium"/);
    const recorded = async (): Promise<boolean> =>
      (await cloud.requests()).some(
        ({ client, method, path }) => client.startsWith('Helm/') && method === 'POST' && /\/secrets(\?|$)/.test(path),
      );
    while (!(await recorded())) await sleep(20);
    process.kill(run.pid, 'SIGKILL');
    process.kill(Number(readFileSync(told, 'utf8').trim().split('\n').at(-1)), 'SIGKILL');
    await run.ended;
    expect(await revisions(cloud, 'cilium')).toEqual(['pending-install']);
    // Whose helm that was is written in the folder: nobody's time has to pass.
    await goesOn(cloud);
    expect(await revisions(cloud, 'cilium')).toEqual(['deployed']);
  }));
