import { copyFileSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Cloud, type Ended, eventsOf, type Request, writes } from './cloud.ts';
import { clusterCreates, isDone, start, withCloud } from './under-way.ts';

// Another machine has the config file, and nothing else.

const config = 'cluster:\n  workloadPool:\n    count: 1\nworkspace:\n  retentionDays: 120\n';
const file = 'aks-ebpf-sentinel.yaml';

const folder = (cloud: Cloud, name: string): string => {
  const path = join(cloud.folder, name);
  mkdirSync(path);
  return path;
};

const first = (cloud: Cloud): string => {
  const path = folder(cloud, 'first');
  writeFileSync(join(path, file), config);
  return path;
};

/** Only the config goes along; what the first machine knew is gone with it. */
const movedTo = (cloud: Cloud, from: string): string => {
  const path = folder(cloud, 'second');
  copyFileSync(join(from, file), join(path, file));
  rmSync(from, { recursive: true });
  expect(readdirSync(path)).toEqual([file]);
  return path;
};

const puts = (requests: readonly Request[]): readonly string[] =>
  writes(requests)
    .filter(({ service, method, status }) => service === 'arm' && method === 'PUT' && Number(status) < 300)
    .map(({ path }) => path.toLowerCase());

const modeOf = (ended: Ended, step: string): unknown =>
  eventsOf(ended).find((event) => event.type === 'step.started' && event.step === step)?.['mode'];

describe('from a second, empty directory with only the config file', () => {
  test.each([
    { when: 'while the cluster is being created', until: /"step.progress","step":"cluster"/ },
    { when: 'while the rules are saved', until: /"step.progress","step":"rules"/ },
    { when: 'while helm installs Cilium', until: /"step.started","step":"cilium"/ },
  ])('killed $when: it goes on and finishes, and creates nothing again', ({ until }) =>
    withCloud(async (cloud) => {
      const cwd = first(cloud);
      const run = start(cloud, ['init'], { cwd });
      await run.says(until);
      process.kill(run.pid, 'SIGKILL');
      expect((await run.ended).signal).toBe('SIGKILL');
      const before = puts(await cloud.requests());
      const second = movedTo(cloud, cwd);
      const ended = await start(cloud, ['init'], { cwd: second }).ended;
      isDone(ended);
      // Nobody here has a token: what is under way is waited for by looking, and what is there already is not worked on.
      expect(['wait', undefined]).toContain(modeOf(ended, 'cluster'));
      expect(eventsOf(ended).map(({ type }) => type)).not.toContain('config.changed');
      const all = puts(await cloud.requests());
      const again = all.slice(before.length).filter((path) => before.includes(path));
      // The same body twice is one onboarding, and one table.
      expect(again.filter((path) => !/\/(?:onboardingstates|tables)\//u.test(path))).toEqual([]);
      expect(await clusterCreates(cloud)).toBe(1);
      const third = folder(cloud, 'third');
      copyFileSync(join(second, file), join(third, file));
      const now = (await cloud.requests()).length;
      isDone(await start(cloud, ['init'], { cwd: third }).ended);
      expect(writes((await cloud.requests()).slice(now))).toEqual([]);
      expect(existsSync(join(third, '.aks-ebpf-sentinel', 'lock'))).toBe(false);
    }),
  );
});
