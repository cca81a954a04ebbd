import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { wallClock } from '../../../src/sandbox/clock.ts';
import { openLogStore } from '../../../src/sandbox/logs/log-store.ts';
import { cutTornTail } from '../../../src/sandbox/server/ndjson-file.ts';
import { openRequestLog } from '../../../src/sandbox/server/request-log.ts';

const scratch = (): string => {
  const dir = mkdtempSync(join(tmpdir(), 'request-log-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
};
const entry = (path: string) => ({ service: 'arm', client: 'test', method: 'GET', path, status: 200 }) as const;
const pathsOf = (text: string): readonly unknown[] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => (JSON.parse(line) as { readonly path: string }).path);

test.each([
  ['whole lines', 'a\nb\n', 'a\nb\n'],
  ['a torn last line', 'a\nb\n{"c', 'a\nb\n'],
  ['a torn line of many blocks', `a\n${'x'.repeat(200_000)}`, 'a\n'],
  ['nothing but a torn line', '{"c', ''],
  ['nothing', '', ''],
])('of %s what is whole is kept', (_what, before, after) => {
  const file = join(scratch(), 'lines.ndjson');
  writeFileSync(file, before);
  cutTornTail(file);
  expect(readFileSync(file, 'utf8')).toBe(after);
});

test('what a kill tore is not joined to the next request', () => {
  const file = join(scratch(), 'requests.ndjson');
  openRequestLog(file, wallClock(1)).add(entry('/one'));
  appendFileSync(file, '{"time":"20');
  const log = openRequestLog(file, wallClock(1));
  log.add(entry('/two'));
  expect(pathsOf(log.text())).toEqual(['/one', '/two']);
});

test('a log that is asked for weeks keeps its last two parts, across restarts, for its user alone', () => {
  const file = join(scratch(), 'requests.ndjson');
  for (let round = 0; round < 4; round += 1) {
    const log = openRequestLog(file, wallClock(1), 2000);
    for (let request = 0; request < 25; request += 1) log.add(entry(`/${round * 25 + request}`));
  }
  const log = openRequestLog(file, wallClock(1), 2000);
  const kept = pathsOf(log.text()).map((path) => Number(String(path).slice(1)));
  expect(kept).toEqual(Array.from(kept, (_path, index) => 100 - kept.length + index));
  expect(kept.length).toBeLessThan(60);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  log.clear();
  expect(log.text()).toBe('');
});

test('rows that a kill tore do not spoil the table', () => {
  const dir = scratch();
  const now = () => Date.parse('2026-01-01T00:00:00Z');
  openLogStore(dir, now).append('ws', 'T', [{ a: 1 }]);
  appendFileSync(join(dir, 'ws', 'T.ndjson'), '{"_Inges');
  const store = openLogStore(dir, now);
  store.append('ws', 'T', [{ a: 2 }]);
  expect(store.rows('ws', 'T')).toMatchObject([{ a: 1 }, { a: 2 }]);
});
