import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { beforeAll, expect, test } from 'vitest';
import { catalogue } from '../../src/cli/catalogue.ts';
import { packageRoot } from './harness.ts';

const bin = join(packageRoot, 'bin', 'aks-ebpf-sentinel.js');
const folder = mkdtempSync(join(tmpdir(), 'cli-start-'));
const spy = join(folder, 'spy.mjs');
const env = { PATH: process.env['PATH'] ?? '', HOME: folder, NODE_DISABLE_COMPILE_CACHE: '1' };

// Writes down every module that is loaded, before it is loaded.
const spySource = `
import { appendFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
registerHooks({ load(url, context, next) { appendFileSync(process.env.LOADED, url + '\\n'); return next(url, context); } });
`;

beforeAll(() => writeFileSync(spy, spySource));

const loadedBy = (argv: readonly string[]): { readonly status: number | null; readonly urls: readonly string[] } => {
  const list = join(mkdtempSync(join(folder, 'run-')), 'loaded');
  writeFileSync(list, '');
  const { status } = spawnSync(process.execPath, ['--import', pathToFileURL(spy).href, bin, ...argv], {
    cwd: folder,
    env: { ...env, LOADED: list },
  });
  return { status, urls: readFileSync(list, 'utf8').trim().split('\n') };
};

const heavy =
  /node_modules\/(@azure|@kubernetes|execa|ora|@inquirer|@kusto|zod|yaml|@peculiar|ws|tar-stream)\/|\/src\/(azure|kubernetes|helm|steps|sandbox|kusto|detections|wizard)\//u;

const starts = [['--help'], ['config', 'schema'], ...catalogue.map(({ name }) => [...name.split(' '), '--help'])];

test.each(starts.map((argv) => [argv.join(' '), argv] as const))('`%s` loads nothing heavy', (_name, argv) => {
  const { status, urls } = loadedBy(argv);
  expect(status).toBe(0);
  expect(urls.some((url) => url.endsWith('/src/cli/main.ts'))).toBe(true);
  expect(urls.filter((url) => heavy.test(url))).toEqual([]);
});

test('`--version` loads none of our sources', () => {
  const { status, urls } = loadedBy(['--version']);
  expect(status).toBe(0);
  expect(urls.filter((url) => url.includes('/src/') || url.includes('node_modules'))).toEqual([]);
});
