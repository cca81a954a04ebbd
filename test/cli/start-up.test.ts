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

test('a reader that has seen enough is no reason to fail', () => {
  const command = `"${process.execPath}" "${bin}" config schema; echo "exit $?" >&2`;
  const { stderr } = spawnSync('sh', ['-c', `(${command}) | head -c 1 >/dev/null`], {
    cwd: folder,
    env,
    encoding: 'utf8',
  });
  expect(stderr).toBe('exit 0\n');
});

test('what nobody foresaw ends with 255 and says that it is a bug', () => {
  const hook = join(folder, 'broken.mjs');
  writeFileSync(
    hook,
    `import { registerHooks } from 'node:module';
     registerHooks({ load: (url, context, next) => url.endsWith('/src/cli/main.ts')
       ? { format: 'module', source: 'throw new Error("surprise")', shortCircuit: true } : next(url, context) });`,
  );
  const { status, stderr } = spawnSync(process.execPath, ['--import', pathToFileURL(hook).href, bin, 'status'], {
    cwd: folder,
    env,
    encoding: 'utf8',
  });
  expect({ status, bug: stderr.startsWith('This is a bug in aks-ebpf-sentinel: Error: surprise') }).toEqual({
    status: 255,
    bug: true,
  });
});

test('FORCE_COLOR and NO_COLOR together make no noise', () => {
  const { stderr, stdout } = spawnSync(process.execPath, [bin, 'nonsense'], {
    cwd: folder,
    env: { ...env, FORCE_COLOR: '1', NO_COLOR: '1' },
    encoding: 'utf8',
  });
  expect(stdout).toBe('');
  expect(stderr).toContain('\u001B[31m');
  expect(stderr).not.toContain('Warning');
});
