import { copyFileSync, readdirSync, readFileSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { clouds } from '../../src/config/clouds.ts';
import { parseConfigFile } from '../../src/config/file.ts';
import { configHash } from '../../src/config/hash.ts';
import { resolveConfig } from '../../src/config/resolve.ts';
import { changesBetween, withSettings } from '../../src/config/settings.ts';
import { systemClock } from '../../src/engine/clock.ts';
import { nodeDisk } from '../../src/engine/disk.ts';
import { openJournal } from '../../src/engine/journal.ts';
import { takeLock, type ThisProcess } from '../../src/engine/lock.ts';
import { fastClock } from '../support/virtual-clock.ts';
import { scratch } from '../support/scratch.ts';

const corpus = import.meta.dirname;
const versions = readdirSync(corpus, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);
const foldersOf = (prefix: string): readonly string[] =>
  versions.flatMap((version) =>
    readdirSync(join(corpus, version))
      .filter((name) => name.startsWith(prefix))
      .map((name) => join(version, name)),
  );

const put = (folder: string, file: string, as: string): string => {
  const state = scratch();
  copyFileSync(join(corpus, folder, file), join(state, as));
  return state;
};

describe.each(foldersOf('journal-'))('%s', (folder) => {
  const open = (file: string) => {
    const state = put(folder, file, 'journal.ndjson');
    return { state, journal: openJournal(state, nodeDisk, fastClock()) };
  };
  const settingsKnown = !folder.endsWith('journal-1');

  test('a whole one is read whole', () => {
    const { journal } = open('whole.ndjson');
    expect(journal.damagedLines).toBe(0);
    expect(journal.token('cluster')).toBeUndefined();
    expect(journal.times('cluster')).toHaveLength(1);
    expect(journal.runs).toMatchObject([{ config: expect.stringMatching(/^[0-9a-f]{64}$/) }]);
    expect(journal.runs[0]?.settings !== undefined).toBe(settingsKnown);
    journal.close();
  });

  test.each(['mid-wait.ndjson', 'torn.ndjson'])('%s still names the operation that goes on', (file) => {
    const { journal } = open(file);
    expect(journal.token('cluster')).toMatch(/^https:\/\/localhost:\d+\/subscriptions\/.*\/operations\//);
    expect(journal.damagedLines).toBe(0);
    journal.close();
  });

  test('a damaged one gives what is left of it', () => {
    const { journal } = open('damaged.ndjson');
    expect(journal.damagedLines).toBe(2);
    expect(journal.runs).toHaveLength(1);
    journal.close();
  });

  test.each(['whole.ndjson', 'mid-wait.ndjson', 'torn.ndjson', 'damaged.ndjson'])('%s is continued', (file) => {
    const { state, journal } = open(file);
    const path = join(state, 'journal.ndjson');
    const before = readFileSync(path, 'utf8');
    journal.append({ type: 'step.token', step: 'nodes', token: 'operation-2' });
    journal.close();
    expect(readFileSync(path, 'utf8').startsWith(before)).toBe(true);
    const again = openJournal(state, nodeDisk, fastClock());
    expect(again.token('nodes')).toBe('operation-2');
    expect(again.token('cluster')).toBe(journal.token('cluster'));
    expect(again.runs).toEqual(journal.runs);
    again.close();
  });

  test('its lock holds as long as its heart beats, and is named', () => {
    const state = put(folder, 'lock', 'lock');
    const me: ThisProcess = {
      pid: 42,
      host: 'here',
      machine: 'mine',
      processBorn: () => ({ alive: true, born: '1' }),
    };
    expect(() => takeLock(state, me, nodeDisk, systemClock)).toThrow(/process \d+ .*on build-7, since 2026-/);
    const then = Date.now() / 1000 - 90;
    utimesSync(join(state, 'lock'), then, then);
    takeLock(state, me, nodeDisk, systemClock).release();
    expect(readdirSync(state)).toEqual([]);
  });
});

describe.each(foldersOf('config'))('%s', (folder) => {
  const [profile] = clouds;
  const hashes = JSON.parse(readFileSync(join(corpus, folder, 'hashes.json'), 'utf8')) as Record<string, string>;
  const configOf = async (name: string) => {
    const file = await parseConfigFile(readFileSync(join(corpus, folder, name), 'utf8'), name);
    const resolution = resolveConfig({ flags: {}, env: {}, file, fileName: name, profile });
    if (resolution.kind !== 'config') throw new Error(JSON.stringify(resolution));
    return resolution.config;
  };

  test.each(Object.entries(hashes))(
    '%s is understood, and its hash is the one in the tags of what stands',
    async (name, hash) => {
      expect(configHash(await configOf(name))).toBe(hash);
    },
  );

  test('none is left out', () => {
    const files = readdirSync(join(corpus, folder)).filter((name) => name.endsWith('.yaml'));
    expect(Object.keys(hashes).toSorted()).toEqual(files.toSorted());
  });
});

test.each(foldersOf('journal-').filter((folder) => !folder.endsWith('journal-1')))(
  'the settings in %s make a config that the present code understands',
  async (folder) => {
    const state = put(folder, 'whole.ndjson', 'journal.ndjson');
    const journal = openJournal(state, nodeDisk, fastClock());
    const [run] = journal.runs;
    journal.close();
    const [profile] = clouds;
    const flags = { subscription: '11111111-1111-4111-8111-111111111111', location: 'uksouth' };
    const now = resolveConfig({ flags, env: {}, file: {}, fileName: 'none', profile });
    if (now.kind !== 'config') throw new Error(JSON.stringify(now));
    const then = withSettings(now.config, run?.settings ?? {});
    expect(configHash(then)).toBe(run?.config);
    expect(changesBetween(then, now.config).map(({ setting }) => setting)).toContain('subscription');
  },
);
