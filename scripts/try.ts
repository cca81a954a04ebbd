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
const sandboxDir = join(home, 'sandbox');

/** Shows the command as a person would type it, then runs it in a folder of its own: nothing of the checkout is touched. */
const run = (...args: readonly string[]): number => {
  console.log(`\n$ aks-ebpf-sentinel ${args.join(' ')}`);
  return (
    spawnSync(process.execPath, [bin, ...args, '--sandbox-dir', sandboxDir], { stdio: 'inherit', env, cwd: home })
      .status ?? 1
  );
};

const stopSandbox = (): void =>
  void spawnSync(process.execPath, [bin, 'sandbox', 'stop', '--sandbox-dir', sandboxDir], { stdio: 'ignore', env });

console.log(
  'An imitated Azure and Kubernetes on this machine, emptied first. Real SDKs, real helm; about sixty times faster than Azure.',
);
stopSandbox();
rmSync(home, { recursive: true, force: true });
mkdirSync(home, { recursive: true, mode: 0o700 });

const built = run('init', '--sandbox', '--yes');
const shown = built === 0 ? run('status', '--sandbox') : built;
stopSandbox();

if (shown === 0) {
  console.log('\nThe sandbox was stopped; its state is kept. Look around in it with:');
  console.log(
    '  node bin/aks-ebpf-sentinel.js tetragon status --sandbox --sandbox-dir node_modules/.cache/try/sandbox',
  );
}
process.exitCode = shown;
