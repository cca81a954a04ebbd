import { copyFileSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Cloud, type Ended, eventsOf, root, startCloud, writes } from './cloud.ts';

// Journals of every version, gone on from by the real command line; the first of them builds what the others find.

const corpus = join(root, 'test', 'corpus');
const journals = readdirSync(corpus, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.ndjson'));

let cloud: Cloud;
beforeAll(async () => {
  cloud = await startCloud();
});
afterAll(() => cloud.close());

const goOnFrom = async (journal: string, name: string): Promise<Ended> => {
  const stateDir = join(cloud.folder, name);
  mkdirSync(stateDir);
  copyFileSync(join(corpus, journal), join(stateDir, 'journal.ndjson'));
  const ended = await cloud.run(['init', '--yes', '--output', 'ndjson'], { stateDir });
  expect(ended.stderr).toBe('');
  expect(eventsOf(ended).at(-1)).toMatchObject({ outcome: 'done', ready: 18, total: 18 });
  expect(ended.code).toBe(0);
  return ended;
};

test('a journal of the first format that names an operation of a cloud that is gone: everything is made', async () => {
  const ended = await goOnFrom(join('0.1.0', 'journal-1', 'mid-wait.ndjson'), 'first');
  expect(eventsOf(ended).filter(({ type }) => type === 'step.started')).toContainEqual(
    expect.objectContaining({ step: 'cluster', mode: 'apply' }),
  );
});

test.each(journals)('%s: nothing is made twice, and damage is told', async (journal) => {
  const before = (await cloud.requests()).length;
  const ended = await goOnFrom(journal, journal.replaceAll(/\W/gu, '-'));
  expect(writes((await cloud.requests()).slice(before))).toEqual([]);
  const warnings = eventsOf(ended).filter(({ type }) => type === 'warning');
  expect(warnings.map(({ code }) => code)).toEqual(/damaged/u.test(journal) ? ['journal-damaged'] : []);
});
