import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Ended, eventsOf, writes } from './cloud.ts';
import { clusterCreates, goesOn, isDone, start, withCloud } from './under-way.ts';

// What an interrupted run leaves behind, in Azure and on the disk, and what the next one does with it.

test('Ctrl-C while AKS deletes the cluster: 5, what goes on, and the next down ends it', () =>
  withCloud(async (cloud) => {
    await goesOn(cloud);
    const run = start(cloud, ['down']);
    await run.says(/"step.progress","step":"cluster"/);
    run.interrupt();
    const stopped = await run.ended;
    expect(stopped.stderr).not.toMatch(/\n\s+at /);
    expect(eventsOf(stopped).at(-1)).toMatchObject({ outcome: 'detached', exitCode: 5, detached: ['cluster'] });
    expect(stopped.code).toBe(5);
    const ended = await start(cloud, ['down']).ended;
    expect(ended.stderr).toBe('');
    expect(ended.code).toBe(0);
    expect(await cloud.resources()).toEqual([]);
  }));

describe('a disk that is not as it was left', () => {
  const refused = (ended: Ended, folder: string): void => {
    expect(ended.code).toBe(2);
    expect(ended.stderr.replaceAll(/\s+/g, ' ')).toContain(`The state directory ${folder} cannot be written`);
    expect(ended.stderr).not.toMatch(/\n\s+at |bug/);
  };

  /** Root may write wherever there is a disk: but not into the kernel's own tree. */
  const unwritable = (folder: string): string => {
    if (process.getuid?.() === 0) return '/sys/aks-ebpf-sentinel';
    const parent = join(folder, 'read-only');
    mkdirSync(parent, { mode: 0o555 });
    return join(parent, 'state');
  };

  test('a state directory that cannot be written: one sentence, 2, and nothing is made', () =>
    withCloud(async (cloud) => {
      const file = join(cloud.folder, 'file');
      writeFileSync(file, '');
      const below = join(file, 'state');
      const readOnly = unwritable(cloud.folder);
      for (const command of ['init', 'down']) {
        for (const stateDir of [file, below, readOnly]) {
          const ended = await cloud.run([command, '--yes'], { stateDir });
          refused(ended, stateDir);
        }
      }
      expect(writes(await cloud.requests())).toEqual([]);
      expect(await cloud.resources()).toEqual([]);
    }));

  test('lines of the journal that cannot be read are passed over, said, and asked of the world instead', () =>
    withCloud(async (cloud) => {
      const stateDir = join(cloud.folder, 'state-dir');
      const run = start(cloud, ['init'], { stateDir });
      await run.says(/"step.progress","step":"cluster"/);
      process.kill(run.pid, 'SIGKILL');
      await run.ended;
      const journal = join(stateDir, 'journal.ndjson');
      const lines = readFileSync(journal, 'utf8').split('\n');
      const spoilt = lines.map((line) => (line.includes('step.token') ? line.slice(0, 40) : line));
      expect(spoilt).not.toEqual(lines);
      writeFileSync(journal, spoilt.join('\n'));
      appendFileSync(journal, '\u0000\u0000\u0000\n{"v":1,"type":"step.tok');
      const ended = await start(cloud, ['init'], { stateDir }).ended;
      isDone(ended);
      const warned = eventsOf(ended).find(({ type, code }) => type === 'warning' && code === 'journal-damaged');
      expect(warned).toMatchObject({ message: expect.stringMatching(/lines of the journal cannot be read/) });
      expect(await clusterCreates(cloud)).toBe(1);
    }));
});
