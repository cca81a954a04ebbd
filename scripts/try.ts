// `npm run try`: the main job from an empty sandbox subscription to the finished state, and then its status. Asks nothing.
import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { unpackTools } from './unpack-tools.ts';

const root = resolve(import.meta.dirname, '..');
const bin = join(root, 'bin', 'aks-ebpf-sentinel.js');
const home = join(root, 'node_modules', '.cache', 'try');

const tools = await unpackTools({
  root,
  platform: process.platform,
  arch: process.arch,
  path: process.env['PATH'] ?? '',
});
const env = { ...process.env, HELM: tools.helm };
const same = [
  '--sandbox',
  '--sandbox-dir',
  join(home, 'sandbox'),
  '--state-dir',
  join(home, 'state'),
  '--config',
  join(home, 'aks-ebpf-sentinel.yaml'),
];

/** Shows the command as a person would type it, then runs it. */
const run = (...args: readonly string[]): number => {
  console.log(`\n$ aks-ebpf-sentinel ${args.filter((arg) => !same.slice(1).includes(arg)).join(' ')}`);
  return spawnSync(process.execPath, [bin, ...args], { stdio: 'inherit', env }).status ?? 1;
};

const quietly = (...args: readonly string[]): void =>
  void spawnSync(process.execPath, [bin, ...args], { stdio: 'ignore', env });

console.log(
  'An imitated Azure and Kubernetes on this machine, emptied first. Real SDKs, real helm; about sixty times faster than Azure.',
);
quietly('sandbox', 'stop', '--sandbox-dir', join(home, 'sandbox'));
rmSync(home, { recursive: true, force: true });
mkdirSync(home, { recursive: true, mode: 0o700 });

const built = run('init', ...same, '--yes');
const shown = built === 0 ? run('status', ...same) : built;
quietly('sandbox', 'stop', '--sandbox-dir', join(home, 'sandbox'));

if (shown === 0) {
  console.log('\nThe sandbox was stopped; its state is kept. Look around in it with:');
  console.log(
    `  node bin/aks-ebpf-sentinel.js tetragon status --sandbox --sandbox-dir node_modules/.cache/try/sandbox`,
  );
}
process.exitCode = shown;
