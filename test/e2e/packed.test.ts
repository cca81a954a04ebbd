import { execFileSync, spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, delimiter, dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { noteBodies } from '../support/arm-bodies.ts';
import { skipped } from '../support/skipped.ts';
import { cleanEnv, type Ended, eventsOf, root, spawnBin } from './cloud.ts';

// What is published, where nothing of the checkout can help it: no src, no node_modules beside it or above it.

const folder = mkdtempSync(join(tmpdir(), 'aks-ebpf-sentinel-packed-'));
const unpacked = join(folder, 'unpacked', 'package');
const work = join(folder, 'work');
const program = join(unpacked, 'bin', 'aks-ebpf-sentinel.js');
const sandboxDir = join(folder, 'sandbox');
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { readonly version: string };
let tarball = '';

/** Files of the name on PATH, outside the checkout: there npm puts its own in front. */
const onPath = (name: string): readonly string[] =>
  (process.env['PATH'] ?? '')
    .split(delimiter)
    .filter((entry) => entry !== '' && !entry.startsWith(root))
    .map((entry) => join(entry, name))
    .filter((file) => {
      try {
        accessSync(file, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });

/** The Node that runs this test, in front of whatever else the machine has. */
const path = [dirname(process.execPath), process.env['PATH']].join(delimiter);
const packed = (...args: readonly string[]): Promise<Ended> =>
  spawnBin(args, { ...cleanEnv(folder), PATH: path }, work, program).ended;
const inSandbox = (...args: readonly string[]): Promise<Ended> =>
  packed(...args, '--sandbox', '--sandbox-dir', sandboxDir, '--speed', '600');

beforeAll(() => {
  for (const made of [work, dirname(unpacked)]) mkdirSync(made);
  const env = { ...process.env, PATH: path };
  execFileSync('npm', ['run', 'build', '--silent'], { cwd: root, env, stdio: ['ignore', 'ignore', 'pipe'] });
  tarball = execFileSync(process.execPath, [join(root, 'scripts', 'pack.ts'), folder], {
    env,
    encoding: 'utf8',
  }).trim();
  execFileSync('tar', ['-xzf', tarball, '-C', dirname(unpacked)]);
});
afterAll(async () => {
  noteBodies(sandboxDir);
  if (existsSync(program)) await packed('sandbox', 'stop', '--sandbox-dir', sandboxDir);
  rmSync(folder, { recursive: true, force: true });
});

describe('the package', () => {
  test('holds the bundle and its data, no sources, and needs nothing else', () => {
    const manifest = JSON.parse(readFileSync(join(unpacked, 'package.json'), 'utf8')) as Record<string, unknown>;
    expect(manifest).toMatchObject({ name: 'aks-ebpf-sentinel', version });
    for (const left of ['dependencies', 'devDependencies', 'scripts']) expect(manifest).not.toHaveProperty(left);
    const names = readdirSync(unpacked);
    expect(names).toEqual(expect.arrayContaining(['LICENSE', 'README.md', 'bin', 'dist', 'kql', 'templates']));
    for (const left of ['src', 'test', 'node_modules']) expect(names).not.toContain(left);
    expect(readFileSync(join(unpacked, 'dist', 'THIRD_PARTY_LICENSES'), 'utf8')).toContain('@azure/identity');
  });

  test('names no folder of the machine that built it', () => {
    const found = spawnSync('grep', ['-rlF', root, unpacked], { encoding: 'utf8' });
    expect(found.stdout).toBe('');
  });
});

describe('the bundle without node_modules', () => {
  test('--version, --help and config schema', async () => {
    expect(await packed('--version')).toMatchObject({ code: 0, stdout: `${version}\n`, stderr: '' });
    const help = await packed('--help');
    expect(help).toMatchObject({ code: 0, stderr: '' });
    expect(help.stdout).toContain('init');
    const schema = await packed('config', 'schema');
    expect(schema).toMatchObject({ code: 0, stderr: '' });
    expect(JSON.parse(schema.stdout)).toMatchObject({ title: 'aks-ebpf-sentinel.yaml', type: 'object' });
  });

  test('the main job, its status and its end', async () => {
    const init = await inSandbox('init', '--yes', '--output', 'ndjson');
    expect(init.stderr).toBe('');
    expect(init.code).toBe(0);
    expect(eventsOf(init).at(-1)).toMatchObject({ outcome: 'done', ready: 18, total: 18 });

    const status = await inSandbox('status');
    expect(status.stderr).toBe('');
    expect(status.code).toBe(0);

    const tetragon = await inSandbox('tetragon', 'status', '-o', 'json');
    expect(tetragon.stderr).toBe('');
    expect(JSON.parse(tetragon.stdout)).toMatchObject({ ok: true, errors: [] });

    const down = await inSandbox('down', '--yes', '--output', 'ndjson');
    expect(down.stderr).toBe('');
    expect(down.code).toBe(0);
    expect(eventsOf(down).at(-1)).toMatchObject({ outcome: 'done' });
  });
});

test('npx runs the tarball from an empty cache without a network', () => {
  if (onPath('npx').length === 0) {
    skipped('npx', 'npx is not on PATH');
    return;
  }
  const home = join(folder, 'npx');
  mkdirSync(home);
  const ended = spawnSync('npx', ['--yes', `../${basename(tarball)}`, '--version'], {
    cwd: home,
    encoding: 'utf8',
    env: {
      PATH: path,
      HOME: home,
      npm_config_cache: join(home, 'cache'),
      npm_config_offline: 'true',
      npm_config_update_notifier: 'false',
    },
  });
  expect(ended.stderr).toBe('');
  expect(ended.stdout).toBe(`${version}\n`);
  expect(ended.status).toBe(0);
});

test('an old Node is told so in one line, and 2', () => {
  const versionOf = (node: string): readonly number[] =>
    spawnSync(node, ['--version'], { encoding: 'utf8' }).stdout.slice(1).split('.').map(Number);
  const old = onPath('node').find((node) => {
    const [major = 0, minor = 0] = versionOf(node);
    return major < 22 || (major === 22 && minor < 12);
  });
  if (old === undefined) {
    skipped('old-node', 'PATH has no Node.js older than 22.12');
    return;
  }
  const ended = spawnSync(old, [program, 'init'], { cwd: work, encoding: 'utf8', env: cleanEnv(folder) });
  expect(ended.stderr).toMatch(/^aks-ebpf-sentinel needs Node\.js 22\.12 or newer, and this is \S+; install .+\n$/);
  expect(ended.stdout).toBe('');
  expect(ended.status).toBe(2);
});
